-- A drill names accounts or a cohort; nobody could make one before this, so there is nothing to carry over.
ALTER TABLE "drill_plan"
  DROP COLUMN "live_connection_id",
  DROP COLUMN "identity_id",
  ADD COLUMN "target" JSONB NOT NULL,
  ADD COLUMN "problem" TEXT;
-- People begin what cuts off what people use.
ALTER TABLE "drill_plan" ADD CONSTRAINT "drill_plan_schedule_check"
  CHECK ((mode <> 'live' OR every_days IS NULL) AND (next_at IS NOT NULL) = (every_days IS NOT NULL));

-- Which drill a run belongs to, and what it has shown, written when it ends.
ALTER TABLE "lifecycle_run" ADD COLUMN "drill_plan_id" UUID, ADD COLUMN "result" JSONB;
ALTER TABLE "lifecycle_run" ADD CONSTRAINT "lifecycle_run_drill_check" CHECK (kind = 'drill' OR (drill_plan_id IS NULL AND result IS NULL));
CREATE INDEX "lifecycle_run_drill_idx" ON "lifecycle_run" ("org_id", "drill_plan_id", "id") WHERE drill_plan_id IS NOT NULL;

-- Secrets of those who must keep access, for the time of a run.
ALTER TABLE "lifecycle_secret" DROP CONSTRAINT "lifecycle_secret_purpose_check";
ALTER TABLE "lifecycle_secret" ADD CONSTRAINT "lifecycle_secret_purpose_check"
  CHECK (purpose IN ('new', 'old', 'former', 'disabled', 'removed', 'keep'));
