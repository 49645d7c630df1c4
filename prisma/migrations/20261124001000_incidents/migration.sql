-- Incidents: while one is open, the policies see its severity wherever its scope reaches.
CREATE TABLE "incident" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "title" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "source_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
    "environments" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "commander_id" UUID NOT NULL,
    "commander_name" TEXT NOT NULL,
    "declared_by" TEXT NOT NULL,
    "declared_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "learned" TEXT,
    "event_count" INTEGER NOT NULL DEFAULT 0,
    "round" INTEGER NOT NULL DEFAULT 1,
    "round_done" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("org_id","id")
);

CREATE TABLE "incident_event" (
    "org_id" UUID NOT NULL,
    "incident_id" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "what" TEXT NOT NULL,
    "says" TEXT NOT NULL,
    "by" TEXT,

    CONSTRAINT "incident_event_pkey" PRIMARY KEY ("org_id","incident_id","no")
);

CREATE INDEX "incident_state_idx" ON "incident"("org_id", "state", "id");

ALTER TABLE "incident" ADD CONSTRAINT "incident_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "incident_event" ADD CONSTRAINT "incident_event_org_id_incident_id_fkey" FOREIGN KEY ("org_id", "incident_id") REFERENCES "incident"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

ALTER TABLE "incident" ADD CONSTRAINT "incident_words_check" CHECK (
  severity IN ('sev1', 'sev2', 'sev3', 'sev4') AND state IN ('open', 'ended')
  AND (state = 'open') = (ended_at IS NULL) AND (state = 'open') = (ended_by IS NULL) AND (state = 'open') = (learned IS NULL)
  AND round_done <= round);

-- What was over stays over, and what was said to be learned stays said.
CREATE FUNCTION keep_ended_incident() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.state = 'ended' AND (NEW.state, NEW.severity, NEW.title, NEW.learned, NEW.ended_at, NEW.source_ids, NEW.environments)
      IS DISTINCT FROM (OLD.state, OLD.severity, OLD.title, OLD.learned, OLD.ended_at, OLD.source_ids, OLD.environments) THEN
    RAISE EXCEPTION 'incident % has ended and stays as it is', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_ended_incident BEFORE UPDATE ON "incident" FOR EACH ROW EXECUTE FUNCTION keep_ended_incident();

-- A grant can be asked for an incident; and an incident can end one, in one of its looks at all of them.
ALTER TABLE "access_grant" ADD COLUMN "incident_id" UUID,
  ADD COLUMN "ended_by_incident" UUID,
  ADD COLUMN "ended_in_round" INTEGER;
CREATE INDEX "access_grant_incident_idx" ON "access_grant"("org_id", "incident_id") WHERE incident_id IS NOT NULL;
CREATE INDEX "access_grant_ended_by_incident_idx" ON "access_grant"("org_id", "ended_by_incident") WHERE ended_by_incident IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON "incident" TO bailiwick_app;
GRANT SELECT, INSERT ON "incident_event" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['incident', 'incident_event'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
