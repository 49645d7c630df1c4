-- Somebody who is signed in has proved once more, just now, that it is they.
ALTER TABLE "session" ADD COLUMN "confirmed_at" TIMESTAMPTZ(3);

-- A grant that nobody agreed to, or one second person alone: short, and looked at afterwards.
ALTER TABLE "access_grant" ADD COLUMN "break_glass" BOOLEAN NOT NULL DEFAULT false;
DO $$
DECLARE definition text;
BEGIN
  SELECT pg_get_constraintdef(oid) INTO definition FROM pg_constraint
    WHERE conrelid = 'access_grant'::regclass AND conname = 'access_grant_words_check';
  ALTER TABLE "access_grant" DROP CONSTRAINT "access_grant_words_check";
  definition := replace(definition, '(needed >= 1)', '(needed >= 0)');
  EXECUTE 'ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_words_check" ' || definition;
END $$;
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_break_glass_check" CHECK (
  CASE WHEN break_glass THEN needed <= 1 AND seconds <= 14400 AND NOT replaces AND parent_id IS NULL ELSE needed >= 1 END);
CREATE INDEX "access_grant_break_glass_idx" ON "access_grant" ("requester_id", "org_id") WHERE break_glass AND state = 'active';

-- One use of break-glass, by the id of its grant.
CREATE TABLE "break_glass_use" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "is_drill" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "reference" TEXT,
    "exception" TEXT,
    "invoker_id" UUID NOT NULL,
    "invoker_name" TEXT NOT NULL,
    "skipped_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
    "invoked_at" TIMESTAMPTZ(3) NOT NULL,
    "alert_due_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3),
    "seen_by" TEXT,
    "escalated_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "review_due_at" TIMESTAMPTZ(3),
    "review_asked_at" TIMESTAMPTZ(3),
    "overdue_told_at" TIMESTAMPTZ(3),
    "reviewed_at" TIMESTAMPTZ(3),
    "reviewer_id" UUID,
    "reviewer_name" TEXT,
    "verdict" TEXT,
    "findings" JSONB,

    CONSTRAINT "break_glass_use_pkey" PRIMARY KEY ("org_id","id")
);

-- What it touched and is made anew afterwards.
CREATE TABLE "break_glass_secret" (
    "org_id" UUID NOT NULL,
    "use_id" UUID NOT NULL,
    "no" SMALLINT NOT NULL,
    "identity_id" UUID NOT NULL,
    "credential_id" UUID,
    "name" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'due',
    "says" TEXT,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "done_by" TEXT,

    CONSTRAINT "break_glass_secret_pkey" PRIMARY KEY ("org_id","use_id","no")
);

CREATE INDEX "break_glass_use_state_idx" ON "break_glass_use"("org_id", "state", "id");

ALTER TABLE "break_glass_use" ADD CONSTRAINT "break_glass_use_org_id_id_fkey" FOREIGN KEY ("org_id", "id") REFERENCES "access_grant"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "break_glass_secret" ADD CONSTRAINT "break_glass_secret_org_id_use_id_fkey" FOREIGN KEY ("org_id", "use_id") REFERENCES "break_glass_use"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

ALTER TABLE "break_glass_use" ADD CONSTRAINT "break_glass_use_words_check" CHECK (
  state IN ('waiting', 'invoked', 'active', 'to_review', 'reviewed', 'void')
  AND (exception IS NULL OR exception IN ('second_use', 'overdue_review'))
  AND (verdict IS NULL OR verdict IN ('justified', 'unjustified', 'inconclusive'))
  AND (state = 'reviewed') = (verdict IS NOT NULL) AND (verdict IS NULL) = (reviewed_at IS NULL)
  AND (verdict IS NULL) = (reviewer_id IS NULL) AND (verdict IS NULL) = (findings IS NULL)
  AND (state NOT IN ('to_review', 'reviewed') OR (ended_at IS NOT NULL AND review_due_at IS NOT NULL)));
