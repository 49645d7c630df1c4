-- Rights for one task, each with an end.
CREATE TABLE "access_grant" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "mode" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'requested',
    "task" TEXT NOT NULL,
    "ticket" TEXT,
    "subject_kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "subject_name" TEXT NOT NULL,
    "subject_ref" TEXT,
    "source_id" UUID,
    "live_connection_id" UUID,
    "requester_id" UUID NOT NULL,
    "requester_name" TEXT NOT NULL,
    "requester_keys" TEXT[],
    "subject_keys" TEXT[],
    "party_keys" TEXT[],
    "tier" TEXT NOT NULL,
    "seconds" INTEGER NOT NULL,
    "needed" SMALLINT NOT NULL,
    "list_hash" TEXT NOT NULL,
    "impact" JSONB NOT NULL,
    "parent_id" UUID,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lapses_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "activated_by" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "end_note" TEXT,
    "end_asked_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "proof" TEXT,
    "overrun_seconds" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "sealed" BYTEA,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "event_count" INTEGER NOT NULL DEFAULT 0,
    "wake_at" TIMESTAMPTZ(3),
    "lease" UUID,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "access_grant_pkey" PRIMARY KEY ("org_id","id")
);

CREATE TABLE "grant_right" (
    "org_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "no" SMALLINT NOT NULL,
    "node_type" TEXT NOT NULL,
    "node_id" UUID NOT NULL,
    "ref" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "edge_kind" TEXT NOT NULL,
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "privilege" TEXT,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "told" INTEGER NOT NULL DEFAULT 0,
    "says" TEXT NOT NULL DEFAULT '',
    "held_at" TIMESTAMPTZ(3),
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "grant_right_pkey" PRIMARY KEY ("org_id","grant_id","no")
);

CREATE TABLE "grant_approval" (
    "org_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "is_outside" BOOLEAN NOT NULL,
    "list_hash" TEXT NOT NULL,
    "note" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "grant_approval_pkey" PRIMARY KEY ("org_id","grant_id","user_id")
);

CREATE TABLE "grant_event" (
    "org_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "what" TEXT NOT NULL,
    "says" TEXT NOT NULL,
    "by" TEXT,

    CONSTRAINT "grant_event_pkey" PRIMARY KEY ("org_id","grant_id","no")
);

CREATE INDEX "access_grant_state_idx" ON "access_grant"("org_id", "state", "id");
CREATE INDEX "access_grant_subject_idx" ON "access_grant"("org_id", "subject_id", "id");
CREATE INDEX "access_grant_requester_idx" ON "access_grant"("org_id", "requester_id", "id");
CREATE INDEX "access_grant_due_idx" ON "access_grant"("wake_at") WHERE wake_at IS NOT NULL;

ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "grant_right" ADD CONSTRAINT "grant_right_org_id_grant_id_fkey" FOREIGN KEY ("org_id", "grant_id") REFERENCES "access_grant"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "grant_approval" ADD CONSTRAINT "grant_approval_org_id_grant_id_fkey" FOREIGN KEY ("org_id", "grant_id") REFERENCES "access_grant"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "grant_event" ADD CONSTRAINT "grant_event_org_id_grant_id_fkey" FOREIGN KEY ("org_id", "grant_id") REFERENCES "access_grant"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_words_check" CHECK (
  mode IN ('provisioned', 'runtime')
  AND state IN ('requested', 'approved', 'denied', 'lapsed', 'withdrawn', 'activating', 'active', 'ending', 'ended', 'refused')
  AND subject_kind IN ('user', 'identity') AND tier IN ('highest', 'high', 'ordinary')
  AND (end_reason IS NULL OR end_reason IN ('expired', 'released', 'revoked', 'ticket_closed', 'incident'))
  AND (proof IS NULL OR proof IN ('refused_attempt', 'source_says', 'runtime'))
  AND seconds BETWEEN 60 AND 1209600 AND needed BETWEEN 1 AND 5);
-- What is provisioned has an account at a source and a connection that acts there; and whoever is active has an end.
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_way_check" CHECK (
  mode = 'runtime' OR (subject_kind = 'identity' AND subject_ref IS NOT NULL AND live_connection_id IS NOT NULL));
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_end_check" CHECK (
  (state NOT IN ('active', 'ending') OR started_at IS NULL OR ends_at IS NOT NULL) AND (state <> 'active' OR started_at IS NOT NULL)
  AND (state <> 'ended' OR (ended_at IS NOT NULL AND end_reason IS NOT NULL)));
ALTER TABLE "grant_right" ADD CONSTRAINT "grant_right_words_check" CHECK (
  node_type IN ('role', 'resource') AND edge_kind IN ('member_of', 'assumes', 'grants')
  AND state IN ('planned', 'intended', 'held', 'had_before', 'withdrawing', 'gone', 'refused'));
ALTER TABLE "grant_approval" ADD CONSTRAINT "grant_approval_words_check" CHECK (verdict IN ('approved', 'denied'));

-- A grant that has come to its end stays as it was. Only what was given to try it with may be emptied later.
CREATE FUNCTION keep_ended_grant() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.state IN ('denied', 'lapsed', 'withdrawn', 'refused', 'ended') AND NEW.state IS DISTINCT FROM OLD.state THEN
    RAISE EXCEPTION 'grant % has ended and stays %', OLD.id, OLD.state;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_ended_grant BEFORE UPDATE ON "access_grant" FOR EACH ROW EXECUTE FUNCTION keep_ended_grant();

GRANT SELECT, INSERT, UPDATE ON "access_grant", "grant_right" TO bailiwick_app;
GRANT SELECT, INSERT ON "grant_approval", "grant_event" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['access_grant', 'grant_right', 'grant_approval', 'grant_event'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- Which grants nobody has and whose time has come. Ids alone, as the queue carries them.
GRANT SELECT ("org_id", "id", "wake_at", "lease_until") ON "access_grant" TO bailiwick_resolver;
CREATE POLICY resolver ON "access_grant" FOR SELECT TO bailiwick_resolver USING (true);
CREATE FUNCTION resolve_due_grants() RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT g.org_id, g.id FROM public.access_grant g
  WHERE g.wake_at <= now() AND (g.lease_until IS NULL OR g.lease_until < now())
  ORDER BY g.wake_at LIMIT 500
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_due_grants() OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_due_grants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_due_grants() TO bailiwick_app;
