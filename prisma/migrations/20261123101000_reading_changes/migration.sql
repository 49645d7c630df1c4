-- Where a source was when it was last read, in its own terms, so that the next sync can ask for what changed since. Packed text of the
-- connector; it holds no secret. `epoch` changes when the mark is thrown away, so that a sync that began before brings none back.
CREATE TABLE "live_mark" (
  "org_id" uuid NOT NULL,
  "live_connection_id" uuid NOT NULL,
  "epoch" uuid NOT NULL DEFAULT gen_random_uuid(),
  "mark" bytea,
  "lost" text,
  "read_all_at" timestamptz(3),
  PRIMARY KEY ("org_id", "live_connection_id"),
  FOREIGN KEY ("org_id", "live_connection_id") REFERENCES "live_connection" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "live_mark_check" CHECK ((mark IS NULL) = (lost IS NOT NULL) AND (mark IS NULL OR read_all_at IS NOT NULL))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON "live_mark" TO bailiwick_app;
ALTER TABLE "live_mark" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "live_mark" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "live_mark" USING (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid))
  WITH CHECK (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid));

-- Whether a sync read everything or what changed, and why.
ALTER TABLE "sync_run" ADD COLUMN "wants_all" boolean NOT NULL DEFAULT false;
ALTER TABLE "sync_run" ADD COLUMN "reads" text;
ALTER TABLE "sync_run" ADD COLUMN "reads_because" text;
ALTER TABLE "sync_run" ADD CONSTRAINT "sync_run_reads_check" CHECK (reads IN ('all', 'changes') AND (reads IS NULL) = (reads_because IS NULL));
