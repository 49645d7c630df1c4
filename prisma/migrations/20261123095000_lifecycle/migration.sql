-- Rotations, revocations and drills as runs whose steps are stored before they are taken. An order is what somebody asked for, bound
-- by the hash of its list; each target of it is a run. Secrets are sealed (lib/platform/crypto/seal.ts), each for its own row, and
-- emptied as soon as nothing needs them. Events, probes and approvals are only ever added.
-- CreateTable
CREATE TABLE "lifecycle_order" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'released',
    "reason" TEXT NOT NULL,
    "is_emergency" BOOLEAN NOT NULL DEFAULT false,
    "list" JSONB NOT NULL,
    "list_hash" TEXT NOT NULL,
    "target_count" INTEGER NOT NULL,
    "highest_score" REAL,
    "options" JSONB NOT NULL DEFAULT '{}',
    "wave" INTEGER NOT NULL DEFAULT 1,
    "wave_size" INTEGER,
    "requested_key" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "lifecycle_order_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "lifecycle_approval" (
    "org_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "list_hash" TEXT NOT NULL,
    "note" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lifecycle_approval_pkey" PRIMARY KEY ("org_id","order_id","user_id")
);

-- CreateTable
CREATE TABLE "lifecycle_run" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "order_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "direction" TEXT NOT NULL DEFAULT 'forward',
    "is_emergency" BOOLEAN NOT NULL DEFAULT false,
    "wave" INTEGER NOT NULL DEFAULT 1,
    "live_connection_id" UUID NOT NULL,
    "connector" TEXT NOT NULL,
    "source_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "identity_ref" TEXT NOT NULL,
    "identity_name" TEXT NOT NULL,
    "credential_id" UUID,
    "credential_ref" TEXT,
    "subject" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "effect" TEXT NOT NULL DEFAULT 'none',
    "problem" TEXT,
    "parked_why" TEXT,
    "parked_at" TEXT,
    "choices" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "choice" JSONB,
    "event_count" INTEGER NOT NULL DEFAULT 0,
    "wake_at" TIMESTAMPTZ(3),
    "lease" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "is_cancel_asked" BOOLEAN NOT NULL DEFAULT false,
    "is_overruled" BOOLEAN NOT NULL DEFAULT false,
    "restore" JSONB,
    "restore_until" TIMESTAMPTZ(3),
    "residual_until" TIMESTAMPTZ(3),
    "first_act_at" TIMESTAMPTZ(3),
    "verified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "lifecycle_run_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "lifecycle_step" (
    "org_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "attempt" SMALLINT NOT NULL,
    "generation" SMALLINT NOT NULL DEFAULT 1,
    "no" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'intended',
    "worker" UUID NOT NULL,
    "intended_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "says" TEXT,
    "code" TEXT,
    "result" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "lifecycle_step_pkey" PRIMARY KEY ("org_id","run_id","step","attempt")
);

-- CreateTable
CREATE TABLE "lifecycle_secret" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "run_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "generation" SMALLINT NOT NULL DEFAULT 1,
    "sealed" BYTEA,
    "fingerprint" TEXT,
    "origin" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "wiped_at" TIMESTAMPTZ(3),

    CONSTRAINT "lifecycle_secret_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "lifecycle_hop" (
    "org_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "hop" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "evidence" TEXT,
    "says" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "acked_at" TIMESTAMPTZ(3),
    "proved_at" TIMESTAMPTZ(3),
    "residual_until" TIMESTAMPTZ(3),
    "expected_seconds" REAL,
    "position" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "lifecycle_hop_pkey" PRIMARY KEY ("org_id","run_id","hop")
);

-- CreateTable
CREATE TABLE "lifecycle_probe" (
    "org_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "hop" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "took_ms" INTEGER NOT NULL,
    "phase" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "says" TEXT NOT NULL,

    CONSTRAINT "lifecycle_probe_pkey" PRIMARY KEY ("org_id","run_id","id")
);

-- CreateTable
CREATE TABLE "lifecycle_event" (
    "org_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "what" TEXT NOT NULL,
    "step" TEXT,
    "attempt" SMALLINT,
    "says" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "lifecycle_event_pkey" PRIMARY KEY ("org_id","run_id","no")
);

