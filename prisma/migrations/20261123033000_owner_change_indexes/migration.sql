-- Whether what its rows were is forgotten: to look for rows that still know it, every change of years would be read again and again.
ALTER TABLE "bulk_change" ADD COLUMN "forgotten_at" timestamptz(3);
CREATE INDEX "bulk_change_kept_idx" ON "bulk_change" ("org_id", "undo_until") WHERE forgotten_at IS NULL;

-- What a task has left is asked for after each batch of a change, and the tasks of an identity also when it is taken back.
DROP INDEX "ownership_task_item_open_idx";
CREATE INDEX "ownership_task_item_identity_idx" ON "ownership_task_item" ("org_id", "identity_id");
CREATE INDEX "ownership_task_item_left_idx" ON "ownership_task_item" ("org_id", "task_id") WHERE done_at IS NULL;
