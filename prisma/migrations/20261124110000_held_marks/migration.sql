-- The place of a reading that a person has to see before it is merged: taken with it, or the next sync would compare what the source
-- says by then with what the inventory held before.
ALTER TABLE "live_mark" ADD COLUMN "held_run_id" uuid;
ALTER TABLE "live_mark" ADD COLUMN "held_mark" bytea;
ALTER TABLE "live_mark" ADD CONSTRAINT "live_mark_held_check" CHECK ((held_run_id IS NULL) = (held_mark IS NULL));
