-- The runtime decision point: what organizations tell it of their own applications, where it may ask for more, and what it answered.

-- A kind of thing that the organization's own policies speak of, with what can be done to it.
CREATE TABLE "access_type" (
    "org_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "actions" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "access_type_pkey" PRIMARY KEY ("org_id","type"),
    CONSTRAINT "access_type_type_check" CHECK (type ~ '^[A-Za-z][A-Za-z0-9_.-]{0,99}$')
);

-- One such thing, or one of those who act on it, that the inventory does not know.
CREATE TABLE "access_entity" (
    "org_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "properties" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "access_entity_pkey" PRIMARY KEY ("org_id","type","id"),
    CONSTRAINT "access_entity_properties_check" CHECK (jsonb_typeof(properties) = 'object')
);

-- A service that is asked for more about subjects and resources before the policy runs.
CREATE TABLE "access_source" (
    "org_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "types" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "timeout_ms" SMALLINT NOT NULL,
    "fresh_seconds" SMALLINT NOT NULL,
    "when_absent" TEXT NOT NULL,

    CONSTRAINT "access_source_pkey" PRIMARY KEY ("org_id","name"),
    CONSTRAINT "access_source_absent_check" CHECK (when_absent IN ('deny', 'unknown')),
    CONSTRAINT "access_source_times_check" CHECK (timeout_ms BETWEEN 10 AND 500 AND fresh_seconds BETWEEN 0 AND 300)
);

-- Which of the three an answer was given by is told by this number: every change raises it.
CREATE TABLE "access_directory" (
    "org_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "access_directory_pkey" PRIMARY KEY ("org_id")
);

-- Every answer. Only added to; whole days go when they are old.
CREATE TABLE "decision" (
    "org_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "id" UUID NOT NULL,
    "asked" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "caller_key" TEXT NOT NULL,
    "caller_label" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT,
    "identity_id" UUID,
    "action" TEXT,
    "resource_type" TEXT,
    "resource_id" TEXT,
    "is_allowed" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "rule" TEXT,
    "policy_hash" TEXT,
    "found" INTEGER,
    "facts" JSONB NOT NULL,
    "latency_us" INTEGER NOT NULL,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("org_id","at","id")
) PARTITION BY RANGE ("at");
CREATE INDEX "decision_subject_idx" ON "decision" ("org_id", "subject_id", "at");
CREATE INDEX "decision_denied_idx" ON "decision" ("org_id", "at") WHERE NOT is_allowed;

-- Answers that were given and could not be written.
CREATE TABLE "decision_loss" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "noticed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lost" INTEGER NOT NULL,

    CONSTRAINT "decision_loss_pkey" PRIMARY KEY ("org_id","id")
);

ALTER TABLE "access_type" ADD CONSTRAINT "access_type_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "access_entity" ADD CONSTRAINT "access_entity_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "access_source" ADD CONSTRAINT "access_source_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "access_directory" ADD CONSTRAINT "access_directory_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "decision_loss" ADD CONSTRAINT "decision_loss_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

GRANT SELECT, INSERT, UPDATE, DELETE ON "access_type", "access_entity", "access_source", "access_directory" TO bailiwick_app;
GRANT SELECT, INSERT ON "decision", "decision_loss" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['access_type', 'access_entity', 'access_source', 'access_directory', 'decision', 'decision_loss'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- Makes the days from yesterday to `p_ahead` days from now, and lets go of days older than `p_kept`. Runs with its owner's rights, since
-- the application may make and drop nothing: it can neither name a table nor drop a day of the last thirty.
CREATE FUNCTION keep_decision_days(p_ahead integer, p_kept integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  v_day date;
  v_name text;
  v_dropped integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('decision days', 0));
  FOR v_day IN SELECT d::date FROM generate_series((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + least(greatest(p_ahead, 1), 60), interval '1 day') d LOOP
    v_name := 'decision_' || to_char(v_day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('public.' || v_name) IS NOT NULL;
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.decision FOR VALUES FROM (%L) TO (%L)', v_name, v_day::text || ' 00:00:00+00', (v_day + 1)::text || ' 00:00:00+00');
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', v_name);
    EXECUTE format('CREATE POLICY tenant ON public.%I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', v_name);
  END LOOP;
  FOR v_name IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.decision'::regclass AND c.relname ~ '^decision_[0-9]{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - greatest(p_kept, 30) LOOP
    EXECUTE format('DROP TABLE public.%I', v_name);
    v_dropped := v_dropped + 1;
  END LOOP;
  RETURN v_dropped;
END $$;
REVOKE ALL ON FUNCTION keep_decision_days(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_decision_days(integer, integer) TO bailiwick_app;
SELECT keep_decision_days(7, 90);
