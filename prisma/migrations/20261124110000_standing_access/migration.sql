-- Who holds access without an end, one line each; kept by the worker, so that no request works it out.
CREATE TABLE "standing_holder" (
    "org_id" UUID NOT NULL,
    "holder_id" UUID NOT NULL,
    "holder_kind" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "rights" INTEGER NOT NULL,
    "role" TEXT,
    "source_id" UUID,
    "environment" TEXT,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "standing_holder_pkey" PRIMARY KEY ("org_id","holder_id")
);

CREATE TABLE "standing_state" (
    "org_id" UUID NOT NULL,
    "seen" TEXT NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "standing_state_pkey" PRIMARY KEY ("org_id")
);

-- Each filter of the list is a range of one of these.
CREATE INDEX "standing_holder_rank_idx" ON "standing_holder"("org_id", "rank", "holder_id");
CREATE INDEX "standing_holder_kind_idx" ON "standing_holder"("org_id", "holder_kind", "rank", "holder_id");
CREATE INDEX "standing_holder_source_idx" ON "standing_holder"("org_id", "source_id", "rank", "holder_id");

-- What a grant takes the place of: rights without an end, which are the grant's from when it begins, or gone.
ALTER TABLE "access_grant" ADD COLUMN "replaces" BOOLEAN NOT NULL DEFAULT false;
CREATE TABLE "grant_replacement" (
    "org_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "no" SMALLINT NOT NULL,
    "entitlement_id" UUID NOT NULL,
    "edge_kind" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "taken" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "is_kept" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "told" INTEGER NOT NULL DEFAULT 0,
    "says" TEXT NOT NULL DEFAULT '',
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "grant_replacement_pkey" PRIMARY KEY ("org_id","grant_id","no")
);
ALTER TABLE "grant_replacement" ADD CONSTRAINT "grant_replacement_org_id_grant_id_fkey" FOREIGN KEY ("org_id", "grant_id") REFERENCES "access_grant"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "grant_replacement" ADD CONSTRAINT "grant_replacement_words_check" CHECK (
  edge_kind IN ('member_of', 'assumes', 'grants') AND state IN ('planned', 'intended', 'gone', 'taken_over'));
GRANT SELECT, INSERT, UPDATE ON "grant_replacement" TO bailiwick_app;

ALTER TABLE "standing_holder" ADD CONSTRAINT "standing_holder_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "standing_state" ADD CONSTRAINT "standing_state_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

ALTER TABLE "standing_holder" ADD CONSTRAINT "standing_holder_words_check" CHECK (
  holder_kind IN ('identity', 'user') AND tier IN ('highest', 'high', 'ordinary') AND rights > 0
  AND (holder_kind = 'user') = (role IS NOT NULL) AND (holder_kind = 'identity') = (source_id IS NOT NULL));

GRANT SELECT, INSERT, UPDATE, DELETE ON "standing_holder", "standing_state" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['standing_holder', 'standing_state', 'grant_replacement'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
