-- Ownership as dated assertions: rows end, they are never deleted, so that who answered when can always be told.
ALTER TABLE "ownership"
  ADD COLUMN "source" text NOT NULL DEFAULT 'manual',
  -- 0 to 100: how much the source's word is worth.
  ADD COLUMN "confidence" smallint NOT NULL DEFAULT 100,
  ADD COLUMN "asserted_by" text,
  ADD COLUMN "attested_at" timestamptz(3),
  ADD COLUMN "attested_by" text,
  ADD COLUMN "valid_until" timestamptz(3),
  ADD COLUMN "ended_at" timestamptz(3),
  ADD COLUMN "ended_reason" text,
  ADD COLUMN "ended_by" text,
  ADD COLUMN "ended_note" text,
  DROP CONSTRAINT "ownership_duty_check",
  ADD CONSTRAINT "ownership_duty_check" CHECK (duty IN ('technical', 'business', 'backup')),
  ADD CONSTRAINT "ownership_source_check" CHECK (source IN ('manual', 'tag', 'annotation', 'name', 'commit', 'usage')),
  ADD CONSTRAINT "ownership_confidence_check" CHECK (confidence BETWEEN 0 AND 100),
  ADD CONSTRAINT "ownership_ended_check" CHECK ((ended_at IS NULL) = (ended_reason IS NULL)),
  ADD CONSTRAINT "ownership_ended_reason_check" CHECK (ended_reason IN ('withdrawn', 'rejected', 'removed', 'transferred',
    'not_mine', 'resolved', 'left', 'disabled', 'team_deleted', 'lapsed', 'undone'));
ALTER TABLE "ownership" RENAME COLUMN "created_at" TO "asserted_at";

DROP INDEX "ownership_key";
DROP INDEX "ownership_owner_idx";
CREATE UNIQUE INDEX "ownership_live_key" ON "ownership" ("org_id", "identity_id", "duty", "owner_key") WHERE ended_at IS NULL;
CREATE INDEX "ownership_owner_idx" ON "ownership" ("org_id", "owner_key", "state") INCLUDE ("identity_id") WHERE ended_at IS NULL;
CREATE INDEX "ownership_ended_idx" ON "ownership" ("org_id", "identity_id", "ended_at") WHERE ended_at IS NOT NULL;
CREATE INDEX "ownership_lapse_idx" ON "ownership" ("org_id", "valid_until") WHERE ended_at IS NULL AND valid_until IS NOT NULL;

-- A list that somebody chose, kept for an hour. The items have no foreign keys: they come by the hundred thousand, and go
-- with their selection.
CREATE TABLE "selection" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "actor_key" text NOT NULL,
  "filter" jsonb NOT NULL,
  "count" integer NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "expires_at" timestamptz(3) NOT NULL,
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE
);
CREATE TABLE "selection_item" (
  "org_id" uuid NOT NULL,
  "selection_id" uuid NOT NULL,
  "identity_id" uuid NOT NULL,
  PRIMARY KEY ("org_id", "selection_id", "identity_id")
);

-- A change of many ownerships at once, with what the rows were before it, so that it can be taken back.
CREATE TABLE "bulk_change" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "actor_key" text NOT NULL,
  "change" text NOT NULL,
  "changed" integer NOT NULL,
  -- The transaction that wrote the rows: one whose last writer is another was changed since.
  "written_by" text NOT NULL,
  "at" timestamptz(3) NOT NULL DEFAULT now(),
  "undo_until" timestamptz(3) NOT NULL,
  "undone_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE,
  CONSTRAINT "bulk_change_change_check" CHECK (change IN ('assign', 'attest', 'transfer', 'release'))
);
CREATE TABLE "bulk_change_row" (
  "org_id" uuid NOT NULL,
  "change_id" uuid NOT NULL,
  "ownership_id" uuid NOT NULL,
  "identity_id" uuid NOT NULL,
  -- null = the change made the row.
  "before" jsonb,
  PRIMARY KEY ("org_id", "change_id", "ownership_id")
);

