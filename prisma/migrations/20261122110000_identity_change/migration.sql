-- What syncs changed about identities that were known before: the columns that differ, as they were and as they became.
CREATE TABLE "identity_change" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "identity_id" uuid NOT NULL,
  "at" timestamptz(3) NOT NULL DEFAULT now(),
  -- The import that brought it; null when the product's own records changed (API keys).
  "run_id" uuid,
  "before" jsonb NOT NULL,
  "after" jsonb NOT NULL,
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "identity_id") REFERENCES "identity" ("org_id", "id") ON DELETE CASCADE,
  FOREIGN KEY ("org_id", "run_id") REFERENCES "sync_run" ("org_id", "id")
);
CREATE INDEX "identity_change_identity_idx" ON "identity_change" ("org_id", "identity_id", "id");

GRANT SELECT, INSERT ON "identity_change" TO bailiwick_app;
ALTER TABLE "identity_change" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "identity_change" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "identity_change"
  USING (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid))
  WITH CHECK (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid));

-- What is not tied to its other end yet: few rows, looked up by whatever arrives, and counted.
CREATE INDEX "entitlement_from_open_idx" ON "entitlement" ("org_id", "from_ref") WHERE from_id IS NULL AND deleted_at IS NULL;
CREATE INDEX "entitlement_to_open_idx" ON "entitlement" ("org_id", "to_ref") WHERE to_id IS NULL AND deleted_at IS NULL;
CREATE INDEX "credential_open_idx" ON "credential" ("org_id", "source_id", "subject_ref")
  WHERE identity_id IS NULL AND human_id IS NULL;
CREATE INDEX "credential_human_idx" ON "credential" ("org_id", "human_id") WHERE human_id IS NOT NULL;
-- Principals are looked up by ids that are unique everywhere, and one named as an identity may be a person.
CREATE INDEX "human_external_idx" ON "human" ("org_id", "external_id");

-- Progress says since when, so that a rate and the time left follow.
ALTER TABLE "run_progress" ADD COLUMN "started_at" timestamptz(3) NOT NULL DEFAULT now();
