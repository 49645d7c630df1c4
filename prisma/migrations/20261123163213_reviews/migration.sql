-- Access reviews: campaigns with their frozen items, who reviews them, what was decided, and what follows.
-- AlterTable
ALTER TABLE "team_member" ADD COLUMN     "is_lead" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "review_template" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "level" TEXT NOT NULL,
    "scope" JSONB NOT NULL,
    "rules" JSONB NOT NULL,
    "recurrence" JSONB,
    "events" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "next_at" TIMESTAMPTZ(3),
    "problem" TEXT,
    "last_campaign_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL,
    "updated_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "review_template_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "review_campaign" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "template" TEXT NOT NULL DEFAULT 'custom',
    "template_id" UUID,
    "parent_id" UUID,
    "trigger" JSONB,
    "level" TEXT NOT NULL,
    "scope" JSONB NOT NULL,
    "scope_says" TEXT NOT NULL,
    "rules" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'draft',
    "version" INTEGER NOT NULL DEFAULT 1,
    "blocked" TEXT,
    "stage_no" SMALLINT NOT NULL DEFAULT 1,
    "starts_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "item_count" INTEGER NOT NULL DEFAULT 0,
    "frozen_at" TIMESTAMPTZ(3),
    "population_hash" TEXT,
    "evidence_hash" TEXT,
    "created_by" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "launched_by" TEXT,
    "launched_at" TIMESTAMPTZ(3),
    "closed_by" TEXT,
    "closed_why" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "review_campaign_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "review_stage" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "no" SMALLINT NOT NULL,
    "name" TEXT NOT NULL,
    "rules" JSONB NOT NULL,
    "strategy" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ahead',
    "is_escalated" BOOLEAN NOT NULL DEFAULT false,
    "begins_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "review_stage_pkey" PRIMARY KEY ("org_id","campaign_id","no")
);

-- CreateTable
CREATE TABLE "review_reviewer" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "way" TEXT NOT NULL,
    "last_act_at" TIMESTAMPTZ(3),

    CONSTRAINT "review_reviewer_pkey" PRIMARY KEY ("org_id","campaign_id","no")
);

-- CreateTable
CREATE TABLE "review_tally" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "stage" SMALLINT NOT NULL,
    "reviewer_no" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "review_tally_pkey" PRIMARY KEY ("org_id","campaign_id","stage","reviewer_no","state","decision")
);

-- CreateTable
CREATE TABLE "review_act" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "stage" SMALLINT NOT NULL,
    "kind" TEXT NOT NULL,
    "decision" TEXT,
    "until" TIMESTAMPTZ(3),
    "note" TEXT,
    "says" TEXT NOT NULL,
    "by_key" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "review_act_pkey" PRIMARY KEY ("org_id","campaign_id","id")
);

-- CreateTable
CREATE TABLE "review_sign_off" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "stage" SMALLINT NOT NULL,
    "by_id" UUID NOT NULL,
    "by_name" TEXT NOT NULL,
    "statement" TEXT,
    "items" INTEGER NOT NULL,
    "decisions" JSONB NOT NULL,
    "decisions_hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "review_sign_off_pkey" PRIMARY KEY ("org_id","campaign_id","id")
);

-- CreateTable
CREATE TABLE "review_remedy" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "item_no" INTEGER NOT NULL,
    "decision" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "credential_id" UUID,
    "entitlement_id" UUID,
    "name" TEXT NOT NULL,
    "subject" TEXT,
    "source_id" UUID NOT NULL,
    "reduction" JSONB,
    "way" TEXT NOT NULL DEFAULT 'task',
    "state" TEXT NOT NULL DEFAULT 'planned',
    "says" TEXT NOT NULL DEFAULT 'Not begun yet.',
    "order_id" UUID,
    "run_id" UUID,
    "owner_key" TEXT,
    "owner_name" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "updated_by" TEXT,
    "wake_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "verified_at" TIMESTAMPTZ(3),

    CONSTRAINT "review_remedy_pkey" PRIMARY KEY ("org_id","campaign_id","item_no")
);