-- CreateTable
CREATE TABLE "reveal_link" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "run_id" UUID NOT NULL,
    "generation" SMALLINT NOT NULL DEFAULT 1,
    "user_id" UUID NOT NULL,
    "user_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "opened_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "reveal_link_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "tombstone" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "run_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "fingerprint" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reappeared_at" TIMESTAMPTZ(3),

    CONSTRAINT "tombstone_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "rotation_policy" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "name" TEXT NOT NULL,
    "filter" JSONB NOT NULL DEFAULT '{}',
    "rules" JSONB NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "rotation_policy_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "drill_plan" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "name" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "live_connection_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "rules" JSONB NOT NULL,
    "every_days" INTEGER,
    "next_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "drill_plan_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "lifecycle_setting" (
    "org_id" UUID NOT NULL,
    "second_person_score" SMALLINT NOT NULL,
    "second_person_count" INTEGER NOT NULL,
    "restore_hours" INTEGER NOT NULL,
    "link_minutes" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lifecycle_setting_pkey" PRIMARY KEY ("org_id")
);

-- CreateIndex
CREATE INDEX "lifecycle_order_state_idx" ON "lifecycle_order"("org_id", "state", "id");

-- CreateIndex
CREATE INDEX "lifecycle_run_identity_idx" ON "lifecycle_run"("org_id", "identity_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "lifecycle_secret_purpose_key" ON "lifecycle_secret"("org_id", "run_id", "purpose", "generation");

-- CreateIndex
CREATE INDEX "tombstone_fingerprint_idx" ON "tombstone"("org_id", "fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "tombstone_external_key" ON "tombstone"("org_id", "source_id", "subject", "external_id");

-- AddForeignKey
ALTER TABLE "lifecycle_order" ADD CONSTRAINT "lifecycle_order_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_approval" ADD CONSTRAINT "lifecycle_approval_org_id_order_id_fkey" FOREIGN KEY ("org_id", "order_id") REFERENCES "lifecycle_order"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_run" ADD CONSTRAINT "lifecycle_run_org_id_order_id_fkey" FOREIGN KEY ("org_id", "order_id") REFERENCES "lifecycle_order"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_step" ADD CONSTRAINT "lifecycle_step_org_id_run_id_fkey" FOREIGN KEY ("org_id", "run_id") REFERENCES "lifecycle_run"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_secret" ADD CONSTRAINT "lifecycle_secret_org_id_run_id_fkey" FOREIGN KEY ("org_id", "run_id") REFERENCES "lifecycle_run"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_hop" ADD CONSTRAINT "lifecycle_hop_org_id_run_id_fkey" FOREIGN KEY ("org_id", "run_id") REFERENCES "lifecycle_run"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_probe" ADD CONSTRAINT "lifecycle_probe_org_id_run_id_fkey" FOREIGN KEY ("org_id", "run_id") REFERENCES "lifecycle_run"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_event" ADD CONSTRAINT "lifecycle_event_org_id_run_id_fkey" FOREIGN KEY ("org_id", "run_id") REFERENCES "lifecycle_run"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "reveal_link" ADD CONSTRAINT "reveal_link_org_id_run_id_fkey" FOREIGN KEY ("org_id", "run_id") REFERENCES "lifecycle_run"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "tombstone" ADD CONSTRAINT "tombstone_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "rotation_policy" ADD CONSTRAINT "rotation_policy_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "drill_plan" ADD CONSTRAINT "drill_plan_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "lifecycle_setting" ADD CONSTRAINT "lifecycle_setting_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;


-- What may stand in the columns that decisions are made on.
ALTER TABLE "lifecycle_order"
  ADD CONSTRAINT "lifecycle_order_kind_check" CHECK (kind IN ('rotation', 'revocation', 'drill')),
  ADD CONSTRAINT "lifecycle_order_state_check" CHECK (state IN ('waiting', 'released', 'rejected', 'expired', 'withdrawn', 'done')),
  ADD CONSTRAINT "lifecycle_order_list_check" CHECK (jsonb_typeof(list) = 'array' AND jsonb_array_length(list) = target_count AND target_count > 0),
  ADD CONSTRAINT "lifecycle_order_reason_check" CHECK (length(reason) BETWEEN 1 AND 500);
ALTER TABLE "lifecycle_approval" ADD CONSTRAINT "lifecycle_approval_verdict_check" CHECK (verdict IN ('approved', 'rejected'));
ALTER TABLE "lifecycle_run"
  ADD CONSTRAINT "lifecycle_run_kind_check" CHECK (kind IN ('rotation', 'revocation', 'drill')),
  ADD CONSTRAINT "lifecycle_run_state_check" CHECK (state IN ('queued', 'running', 'waiting', 'parked', 'done', 'rolled_back', 'restored', 'overruled', 'cancelled', 'given_up')),
  ADD CONSTRAINT "lifecycle_run_direction_check" CHECK (direction IN ('forward', 'back', 'restore')),
  ADD CONSTRAINT "lifecycle_run_effect_check" CHECK (effect IN ('none', 'still_allowed', 'acknowledged', 'source_says_off', 'refused', 'absent', 'accepted', 'unknown')),
  ADD CONSTRAINT "lifecycle_run_end_check" CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'rolled_back', 'restored', 'overruled', 'cancelled', 'given_up')));
