-- What follows decisions of a review: single rights that are taken away, what began a campaign by itself, and how far it was looked for.
-- AlterTable
ALTER TABLE "review_remedy" ADD COLUMN     "agreed_by" TEXT,
ADD COLUMN     "agreed_id" UUID,
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "review_trigger" ADD COLUMN     "batch" UUID,
ADD COLUMN     "held_until" TIMESTAMPTZ(3);

-- One right that a reduction takes away. The intent is committed before the source hears of it, what came of it after it answered;
-- `gone` only when the source, read afterwards, did not list it any more.
CREATE TABLE "review_withdrawal" (
  "org_id" uuid NOT NULL,
  "campaign_id" uuid NOT NULL,
  "item_no" integer NOT NULL,
  "entitlement_id" uuid NOT NULL,
  "live_connection_id" uuid NOT NULL,
  "identity_ref" text NOT NULL,
  "kind" text NOT NULL,
  "to_ref" text NOT NULL,
  "scopes" text[] NOT NULL,
  -- How many times the source was told, and whether it answered that it did.
  "told" integer NOT NULL DEFAULT 0,
  "state" text NOT NULL DEFAULT 'intended',
  "says" text NOT NULL DEFAULT '',
  "intended_at" timestamptz(3) NOT NULL DEFAULT now(),
  "answered_at" timestamptz(3),
  "gone_at" timestamptz(3),
  CONSTRAINT "review_withdrawal_pkey" PRIMARY KEY ("org_id", "campaign_id", "item_no", "entitlement_id"),
  CONSTRAINT "review_withdrawal_item_fkey" FOREIGN KEY ("org_id", "campaign_id", "item_no")
    REFERENCES "review_remedy" ("org_id", "campaign_id", "item_no") ON DELETE CASCADE,
  CONSTRAINT "review_withdrawal_state_check" CHECK (state IN ('intended', 'told', 'gone', 'refused'))
);

-- Until when each kind of event was looked for.
CREATE TABLE "review_watch" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "event" text NOT NULL,
  "seen_until" timestamptz(3) NOT NULL,
  -- What was before that nobody waited for.
  "began_at" timestamptz(3) NOT NULL,
  CONSTRAINT "review_watch_pkey" PRIMARY KEY ("org_id", "event")
);

-- The same event about the same identity waits once.
CREATE UNIQUE INDEX "review_trigger_once" ON "review_trigger" ("org_id", "event", "identity_id") WHERE taken_at IS NULL;

-- Whether what reviewers were told has arrived.
-- CreateIndex
CREATE INDEX "notification_told_idx" ON "notification"("org_id", "dedupe_key");

GRANT SELECT, INSERT, UPDATE ON "review_withdrawal", "review_watch" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['review_withdrawal', 'review_watch'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
