-- Two accounts that one program uses in turn.
CREATE TABLE "lifecycle_twin" (
    "org_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "twin_id" UUID NOT NULL,
    "is_first" BOOLEAN NOT NULL,
    "is_in_use" BOOLEAN NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lifecycle_twin_pkey" PRIMARY KEY ("org_id","identity_id")
);
ALTER TABLE "lifecycle_twin" ADD CONSTRAINT "lifecycle_twin_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "lifecycle_twin" ADD CONSTRAINT "lifecycle_twin_other_check" CHECK (identity_id <> twin_id);

ALTER TABLE "lifecycle_run" ADD COLUMN "twin_identity_id" UUID, ADD COLUMN "twin_ref" TEXT, ADD COLUMN "twin_credential_id" UUID;
ALTER TABLE "lifecycle_run" ADD CONSTRAINT "lifecycle_run_twin_check"
  CHECK ((twin_identity_id IS NULL) = (twin_ref IS NULL) AND (twin_identity_id IS NULL OR (kind = 'rotation' AND twin_identity_id <> identity_id)));
CREATE INDEX "lifecycle_run_twin_idx" ON "lifecycle_run" ("org_id", "twin_identity_id") WHERE twin_identity_id IS NOT NULL;
ALTER TABLE "lifecycle_secret" DROP CONSTRAINT "lifecycle_secret_purpose_check";
ALTER TABLE "lifecycle_secret" ADD CONSTRAINT "lifecycle_secret_purpose_check"
  CHECK (purpose IN ('new', 'old', 'former', 'disabled', 'removed', 'keep', 'idle'));


GRANT SELECT, INSERT, UPDATE, DELETE ON "lifecycle_twin" TO bailiwick_app;
ALTER TABLE "lifecycle_twin" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "lifecycle_twin" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "lifecycle_twin" USING (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid));