ALTER TABLE "lifecycle_step" ADD CONSTRAINT "lifecycle_step_state_check"
  CHECK (state IN ('intended', 'done', 'refused', 'failed') AND (state = 'intended') = (ended_at IS NULL));
ALTER TABLE "lifecycle_secret"
  ADD CONSTRAINT "lifecycle_secret_purpose_check" CHECK (purpose IN ('new', 'old', 'former', 'disabled', 'removed')),
  ADD CONSTRAINT "lifecycle_secret_wiped_check" CHECK ((sealed IS NULL) = (wiped_at IS NOT NULL));
ALTER TABLE "lifecycle_hop" ADD CONSTRAINT "lifecycle_hop_state_check"
  CHECK (state IN ('open', 'sent', 'acknowledged', 'refused', 'source_says_off', 'already_absent', 'still_allowed', 'not_testable'));
ALTER TABLE "lifecycle_probe" ADD CONSTRAINT "lifecycle_probe_answer_check"
  CHECK (answer IN ('accepted', 'refused', 'unknown') AND evidence IN ('login', 'source', 'session') AND phase IN ('before', 'during', 'after'));
ALTER TABLE "drill_plan" ADD CONSTRAINT "drill_plan_mode_check" CHECK (mode IN ('tabletop', 'canary', 'live'));

-- Of one account one run of each kind is open at a time; of its credentials several may be revoked.
CREATE UNIQUE INDEX "lifecycle_run_open_key" ON "lifecycle_run"
  ("org_id", "source_id", "identity_ref", "kind", (CASE WHEN kind = 'revocation' THEN coalesce(credential_ref, '') ELSE '' END))
  WHERE ended_at IS NULL;
CREATE INDEX "lifecycle_run_open_idx" ON "lifecycle_run" ("org_id", "id") WHERE ended_at IS NULL;
-- Whom a worker should look at next, over all organizations.
CREATE INDEX "lifecycle_run_due_idx" ON "lifecycle_run" ("wake_at") WHERE wake_at IS NOT NULL;
CREATE INDEX "lifecycle_run_leased_idx" ON "lifecycle_run" ("org_id", "live_connection_id", "lease_until") WHERE lease IS NOT NULL;
CREATE INDEX "lifecycle_run_order_idx" ON "lifecycle_run" ("org_id", "order_id", "id");
CREATE INDEX "lifecycle_probe_hop_idx" ON "lifecycle_probe" ("org_id", "run_id", "hop", "at");
CREATE INDEX "reveal_link_run_idx" ON "reveal_link" ("org_id", "run_id");
-- One link at a time shows a secret.
CREATE UNIQUE INDEX "reveal_link_open_key" ON "reveal_link" ("org_id", "run_id") WHERE ended_at IS NULL;
CREATE UNIQUE INDEX "rotation_policy_name_key" ON "rotation_policy" ("org_id", lower("name")) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX "drill_plan_name_key" ON "drill_plan" ("org_id", lower("name")) WHERE deleted_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON "lifecycle_order", "lifecycle_run", "lifecycle_step", "lifecycle_secret", "lifecycle_hop",
  "reveal_link", "tombstone", "rotation_policy", "drill_plan", "lifecycle_setting" TO bailiwick_app;
GRANT SELECT, INSERT ON "lifecycle_approval", "lifecycle_probe", "lifecycle_event" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['lifecycle_order', 'lifecycle_approval', 'lifecycle_run', 'lifecycle_step', 'lifecycle_secret', 'lifecycle_hop',
    'lifecycle_probe', 'lifecycle_event', 'reveal_link', 'tombstone', 'rotation_policy', 'drill_plan', 'lifecycle_setting'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- Which runs nobody has and whose time has come: a worker that died, or a wait that is over. Ids alone, as the queue carries them.
GRANT SELECT ("org_id", "id", "wake_at", "lease_until", "is_emergency") ON "lifecycle_run" TO bailiwick_resolver;
CREATE POLICY resolver ON "lifecycle_run" FOR SELECT TO bailiwick_resolver USING (true);
CREATE FUNCTION resolve_due_runs() RETURNS TABLE (org_id uuid, id uuid, is_emergency boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT r.org_id, r.id, r.is_emergency FROM public.lifecycle_run r
  WHERE r.wake_at <= now() AND (r.lease_until IS NULL OR r.lease_until < now())
  ORDER BY r.is_emergency DESC, r.wake_at LIMIT 500
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_due_runs() OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_due_runs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_due_runs() TO bailiwick_app;