-- An owner who left: what ended, which secrets they could have read, and who is asked to take over.
CREATE TABLE "departure" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "owner_key" text NOT NULL,
  "label" text NOT NULL,
  "reason" text NOT NULL,
  "note" text,
  "by" text NOT NULL,
  "at" timestamptz(3) NOT NULL DEFAULT now(),
  "ended" integer NOT NULL DEFAULT 0,
  "unowned" integer NOT NULL DEFAULT 0,
  "secrets" integer NOT NULL DEFAULT 0,
  -- Stores whose contents, and identities whose credentials, nobody knows.
  "unknown" integer NOT NULL DEFAULT 0,
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE,
  CONSTRAINT "departure_reason_check" CHECK (reason IN ('left', 'disabled', 'team_deleted'))
);
CREATE TABLE "departure_secret" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "departure_id" uuid NOT NULL,
  -- owned: of an identity that they answered for; team: of one that a team of theirs answers for; store: kept where those may read.
  "route" text NOT NULL,
  -- null = there is more than is known: a store whose contents, or an identity whose credentials, nobody told.
  "credential_id" uuid,
  "identity_id" uuid,
  "resource_id" uuid,
  PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "departure_secret_route_check" CHECK (route IN ('owned', 'team', 'store'))
);
CREATE INDEX "departure_secret_idx" ON "departure_secret" ("org_id", "departure_id", "id");
CREATE TABLE "ownership_task" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "departure_id" uuid NOT NULL,
  -- The backup owner or the team; null = nobody, so whoever governs ownership.
  "to_key" text,
  "to_label" text,
  "state" text NOT NULL DEFAULT 'open',
  "identities" integer NOT NULL,
  "opened_at" timestamptz(3) NOT NULL DEFAULT now(),
  "done_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "departure_id") REFERENCES "departure" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "ownership_task_state_check" CHECK (state IN ('open', 'done'))
);
CREATE INDEX "ownership_task_state_idx" ON "ownership_task" ("org_id", "state", "id");
CREATE TABLE "ownership_task_item" (
  "org_id" uuid NOT NULL,
  "task_id" uuid NOT NULL,
  "identity_id" uuid NOT NULL,
  "done_at" timestamptz(3),
  PRIMARY KEY ("org_id", "task_id", "identity_id")
);
CREATE INDEX "ownership_task_item_open_idx" ON "ownership_task_item" ("org_id", "identity_id") WHERE done_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON "selection", "selection_item", "bulk_change", "bulk_change_row", "departure",
  "departure_secret", "ownership_task", "ownership_task_item" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['selection', 'selection_item', 'bulk_change', 'bulk_change_row', 'departure', 'departure_secret',
    'ownership_task', 'ownership_task_item'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- What is there already: suggestions say where they come from in their evidence. Row-level security is forced on the owner of
-- the tables too, so one organization at a time.
DO $$
DECLARE o uuid;
BEGIN
  FOR o IN SELECT id FROM resolve_organizations() LOOP
    PERFORM set_config('app.current_org', o::text, true);
    UPDATE ownership SET
      source = CASE WHEN evidence ~ '^(annotation|label):' THEN 'annotation' WHEN evidence ~ '^(tag|column):' THEN 'tag'
        WHEN evidence ~ '^commit' THEN 'commit' WHEN evidence ~ '^usage' THEN 'usage' ELSE 'name' END,
      confidence = CASE WHEN evidence ~ '^(annotation|label):' THEN 65 WHEN evidence ~ '^(tag|column):' THEN 70
        WHEN evidence ~ '^commit' THEN 60 WHEN evidence ~ '^usage' THEN 35 ELSE 40 END
    WHERE state = 'suggested';
    UPDATE ownership SET attested_at = confirmed_at, attested_by = confirmed_by WHERE state = 'confirmed';
  END LOOP;
  PERFORM set_config('app.current_org', '', true);
END $$;
