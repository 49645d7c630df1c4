-- Whoever may follow the changes of others can stop them: the run says who did.
ALTER TABLE "bulk_change" ADD COLUMN "stopped_by" text;
-- Those under way, and those that ended a moment ago: asked for on every page.
CREATE INDEX "bulk_change_recent_idx" ON "bulk_change" ("org_id", "finished_at") WHERE total IS NOT NULL;
