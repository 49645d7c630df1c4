-- What was cut off on our order is known to be back only after the inventory has seen it gone, or off.
ALTER TABLE "tombstone"
  ADD COLUMN "identity_id" UUID,
  ADD COLUMN "is_off" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "gone_at" TIMESTAMPTZ(3),
  ADD COLUMN "reappeared_as" TEXT,
  ADD COLUMN "settled_at" TIMESTAMPTZ(3),
  ADD COLUMN "settled_by" TEXT,
  ADD COLUMN "settled_why" TEXT;
ALTER TABLE "tombstone" ADD CONSTRAINT "tombstone_reappeared_check"
  CHECK ((reappeared_at IS NULL) = (reappeared_as IS NULL) AND reappeared_as IN ('account', 'credential', 'secret'));
CREATE INDEX "tombstone_reappeared_idx" ON "tombstone" ("org_id", "reappeared_at");
CREATE INDEX "tombstone_run_idx" ON "tombstone" ("org_id", "run_id");
