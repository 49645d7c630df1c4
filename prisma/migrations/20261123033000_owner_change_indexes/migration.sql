-- Whether what its rows were is forgotten: to look for rows that still know it, every change of years would be read again and again.
ALTER TABLE "bulk_change" ADD COLUMN "forgotten_at" timestamptz(3);
CREATE INDEX "bulk_change_kept_idx" ON "bulk_change" ("org_id", "undo_until") WHERE forgotten_at IS NULL;

-- What a task has left is asked for after each batch of a change, and the tasks of an identity also when it is taken back.
DROP INDEX "ownership_task_item_open_idx";
CREATE INDEX "ownership_task_item_identity_idx" ON "ownership_task_item" ("org_id", "identity_id");
CREATE INDEX "ownership_task_item_left_idx" ON "ownership_task_item" ("org_id", "task_id") WHERE done_at IS NULL;

-- The ownerships of one identity, by the smallest index there is: whatever the planner believes an organization has, no other is as cheap.
CREATE INDEX "ownership_identity_idx" ON "ownership" ("org_id", "identity_id") WHERE ended_at IS NULL;

-- What the planner believes of a table is as old as its last analysis. A change of very many asks for a new one at its beginning, as
-- an import may have just ended, and of ownerships on its way; where somebody else holds a table, it goes on without.
CREATE FUNCTION analyze_ownerships(with_identities boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
SET lock_timeout = '2s' AS $$
BEGIN
  ANALYZE public.ownership;
  IF with_identities THEN
    ANALYZE public.identity, public.identity_listing, public.selection_item, public.bulk_change_row;
  END IF;
EXCEPTION WHEN lock_not_available THEN
  NULL;
END $$;
REVOKE ALL ON FUNCTION analyze_ownerships(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_ownerships(boolean) TO bailiwick_app;
