-- A change of more identities than one request should carry out is a run of the worker: batch by batch, each a transaction of
-- its own, from the identity after the last one that was reached.
ALTER TABLE "bulk_change"
  ADD COLUMN "status" text NOT NULL DEFAULT 'done',
  -- Of a run: how many identities it is about. null = carried out at once.
  ADD COLUMN "total" integer,
  ADD COLUMN "done" integer NOT NULL DEFAULT 0,
  ADD COLUMN "already" integer NOT NULL DEFAULT 0,
  -- How many stay as they are, by reason.
  ADD COLUMN "refused" jsonb NOT NULL DEFAULT '{}',
  -- What was asked for, and by the name of whom.
  ADD COLUMN "input" jsonb,
  ADD COLUMN "actor_label" text,
  ADD COLUMN "selection_id" uuid,
  -- Of a run that takes another change back: which.
  ADD COLUMN "undoes" uuid,
  ADD COLUMN "reached" uuid,
  ADD COLUMN "started_at" timestamptz(3),
  ADD COLUMN "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  ADD COLUMN "finished_at" timestamptz(3),
  ADD COLUMN "cancel_asked_at" timestamptz(3),
  ADD COLUMN "error" text,
  ADD CONSTRAINT "bulk_change_status_check" CHECK (status IN ('queued', 'running', 'done', 'cancelled', 'failed')),
  DROP CONSTRAINT "bulk_change_change_check",
  ADD CONSTRAINT "bulk_change_change_check" CHECK (change IN ('assign', 'attest', 'transfer', 'release', 'restore'));
CREATE INDEX "bulk_change_run_idx" ON "bulk_change" ("org_id", "actor_key", "at") WHERE total IS NOT NULL;

-- The transactions that wrote the rows are now several.
ALTER TABLE "bulk_change_row" ADD COLUMN "written_by" text;
DO $$
DECLARE o uuid;
BEGIN
  FOR o IN SELECT id FROM resolve_organizations() LOOP
    PERFORM set_config('app.current_org', o::text, true);
    UPDATE bulk_change_row r SET written_by = c.written_by FROM bulk_change c
      WHERE r.org_id = o AND c.org_id = o AND c.id = r.change_id AND c.undone_at IS NULL AND c.undo_until > now();
  END LOOP;
  PERFORM set_config('app.current_org', '', true);
END $$;
ALTER TABLE "bulk_change" DROP COLUMN "written_by";
-- What is taken back in batches is read in this order.
CREATE INDEX "bulk_change_row_order_idx" ON "bulk_change_row" ("org_id", "change_id", "identity_id");
