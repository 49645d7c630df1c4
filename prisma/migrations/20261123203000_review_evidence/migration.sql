-- Evidence is frozen as text whose fields have their order instead of names (decision 059). What was frozen before stays as it is.
ALTER TABLE "review_item"
  ALTER COLUMN "evidence" DROP NOT NULL,
  ADD COLUMN "frozen" text,
  -- What lists show, so that they need not read evidence.
  ADD COLUMN "kind" text,
  ADD COLUMN "environment" text,
  ADD COLUMN "system" text,
  ADD COLUMN "last_used_at" timestamptz(3),
  ADD CONSTRAINT "review_item_evidence_check" CHECK ((evidence IS NULL) <> (frozen IS NULL));

-- Whoever has exactly the same access: asked with every item that is opened.
CREATE INDEX "review_item_access_idx" ON "review_item" ("org_id", "campaign_id", "access_hash");

-- Whoever made an API key of this product must not certify it: asked with every decision, and true of few.
CREATE INDEX "ownership_maker_idx" ON "ownership" ("org_id", "identity_id") WHERE evidence = 'made the API key';

-- A launch may write more than was there before, and whoever opens it asks at once. As analyze_grown() for imports: asked within the
-- launch, it leaves out what has not grown and what somebody else holds.
CREATE FUNCTION analyze_reviews() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  grown regclass;
BEGIN
  FOR grown IN
    SELECT c.oid FROM pg_class c CROSS JOIN LATERAL (SELECT pg_relation_size(c.oid) / current_setting('block_size')::int AS pages) now
    WHERE c.oid = ANY ('{review_item,review_assignment,review_tally,review_reviewer}'::regclass[])
      AND now.pages > 100 AND now.pages > c.relpages * 1.2
  LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION analyze_reviews() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_reviews() TO bailiwick_app;
