-- Policies of rotation with their versions, and what is due by them.
ALTER TABLE "rotation_policy" ADD COLUMN "updated_by" TEXT NOT NULL DEFAULT '', ADD COLUMN "author_id" UUID, ADD COLUMN "problem" TEXT;
ALTER TABLE "rotation_policy" ALTER COLUMN "updated_by" DROP DEFAULT;

CREATE TABLE "rotation_policy_version" (
    "org_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "filter" JSONB NOT NULL,
    "rules" JSONB NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rotation_policy_version_pkey" PRIMARY KEY ("org_id","policy_id","version")
);

CREATE TABLE "rotation_due" (
    "org_id" UUID NOT NULL,
    "credential_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "policy_version" INTEGER NOT NULL,
    "interval_days" INTEGER NOT NULL,
    "max_age_days" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "since_kind" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "overdue_at" TIMESTAMPTZ(3) NOT NULL,
    "live_connection_id" UUID,
    "run_id" UUID,
    "failed_run_id" UUID,
    "failed_at" TIMESTAMPTZ(3),
    "hindrance" TEXT,
    "hindered_at" TIMESTAMPTZ(3),
    "excepted_until" TIMESTAMPTZ(3),

    CONSTRAINT "rotation_due_pkey" PRIMARY KEY ("org_id","credential_id")
);

CREATE TABLE "rotation_due_state" (
    "org_id" UUID NOT NULL,
    "seen" TEXT NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rotation_due_state_pkey" PRIMARY KEY ("org_id")
);

ALTER TABLE "rotation_policy_version" ADD CONSTRAINT "rotation_policy_version_org_id_policy_id_fkey" FOREIGN KEY ("org_id", "policy_id") REFERENCES "rotation_policy"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "rotation_due" ADD CONSTRAINT "rotation_due_org_id_policy_id_fkey" FOREIGN KEY ("org_id", "policy_id") REFERENCES "rotation_policy"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "rotation_due_state" ADD CONSTRAINT "rotation_due_state_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

ALTER TABLE "rotation_due"
  ADD CONSTRAINT "rotation_due_since_check" CHECK (since_kind IN ('rotated', 'issued', 'here', 'seen')),
  ADD CONSTRAINT "rotation_due_order_check" CHECK (since <= due_at AND due_at <= overdue_at);

-- Each list of the board is a range of one of these. What is under way, ended without a new secret or is excepted is in none of the
-- first two.
CREATE INDEX "rotation_due_due_idx" ON "rotation_due" ("org_id", "due_at", "credential_id")
  WHERE run_id IS NULL AND failed_run_id IS NULL AND excepted_until IS NULL;
CREATE INDEX "rotation_due_overdue_idx" ON "rotation_due" ("org_id", "overdue_at", "credential_id")
  WHERE run_id IS NULL AND failed_run_id IS NULL AND excepted_until IS NULL;
CREATE INDEX "rotation_due_policy_idx" ON "rotation_due" ("org_id", "policy_id", "due_at", "credential_id")
  WHERE run_id IS NULL AND failed_run_id IS NULL AND excepted_until IS NULL;
CREATE INDEX "rotation_due_running_idx" ON "rotation_due" ("org_id", "due_at", "credential_id") WHERE run_id IS NOT NULL;
CREATE INDEX "rotation_due_failed_idx" ON "rotation_due" ("org_id", "due_at", "credential_id") WHERE run_id IS NULL AND failed_run_id IS NOT NULL;
CREATE INDEX "rotation_due_excepted_idx" ON "rotation_due" ("org_id", "due_at", "credential_id")
  WHERE run_id IS NULL AND failed_run_id IS NULL AND excepted_until IS NOT NULL;
CREATE INDEX "rotation_due_policy_open_idx" ON "rotation_due" ("org_id", "policy_id") WHERE run_id IS NOT NULL OR failed_run_id IS NOT NULL;
CREATE INDEX "rotation_due_identity_idx" ON "rotation_due" ("org_id", "identity_id");

GRANT SELECT, INSERT, UPDATE, DELETE ON "rotation_due", "rotation_due_state" TO bailiwick_app;
GRANT SELECT, INSERT ON "rotation_policy_version" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['rotation_policy_version', 'rotation_due', 'rotation_due_state'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- A rotation and the day on which the next is due change in one transaction, whatever way the rotation came: so none can be begun
-- twice. One that ended with a new secret begins its time anew; one that ended without is begun by a person only.
CREATE FUNCTION follow_rotation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.ended_at IS NULL THEN
    UPDATE public.rotation_due SET run_id = NEW.id, hindrance = NULL, hindered_at = NULL
    WHERE org_id = NEW.org_id AND credential_id = NEW.credential_id;
  ELSIF NEW.state = 'done' THEN
    UPDATE public.rotation_due SET run_id = NULL, failed_run_id = NULL, failed_at = NULL, since = NEW.ended_at, since_kind = 'here',
      due_at = NEW.ended_at + make_interval(days => interval_days), overdue_at = NEW.ended_at + make_interval(days => max_age_days)
    WHERE org_id = NEW.org_id AND credential_id = NEW.credential_id;
  ELSE
    -- What a person ended, and what was never begun, holds nothing else up.
    UPDATE public.rotation_due SET run_id = NULL, failed_run_id = NEW.id,
      failed_at = CASE WHEN NEW.state IN ('rolled_back', 'given_up') THEN NEW.ended_at ELSE failed_at END
    WHERE org_id = NEW.org_id AND credential_id = NEW.credential_id AND run_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER follow_begun AFTER INSERT ON "lifecycle_run" FOR EACH ROW
  WHEN (NEW.kind = 'rotation' AND NEW.credential_id IS NOT NULL) EXECUTE FUNCTION follow_rotation();
CREATE TRIGGER follow_ended AFTER UPDATE OF ended_at ON "lifecycle_run" FOR EACH ROW
  WHEN (NEW.kind = 'rotation' AND NEW.credential_id IS NOT NULL AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
  EXECUTE FUNCTION follow_rotation();

-- An exception from rotation holds from the moment at which it is made.
CREATE FUNCTION follow_exclusions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.rotation_due SET excepted_until = (
    SELECT max((e ->> 'until')::timestamptz) FROM jsonb_array_elements(NEW.exclusions) e
    WHERE e ->> 'rule' = 'rotation' AND (e ->> 'until')::timestamptz > now())
  WHERE org_id = NEW.org_id AND identity_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER follow_exclusions AFTER UPDATE OF exclusions ON "identity" FOR EACH ROW
  WHEN (OLD.exclusions IS DISTINCT FROM NEW.exclusions) EXECUTE FUNCTION follow_exclusions();
