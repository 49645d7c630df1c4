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
