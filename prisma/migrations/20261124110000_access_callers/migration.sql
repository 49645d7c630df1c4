-- Programs that ask the decision point without an API key: by the access token of an issuer, or by a certificate that a proxy checked.

-- Who signs access tokens: its name in them to the letter, for whom they must be, and where its keys are.
CREATE TABLE "access_issuer" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "jwks_url" TEXT NOT NULL,
    "client_claim" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "access_issuer_pkey" PRIMARY KEY ("org_id","id"),
    CONSTRAINT "access_issuer_issuer_key" UNIQUE ("org_id","issuer"),
    CONSTRAINT "access_issuer_claim_check" CHECK (client_claim IN ('client_id', 'azp', 'appid', 'sub'))
);

-- One such program, the identity that it is, and in whose role it asks.
CREATE TABLE "access_client" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "way" TEXT NOT NULL,
    "issuer_id" UUID,
    "subject" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "may_ask_any" BOOLEAN NOT NULL DEFAULT false,
    "owner_id" UUID NOT NULL,
    "owner_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_client_pkey" PRIMARY KEY ("org_id","id"),
    CONSTRAINT "access_client_subject_key" UNIQUE NULLS NOT DISTINCT ("org_id","issuer_id","subject"),
    CONSTRAINT "access_client_way_check" CHECK (way IN ('token', 'certificate') AND (way = 'token') = (issuer_id IS NOT NULL))
);
CREATE INDEX "access_client_identity_idx" ON "access_client" ("org_id", "identity_id");

ALTER TABLE "access_issuer" ADD CONSTRAINT "access_issuer_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "access_client" ADD CONSTRAINT "access_client_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "access_client" ADD CONSTRAINT "access_client_issuer_fkey" FOREIGN KEY ("org_id", "issuer_id") REFERENCES "access_issuer"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "access_client" ADD CONSTRAINT "access_client_identity_fkey" FOREIGN KEY ("org_id", "identity_id") REFERENCES "identity"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

GRANT SELECT, INSERT, DELETE ON "access_issuer" TO bailiwick_app;
GRANT SELECT, INSERT, DELETE, UPDATE ("last_used_at") ON "access_client" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['access_issuer', 'access_client'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
