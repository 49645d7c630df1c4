-- An organization's own policies, version by version.
CREATE TABLE "policy_version" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "no" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "files" JSONB NOT NULL,
    "content_hash" TEXT NOT NULL,
    "kinds" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "state" TEXT NOT NULL DEFAULT 'draft',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "author_name" TEXT NOT NULL,
    "author_ids" TEXT[] NOT NULL,
    "based_on" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tested_at" TIMESTAMPTZ(3),
    "tested_hash" TEXT,
    "test_result" JSONB,
    "reviewed_at" TIMESTAMPTZ(3),
    "reviewed_by_id" TEXT,
    "reviewed_by" TEXT,
    "review_note" TEXT,
    "shadow_at" TIMESTAMPTZ(3),
    "published_at" TIMESTAMPTZ(3),
    "published_by" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("org_id","id")
);

-- Which one answers, and which one is beside it. The decision point reads this row with each question.
CREATE TABLE "policy_setting" (
    "org_id" UUID NOT NULL,
    "active_id" UUID,
    "active_no" INTEGER,
    "active_hash" TEXT,
    "active_kinds" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "shadow_id" UUID,
    "shadow_no" INTEGER,
    "shadow_hash" TEXT,
    "shadow_kinds" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "shadow_trial" UUID,
    "last_no" INTEGER NOT NULL DEFAULT 0,
    "changes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "policy_setting_pkey" PRIMARY KEY ("org_id")
);

-- What answered from when on. Only added to.
CREATE TABLE "policy_activation" (
    "org_id" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "version_id" UUID,
    "version_no" INTEGER,
    "content_hash" TEXT,
    "base_hash" TEXT NOT NULL,
    "how" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policy_activation_pkey" PRIMARY KEY ("org_id","no")
);

-- A version put beside what answered: in shadow, or over recorded decisions.
CREATE TABLE "policy_trial" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "version_id" UUID,
    "version_no" INTEGER,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "content_hash" TEXT,
    "kinds" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "base_hash" TEXT NOT NULL,
    "active_hash" TEXT NOT NULL,
    "asked_by" TEXT NOT NULL,
    "days" INTEGER,
    "from_at" TIMESTAMPTZ(3),
    "until_at" TIMESTAMPTZ(3),
    "began_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "total" INTEGER,
    "asked" INTEGER NOT NULL DEFAULT 0,
    "differing" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "dropped" INTEGER NOT NULL DEFAULT 0,
    "masked" INTEGER NOT NULL DEFAULT 0,
    "cursor_at" TIMESTAMPTZ(3),
    "cursor_id" UUID,
    "problem" TEXT,

    CONSTRAINT "policy_trial_pkey" PRIMARY KEY ("org_id","id")
);

CREATE TABLE "policy_difference" (
    "org_id" UUID NOT NULL,
    "trial_id" UUID NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "resource_type" TEXT NOT NULL,
    "now_allowed" BOOLEAN NOT NULL,
    "count" INTEGER NOT NULL,
    "reason_was" TEXT NOT NULL,
    "reason_now" TEXT NOT NULL,
    "rule_now" TEXT,
    "sample_resource" TEXT NOT NULL,
    "sample_decision" UUID,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_difference_pkey" PRIMARY KEY ("org_id","trial_id","subject_type","subject_id","action","resource_type","now_allowed")
);

CREATE UNIQUE INDEX "policy_version_no_key" ON "policy_version"("org_id", "no");
CREATE INDEX "policy_trial_version_idx" ON "policy_trial"("org_id", "version_id", "id");

ALTER TABLE "policy_version" ADD CONSTRAINT "policy_version_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "policy_setting" ADD CONSTRAINT "policy_setting_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "policy_activation" ADD CONSTRAINT "policy_activation_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "policy_trial" ADD CONSTRAINT "policy_trial_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "policy_difference" ADD CONSTRAINT "policy_difference_org_id_trial_id_fkey" FOREIGN KEY ("org_id", "trial_id") REFERENCES "policy_trial"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

ALTER TABLE "policy_version" ADD CONSTRAINT "policy_version_words_check" CHECK (
  state IN ('draft', 'tested', 'reviewed', 'shadow', 'published', 'superseded', 'rolled_back', 'discarded')
  AND jsonb_typeof(files) = 'array' AND length(files::text) <= 400000
  AND (state NOT IN ('reviewed', 'shadow', 'published', 'superseded', 'rolled_back') OR (tested_hash = content_hash AND reviewed_by_id IS NOT NULL))
  AND (reviewed_by_id IS NULL OR NOT (reviewed_by_id = ANY (author_ids))));
ALTER TABLE "policy_activation" ADD CONSTRAINT "policy_activation_words_check" CHECK (how IN ('published', 'rolled_back'));
ALTER TABLE "policy_trial" ADD CONSTRAINT "policy_trial_words_check" CHECK (
  kind IN ('shadow', 'replay') AND state IN ('queued', 'running', 'done', 'failed'));

-- What was published stays as it was, and who wrote a version is only added to.
CREATE FUNCTION keep_policy_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.published_at IS NOT NULL AND (NEW.files IS DISTINCT FROM OLD.files OR NEW.content_hash <> OLD.content_hash OR NEW.state IN ('draft', 'tested', 'reviewed', 'shadow', 'discarded')) THEN
    RAISE EXCEPTION 'policy version % was published and stays as it was', OLD.id;
  END IF;
  IF NOT NEW.author_ids @> OLD.author_ids THEN
    RAISE EXCEPTION 'who wrote policy version % is only added to', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_policy_version BEFORE UPDATE ON "policy_version" FOR EACH ROW EXECUTE FUNCTION keep_policy_version();

GRANT SELECT, INSERT, UPDATE ON "policy_version", "policy_setting", "policy_trial", "policy_difference" TO bailiwick_app;
GRANT SELECT, INSERT ON "policy_activation" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['policy_version', 'policy_setting', 'policy_activation', 'policy_trial', 'policy_difference'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- The organization's own version that answered; none where only the release's policies did.
ALTER TABLE "decision" ADD COLUMN "policy_version" INTEGER;

-- Which of the organizations' own policies must be there after a start. Their ids alone.
GRANT SELECT ("org_id", "active_id", "shadow_id") ON "policy_setting" TO bailiwick_resolver;
CREATE POLICY resolver ON "policy_setting" FOR SELECT TO bailiwick_resolver USING (true);
CREATE FUNCTION resolve_policies_in_use() RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.org_id, u.id FROM public.policy_setting s, unnest(ARRAY[s.active_id, s.shadow_id]) u(id) WHERE u.id IS NOT NULL
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_policies_in_use() OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_policies_in_use() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_policies_in_use() TO bailiwick_app;
