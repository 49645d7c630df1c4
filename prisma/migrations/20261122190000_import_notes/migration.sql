-- What a preview tells of a file beside numbers: who is taken for a person and why, what could not be evaluated, what was left
-- out and why, counted by reason.
ALTER TABLE "sync_file" ADD COLUMN "notes" jsonb NOT NULL DEFAULT '{}';
