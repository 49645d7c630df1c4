-- Connections to running systems, as people set them up. What is secret of the configuration is sealed (lib/platform/crypto/seal.ts)
-- and bound to this row; the rest is plain. One that was deleted keeps its name for the history, and nothing that opens anything.
CREATE TABLE "live_connection" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "connector" text NOT NULL,
  "name" text NOT NULL,
  -- What the source is called: with the system it joins what files say of the same source.
  "instance" text NOT NULL,
  "config" jsonb NOT NULL,
  "secrets" bytea,
  "environment" text,
  "owner_key" text,
  "status" text NOT NULL DEFAULT 'active',
  -- Null: only when somebody asks for it.
  "interval_minutes" int,
  "next_sync_at" timestamptz(3),
  -- What the last test or sync found that it may do, and the ids of what it lives on itself.
  "rights" jsonb,
  "rights_at" timestamptz(3),
  "self_ids" text[] NOT NULL DEFAULT '{}',
  "connection_id" uuid,
  "synced_at" timestamptz(3),
  "created_by" text NOT NULL,
  "created_by_label" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "connection_id") REFERENCES "connection" ("org_id", "id"),
  CONSTRAINT "live_connection_status_check" CHECK (status IN ('active', 'paused')),
  CONSTRAINT "live_connection_name_check" CHECK (length(name) BETWEEN 1 AND 80),
  CONSTRAINT "live_connection_interval_check" CHECK (interval_minutes BETWEEN 5 AND 43200),
  CONSTRAINT "live_connection_config_check" CHECK (jsonb_typeof(config) = 'object'),
  CONSTRAINT "live_connection_secrets_check" CHECK ((secrets IS NULL) = (deleted_at IS NOT NULL))
);
-- Two of one source would each mark gone what only the other sees.
CREATE UNIQUE INDEX "live_connection_source_key" ON "live_connection" ("org_id", "connector", lower("instance")) WHERE deleted_at IS NULL;
CREATE INDEX "live_connection_due_idx" ON "live_connection" ("org_id", "next_sync_at") WHERE deleted_at IS NULL AND status = 'active';

-- What a connection's own rights allow with one identity, by the id that the source gives it.
CREATE TABLE "live_right" (
  "org_id" uuid NOT NULL,
  "live_connection_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "rotate" text NOT NULL,
  "revoke" text NOT NULL,
  "why" text,
  PRIMARY KEY ("org_id", "live_connection_id", "external_id"),
  FOREIGN KEY ("org_id", "live_connection_id") REFERENCES "live_connection" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "live_right_check" CHECK (rotate IN ('yes', 'no', 'unknown') AND revoke IN ('yes', 'no', 'unknown'))
);

-- A sync is a run without an upload. Its parts that could not be read are said, so that nothing in them is taken for gone.
ALTER TABLE "sync_run" ADD COLUMN "live_connection_id" uuid;
ALTER TABLE "sync_run" ADD COLUMN "skipped" jsonb NOT NULL DEFAULT '[]';
ALTER TABLE "sync_run" ADD COLUMN "is_partial" boolean NOT NULL DEFAULT false;
ALTER TABLE "sync_run" ADD COLUMN "cancel_asked_at" timestamptz(3);
ALTER TABLE "sync_run" ADD CONSTRAINT "sync_run_live_connection_fkey"
  FOREIGN KEY ("org_id", "live_connection_id") REFERENCES "live_connection" ("org_id", "id");
ALTER TABLE "sync_run" DROP CONSTRAINT "sync_run_status_check";
ALTER TABLE "sync_run" ADD CONSTRAINT "sync_run_status_check"
  CHECK (status IN ('previewed', 'refused', 'queued', 'reading', 'applying', 'applied', 'failed', 'cancelled', 'discarded'));
-- One at a time for each connection.
CREATE UNIQUE INDEX "sync_run_live_key" ON "sync_run" ("org_id", "live_connection_id")
  WHERE live_connection_id IS NOT NULL AND status IN ('queued', 'reading', 'applying');
CREATE INDEX "sync_run_history_idx" ON "sync_run" ("org_id", "live_connection_id", "id") WHERE live_connection_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON "live_connection", "live_right" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['live_connection', 'live_right'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