-- CreateTable
CREATE TABLE "review_quality" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "stage" SMALLINT NOT NULL,
    "reviewer_no" INTEGER NOT NULL,
    "measures" JSONB NOT NULL,
    "flags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "look_state" TEXT,
    "look_by" TEXT,
    "verdict" TEXT,
    "note" TEXT,
    "looked_at" TIMESTAMPTZ(3),
    "measured_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "review_quality_pkey" PRIMARY KEY ("org_id","campaign_id","stage","reviewer_no")
);

-- CreateTable
CREATE TABLE "review_reminder" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "stage" SMALLINT NOT NULL,
    "reviewer_no" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "says" TEXT,

    CONSTRAINT "review_reminder_pkey" PRIMARY KEY ("org_id","campaign_id","stage","reviewer_no","kind")
);

-- CreateTable
CREATE TABLE "review_report" (
    "org_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "hash" TEXT NOT NULL,
    "checkpoint" JSONB NOT NULL,
    "summary" JSONB NOT NULL,
    "made_by" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "review_report_pkey" PRIMARY KEY ("org_id","campaign_id","id")
);

-- CreateTable
CREATE TABLE "review_trigger" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "event" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "says" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "taken_at" TIMESTAMPTZ(3),
    "campaign_id" UUID,

    CONSTRAINT "review_trigger_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateIndex
CREATE INDEX "review_reviewer_key_idx" ON "review_reviewer"("org_id", "key", "campaign_id");

-- CreateIndex
CREATE UNIQUE INDEX "review_reviewer_key" ON "review_reviewer"("org_id", "campaign_id", "key");

-- CreateIndex
CREATE INDEX "review_remedy_state_idx" ON "review_remedy"("org_id", "campaign_id", "state", "item_no");

-- CreateIndex
CREATE INDEX "review_remedy_run_idx" ON "review_remedy"("org_id", "run_id");

-- AddForeignKey
ALTER TABLE "review_template" ADD CONSTRAINT "review_template_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_campaign" ADD CONSTRAINT "review_campaign_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_stage" ADD CONSTRAINT "review_stage_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_reviewer" ADD CONSTRAINT "review_reviewer_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_tally" ADD CONSTRAINT "review_tally_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_act" ADD CONSTRAINT "review_act_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_sign_off" ADD CONSTRAINT "review_sign_off_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_remedy" ADD CONSTRAINT "review_remedy_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_quality" ADD CONSTRAINT "review_quality_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_reminder" ADD CONSTRAINT "review_reminder_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_report" ADD CONSTRAINT "review_report_org_id_campaign_id_fkey" FOREIGN KEY ("org_id", "campaign_id") REFERENCES "review_campaign"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "review_trigger" ADD CONSTRAINT "review_trigger_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;


-- Items, assignments and changes come by the million: they have no foreign keys, and go with nothing, for a campaign that was
-- launched is never deleted. What was frozen can be written once: the application may change the other columns only.
CREATE TABLE "review_item" (
  "org_id" uuid NOT NULL,
  "campaign_id" uuid NOT NULL,
  -- By blast radius, the widest first.
  "no" integer NOT NULL,
  "identity_id" uuid NOT NULL,
  "credential_id" uuid,
  "entitlement_id" uuid,
  "source_id" uuid NOT NULL,
  "name" text NOT NULL,
  "subject" text,
  "owner_label" text,
  "score" real,
  "privilege_rank" smallint NOT NULL,
  "usage" text NOT NULL,
  "recommendation" text NOT NULL,
  -- Equal where the evidence is: what reviewers decide in bulk. Equal where the access is: peers.
  "group_hash" uuid NOT NULL,
  "access_hash" uuid,
  "is_alone" boolean NOT NULL,
  "evidence" json NOT NULL,
  -- SHA-256 of the evidence as text.
  "evidence_hash" bytea NOT NULL,
  -- Users who must not certify it, at the launch and as far as found since: those who own it alone, created it, use it.
  "sole_owner_ids" text[] NOT NULL DEFAULT '{}',
  "creator_ids" text[] NOT NULL DEFAULT '{}',
  "user_ids" text[] NOT NULL DEFAULT '{}',
  "stage" smallint NOT NULL DEFAULT 1,
  "outcome" text,
  "outcome_until" timestamptz(3),
  "reduction" jsonb,
  "settled_by" text,
  "settled_at" timestamptz(3),
  CONSTRAINT "review_item_pkey" PRIMARY KEY ("org_id", "campaign_id", "no"),
  CONSTRAINT "review_item_outcome_check" CHECK (outcome IN ('certify', 'certify_until', 'reduce', 'revoke', 'keep')),
  CONSTRAINT "review_item_settled_check" CHECK ((outcome IS NULL) = (settled_by IS NULL) AND (outcome IS NULL) = (settled_at IS NULL)),
  CONSTRAINT "review_item_until_check" CHECK ((outcome = 'certify_until') = (outcome_until IS NOT NULL) OR outcome IS NULL)
);
CREATE INDEX "review_item_identity_idx" ON "review_item" ("org_id", "identity_id", "campaign_id");

