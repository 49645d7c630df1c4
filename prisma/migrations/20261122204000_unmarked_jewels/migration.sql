-- A mark that is taken away leaves what was kept of its changes: marked again, the same line goes on.
ALTER TABLE "crown_jewel" ADD COLUMN "unmarked_at" timestamptz(3), ADD COLUMN "unmarked_by" text;