ALTER TABLE "break_glass_use" ADD CONSTRAINT "break_glass_use_apart_check" CHECK (reviewer_id IS DISTINCT FROM invoker_id);
ALTER TABLE "break_glass_secret" ADD CONSTRAINT "break_glass_secret_words_check" CHECK (
  state IN ('due', 'rotated', 'left') AND (state = 'due') = (done_at IS NULL));

-- What was said of it stays said, and it is never taken out.
CREATE FUNCTION keep_reviewed_use() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.state IN ('reviewed', 'void') AND (NEW.state, NEW.verdict, NEW.findings, NEW.reviewer_id, NEW.reviewed_at)
      IS DISTINCT FROM (OLD.state, OLD.verdict, OLD.findings, OLD.reviewer_id, OLD.reviewed_at) THEN
    RAISE EXCEPTION 'the use of break-glass % stays %', OLD.id, OLD.state;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_reviewed_use BEFORE UPDATE ON "break_glass_use" FOR EACH ROW EXECUTE FUNCTION keep_reviewed_use();

-- A use moves on with its grant, in the same transaction, whatever moved that: the review is due a day after its end.
CREATE FUNCTION follow_break_glass() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.break_glass_use u SET
    state = CASE WHEN NEW.state IN ('approved', 'activating') THEN 'invoked' WHEN NEW.state = 'active' THEN 'active'
      WHEN NEW.state = 'ended' THEN 'to_review' ELSE 'void' END,
    ended_at = CASE WHEN NEW.state = 'ended' THEN clock_timestamp() END,
    review_due_at = CASE WHEN NEW.state = 'ended' THEN clock_timestamp() + interval '24 hours' END
  WHERE u.org_id = NEW.org_id AND u.id = NEW.id AND u.state IN ('waiting', 'invoked', 'active');
  RETURN NULL;
END $$;
CREATE TRIGGER follow_break_glass AFTER UPDATE OF state ON "access_grant" FOR EACH ROW
  WHEN (NEW.break_glass AND NEW.state IS DISTINCT FROM OLD.state AND NEW.state NOT IN ('requested', 'ending'))
  EXECUTE FUNCTION follow_break_glass();

GRANT SELECT, INSERT, UPDATE ON "break_glass_use", "break_glass_secret" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['break_glass_use', 'break_glass_secret'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- Asked with every request, before the organization is known: what somebody does while they use it is marked.
GRANT SELECT ("requester_id", "break_glass") ON "access_grant" TO bailiwick_resolver;
CREATE FUNCTION resolve_break_glass(p_user uuid) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT ON (g.org_id) g.org_id, g.id FROM public.access_grant g
  WHERE g.requester_id = p_user AND g.break_glass AND g.state = 'active' AND g.ends_at > clock_timestamp() ORDER BY g.org_id, g.id DESC
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_break_glass(uuid) OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_break_glass(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_break_glass(uuid) TO bailiwick_app;

-- Whose time has come: an alert that nobody has seen, or a review that nobody has done. Ids alone, as the queue carries them.
GRANT SELECT ("org_id", "id", "state", "alert_due_at", "seen_at", "escalated_at", "review_due_at", "review_asked_at", "overdue_told_at") ON "break_glass_use" TO bailiwick_resolver;
CREATE POLICY resolver ON "break_glass_use" FOR SELECT TO bailiwick_resolver USING (true);
CREATE FUNCTION resolve_due_break_glass() RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT u.org_id, u.id FROM public.break_glass_use u
  WHERE (u.alert_due_at <= clock_timestamp() AND u.seen_at IS NULL AND u.escalated_at IS NULL AND u.state NOT IN ('void', 'reviewed'))
     OR (u.state = 'to_review' AND u.review_asked_at IS NULL)
     OR (u.state = 'to_review' AND u.review_due_at <= clock_timestamp() AND u.overdue_told_at IS NULL)
  LIMIT 200
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_due_break_glass() OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_due_break_glass() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_due_break_glass() TO bailiwick_app;
CREATE INDEX "break_glass_use_due_idx" ON "break_glass_use" ("review_due_at", "alert_due_at") WHERE state NOT IN ('reviewed', 'void');