CREATE TABLE "review_assignment" (
  "org_id" uuid NOT NULL,
  "campaign_id" uuid NOT NULL,
  "item_no" integer NOT NULL,
  "reviewer_no" integer NOT NULL,
  "stage" smallint NOT NULL,
  "way" text NOT NULL,
  "state" text NOT NULL DEFAULT 'open',
  "decision" text,
  "until" timestamptz(3),
  "reduction" jsonb,
  "note" text,
  "by_id" text,
  "by_name" text,
  "at" timestamptz(3),
  "act_id" uuid,
  "sign_off_id" uuid,
  -- Persons who had it before, and those on whose behalf it is reviewed.
  "chain_ids" text[] NOT NULL DEFAULT '{}',
  "acts_for_ids" text[] NOT NULL DEFAULT '{}',
  CONSTRAINT "review_assignment_pkey" PRIMARY KEY ("org_id", "campaign_id", "reviewer_no", "stage", "item_no"),
  CONSTRAINT "review_assignment_state_check" CHECK (state IN ('open', 'drafted', 'signed', 'handed_on', 'closed')),
  CONSTRAINT "review_assignment_decision_check" CHECK (decision IN ('certify', 'certify_until', 'reduce', 'revoke', 'unsure')),
  CONSTRAINT "review_assignment_decided_check" CHECK ((state IN ('drafted', 'signed')) = (decision IS NOT NULL) OR state IN ('closed', 'handed_on')),
  CONSTRAINT "review_assignment_signed_check" CHECK ((state = 'signed') = (sign_off_id IS NOT NULL))
) WITH (fillfactor = 90);
CREATE INDEX "review_assignment_item_idx" ON "review_assignment" ("org_id", "campaign_id", "item_no");

-- What an act changed, with what was there before: so it can be undone, and so it stays in the history.
CREATE TABLE "review_change" (
  "org_id" uuid NOT NULL,
  "campaign_id" uuid NOT NULL,
  "act_id" uuid NOT NULL,
  "item_no" integer NOT NULL,
  "reviewer_no" integer NOT NULL,
  "stage" smallint NOT NULL,
  "before" jsonb,
  "seconds" real,
  "opened" boolean,
  CONSTRAINT "review_change_pkey" PRIMARY KEY ("org_id", "campaign_id", "act_id", "item_no", "reviewer_no")
);
CREATE INDEX "review_change_item_idx" ON "review_change" ("org_id", "campaign_id", "item_no");

ALTER TABLE "review_template" ADD CONSTRAINT "review_template_level_check" CHECK (level IN ('identity', 'credential', 'entitlement'));
CREATE UNIQUE INDEX "review_template_name_key" ON "review_template" ("org_id", lower("name")) WHERE deleted_at IS NULL;
CREATE INDEX "review_template_next_idx" ON "review_template" ("org_id", "next_at") WHERE deleted_at IS NULL AND next_at IS NOT NULL;
ALTER TABLE "review_campaign"
  ADD CONSTRAINT "review_campaign_level_check" CHECK (level IN ('identity', 'credential', 'entitlement')),
  ADD CONSTRAINT "review_campaign_state_check" CHECK (state IN ('draft', 'scheduled', 'snapshotting', 'blocked', 'active',
    'deciding_silence', 'remediating', 'verifying', 'closed_effective', 'closed_with_exceptions', 'cancelled')),
  ADD CONSTRAINT "review_campaign_frozen_check" CHECK ((frozen_at IS NULL) = (population_hash IS NULL)
    AND (frozen_at IS NULL) = (evidence_hash IS NULL));
CREATE INDEX "review_campaign_deadline_idx" ON "review_campaign" ("org_id", "deadline_at") WHERE state IN ('active', 'deciding_silence');
CREATE INDEX "review_campaign_start_idx" ON "review_campaign" ("org_id", "starts_at") WHERE state = 'scheduled';
ALTER TABLE "review_stage"
  ADD CONSTRAINT "review_stage_state_check" CHECK (state IN ('ahead', 'active', 'done')),
  ADD CONSTRAINT "review_stage_strategy_check" CHECK (strategy IN ('one_accepts', 'all_accept', 'one_denies', 'not_denied'));
ALTER TABLE "review_tally" ADD CONSTRAINT "review_tally_count_check" CHECK (count >= 0);
ALTER TABLE "review_remedy"
  ADD CONSTRAINT "review_remedy_decision_check" CHECK (decision IN ('revoke', 'reduce')),
  ADD CONSTRAINT "review_remedy_way_check" CHECK (way IN ('run', 'task')),
  ADD CONSTRAINT "review_remedy_state_check" CHECK (state IN ('planned', 'waiting', 'running', 'verified', 'failed', 'open', 'done', 'excepted')),
  ADD CONSTRAINT "review_remedy_excepted_check" CHECK (state <> 'excepted' OR (owner_key IS NOT NULL AND due_at IS NOT NULL AND reason IS NOT NULL));
CREATE INDEX "review_remedy_wake_idx" ON "review_remedy" ("org_id", "wake_at") WHERE state IN ('planned', 'waiting', 'running', 'failed');
CREATE INDEX "review_trigger_open_idx" ON "review_trigger" ("org_id", "at") WHERE taken_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON "review_template", "review_campaign", "review_stage", "review_reviewer", "review_tally",
  "review_remedy", "review_quality", "review_reminder", "review_trigger" TO bailiwick_app;
GRANT SELECT, INSERT ON "review_item", "review_assignment", "review_change", "review_act", "review_sign_off", "review_report" TO bailiwick_app;
GRANT UPDATE ("sole_owner_ids", "creator_ids", "user_ids", "stage", "outcome", "outcome_until", "reduction", "settled_by", "settled_at")
  ON "review_item" TO bailiwick_app;
GRANT UPDATE ("state", "decision", "until", "reduction", "note", "by_id", "by_name", "at", "act_id", "sign_off_id")
  ON "review_assignment" TO bailiwick_app;
GRANT UPDATE ("undone_at") ON "review_act" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['review_template', 'review_campaign', 'review_stage', 'review_reviewer', 'review_tally', 'review_remedy',
    'review_quality', 'review_reminder', 'review_trigger', 'review_item', 'review_assignment', 'review_change', 'review_act',
    'review_sign_off', 'review_report'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- What has been signed off, and the outcome of an item, stay as they are whoever asks.
CREATE FUNCTION keep_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  RAISE EXCEPTION 'what was signed off is final' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep_signed BEFORE UPDATE ON "review_assignment" FOR EACH ROW WHEN (OLD.state = 'signed') EXECUTE FUNCTION keep_signed();
CREATE TRIGGER keep_settled BEFORE UPDATE OF outcome, outcome_until, reduction, settled_by, settled_at ON "review_item" FOR EACH ROW
  WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION keep_signed();

-- What the words of the reviewers of one item in one stage amount to: null = not settled yet. `waiting` counts those who have not
-- signed off. A settled item needs nobody further.
CREATE FUNCTION review_outcome(strategy text, accepts bigint, reduces bigint, revokes bigint, unsure bigint, waiting bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN strategy = 'one_accepts' THEN CASE
      WHEN accepts > 0 THEN 'certify'
      WHEN waiting > 0 THEN NULL
      WHEN revokes > 0 THEN 'revoke' WHEN reduces > 0 THEN 'reduce' END
    WHEN revokes > 0 THEN 'revoke'
    WHEN reduces > 0 THEN 'reduce'
    WHEN waiting > 0 THEN NULL
    WHEN strategy = 'all_accept' THEN CASE WHEN accepts > 0 AND unsure = 0 THEN 'certify' END
    WHEN strategy = 'not_denied' THEN 'certify'
    ELSE CASE WHEN accepts > 0 THEN 'certify' END
  END
$$;
