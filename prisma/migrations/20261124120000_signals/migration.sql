-- What may change an answer of the decision point, as it happens: for those who wait for it, and for those to whom it is sent.

-- One change. `xid` is the transaction that made it, so that a reader takes what it has not seen however transactions end: neither lost
-- nor twice. Without a subject it is about all of them.
CREATE TABLE "access_change" (
    "org_id" UUID NOT NULL,
    "seq" BIGINT GENERATED ALWAYS AS IDENTITY,
    "xid" XID8 NOT NULL DEFAULT pg_current_xact_id(),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "kind" TEXT NOT NULL,
    "subject_type" TEXT,
    "subject_id" UUID,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "access_change_pkey" PRIMARY KEY ("org_id","seq"),
    CONSTRAINT "access_change_subject_check" CHECK ((subject_type IS NULL) = (subject_id IS NULL)
      AND subject_type IN ('identity', 'user', 'resource')
      AND kind IN ('revoked', 'revocation_verified', 'credential_revoked', 'restored', 'status', 'owner', 'sensitivity', 'grant_started', 'grant_ended', 'incident', 'policies'))
);
CREATE INDEX "access_change_xid_idx" ON "access_change" ("org_id", "xid");

-- Who is told of changes by signed security event tokens (OpenID Shared Signals Framework, RFC 8935).
CREATE TABLE "signal_stream" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "description" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "endpoint_url" TEXT NOT NULL,
    "sealed" BYTEA,
    "events" TEXT[] NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'enabled',
    "reason" TEXT,
    -- Up to where changes were taken: a snapshot of transactions.
    "seen" PG_SNAPSHOT NOT NULL DEFAULT pg_current_snapshot(),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "signal_stream_pkey" PRIMARY KEY ("org_id","id"),
    CONSTRAINT "signal_stream_status_check" CHECK (status IN ('enabled', 'paused', 'disabled'))
);

-- One event for one of them; its id is the token's.
CREATE TABLE "signal_delivery" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "stream_id" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "claims" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "says" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "signal_delivery_pkey" PRIMARY KEY ("org_id","id"),
    CONSTRAINT "signal_delivery_state_check" CHECK (state IN ('waiting', 'delivered', 'dead')
      AND (state = 'waiting') = (ended_at IS NULL) AND (state = 'waiting') = (next_at IS NOT NULL))
);
CREATE INDEX "signal_delivery_stream_idx" ON "signal_delivery" ("org_id", "stream_id", "state", "id");
CREATE INDEX "signal_delivery_due_idx" ON "signal_delivery" ("next_at") WHERE next_at IS NOT NULL;

-- What an organization's events are signed with.
CREATE TABLE "signal_key" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "public" JSONB NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signal_key_pkey" PRIMARY KEY ("org_id")
);

ALTER TABLE "access_change" ADD CONSTRAINT "access_change_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "signal_stream" ADD CONSTRAINT "signal_stream_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "signal_delivery" ADD CONSTRAINT "signal_delivery_stream_fkey" FOREIGN KEY ("org_id", "stream_id") REFERENCES "signal_stream"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "signal_key" ADD CONSTRAINT "signal_key_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

GRANT SELECT, INSERT, DELETE ON "access_change" TO bailiwick_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "signal_stream", "signal_delivery" TO bailiwick_app;
GRANT SELECT, INSERT, UPDATE ON "signal_key" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['access_change', 'signal_stream', 'signal_delivery', 'signal_key'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- Whose streams a worker looks at: whoever has one that takes events.
GRANT SELECT ("org_id", "status") ON "signal_stream" TO bailiwick_resolver;
CREATE POLICY resolver ON "signal_stream" FOR SELECT TO bailiwick_resolver USING (true);
CREATE FUNCTION resolve_signal_streams() RETURNS TABLE (org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT s.org_id FROM public.signal_stream s WHERE s.status <> 'disabled'
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_signal_streams() OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_signal_streams() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_signal_streams() TO bailiwick_app;

-- What follows is written in the transaction of the change itself, whatever way it comes. A statement about more than 2000 subjects is one
-- change about all of them.
CREATE FUNCTION note_identity_status() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.access_change (org_id, kind, subject_type, subject_id, detail)
  VALUES (NEW.org_id, 'status', 'identity', NEW.id,
    jsonb_build_object('before', CASE WHEN OLD.deleted_at IS NULL THEN OLD.status ELSE 'gone' END,
      'after', CASE WHEN NEW.deleted_at IS NULL THEN NEW.status ELSE 'gone' END));
  RETURN NULL;
END $$;
CREATE TRIGGER note_status AFTER UPDATE ON "identity" FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL))
  EXECUTE FUNCTION note_identity_status();

CREATE FUNCTION note_owner() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.access_change (org_id, kind, subject_type, subject_id)
  SELECT c.org_id, 'owner', CASE WHEN c.n <= 2000 THEN 'identity' END, CASE WHEN c.n <= 2000 THEN i.id END
  FROM (SELECT org_id, count(DISTINCT identity_id) AS n FROM changed WHERE state IN ('assigned', 'confirmed') GROUP BY org_id) c
  CROSS JOIN LATERAL (SELECT DISTINCT identity_id AS id FROM changed k WHERE k.org_id = c.org_id AND k.state IN ('assigned', 'confirmed')
    LIMIT CASE WHEN c.n <= 2000 THEN 2000 ELSE 1 END) i;
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON "ownership" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_owner();
CREATE TRIGGER note_update AFTER UPDATE ON "ownership" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_owner();

CREATE FUNCTION note_sensitivity() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.access_change (org_id, kind, subject_type, subject_id, detail)
  SELECT c.org_id, 'sensitivity', CASE WHEN c.n <= 2000 THEN 'resource' END, CASE WHEN c.n <= 2000 THEN i.resource_id END,
    CASE WHEN c.n <= 2000 THEN jsonb_build_object('before', i.before, 'after', i.after) ELSE '{}' END
  FROM (SELECT org_id, count(*) AS n FROM changed GROUP BY org_id) c
  CROSS JOIN LATERAL (SELECT resource_id, before, after FROM changed k WHERE k.org_id = c.org_id
    LIMIT CASE WHEN c.n <= 2000 THEN 2000 ELSE 1 END) i;
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON "sensitivity_change" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_sensitivity();

-- Revoked counts from the moment from which the decision point refuses; verified is a refused try at the source.
CREATE FUNCTION note_revocation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  v_kind text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.credential_id IS NULL AND NOT EXISTS (SELECT FROM public.lifecycle_order d
        WHERE d.org_id = NEW.org_id AND d.id = NEW.order_id AND d.state = 'waiting') THEN v_kind := 'revoked'; END IF;
  ELSIF OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL THEN
    v_kind := CASE WHEN NEW.credential_id IS NULL THEN 'revocation_verified' ELSE 'credential_revoked' END;
  ELSIF NEW.credential_id IS NULL AND OLD.state IS DISTINCT FROM NEW.state
      AND NEW.state IN ('rolled_back', 'restored', 'overruled', 'cancelled', 'given_up') THEN v_kind := 'restored';
  END IF;
  IF v_kind IS NOT NULL THEN
    INSERT INTO public.access_change (org_id, kind, subject_type, subject_id, detail)
    VALUES (NEW.org_id, v_kind, 'identity', NEW.identity_id, jsonb_strip_nulls(jsonb_build_object('run', NEW.id, 'credential', NEW.credential_id,
      'credential_type', (SELECT c.type FROM public.credential c WHERE c.org_id = NEW.org_id AND c.id = NEW.credential_id))));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON "lifecycle_run" FOR EACH ROW WHEN (NEW.kind = 'revocation') EXECUTE FUNCTION note_revocation();
CREATE TRIGGER note_update AFTER UPDATE ON "lifecycle_run" FOR EACH ROW
  WHEN (NEW.kind = 'revocation' AND (OLD.state IS DISTINCT FROM NEW.state OR OLD.verified_at IS DISTINCT FROM NEW.verified_at))
  EXECUTE FUNCTION note_revocation();

CREATE FUNCTION note_released_order() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.access_change (org_id, kind, subject_type, subject_id, detail)
  SELECT r.org_id, 'revoked', 'identity', r.identity_id, jsonb_build_object('run', r.id)
  FROM public.lifecycle_run r WHERE r.org_id = NEW.org_id AND r.order_id = NEW.id AND r.kind = 'revocation' AND r.credential_id IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER note_released AFTER UPDATE ON "lifecycle_order" FOR EACH ROW
  WHEN (OLD.state = 'waiting' AND NEW.state = 'released') EXECUTE FUNCTION note_released_order();

CREATE FUNCTION note_grant() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.access_change (org_id, kind, subject_type, subject_id, detail)
  VALUES (NEW.org_id, CASE WHEN NEW.state = 'active' THEN 'grant_started' ELSE 'grant_ended' END, NEW.subject_kind, NEW.subject_id,
    jsonb_strip_nulls(jsonb_build_object('grant', NEW.id, 'reason', CASE WHEN NEW.state = 'active' THEN NULL ELSE NEW.end_reason END)));
  RETURN NULL;
END $$;
CREATE TRIGGER note_state AFTER UPDATE ON "access_grant" FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state AND 'active' IN (OLD.state, NEW.state)) EXECUTE FUNCTION note_grant();

CREATE FUNCTION note_incident() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.access_change (org_id, kind, detail)
  VALUES (NEW.org_id, 'incident', jsonb_build_object('incident', NEW.id, 'severity', NEW.severity, 'state', NEW.state));
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON "incident" FOR EACH ROW EXECUTE FUNCTION note_incident();
CREATE TRIGGER note_update AFTER UPDATE ON "incident" FOR EACH ROW
  WHEN ((OLD.state, OLD.severity, OLD.source_ids, OLD.environments) IS DISTINCT FROM (NEW.state, NEW.severity, NEW.source_ids, NEW.environments))
  EXECUTE FUNCTION note_incident();

CREATE FUNCTION note_policies() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.access_change (org_id, kind, detail) VALUES (NEW.org_id, 'policies', jsonb_build_object('version', NEW.active_no));
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON "policy_setting" FOR EACH ROW WHEN (NEW.active_id IS NOT NULL) EXECUTE FUNCTION note_policies();
CREATE TRIGGER note_update AFTER UPDATE ON "policy_setting" FOR EACH ROW
  WHEN (OLD.active_id IS DISTINCT FROM NEW.active_id) EXECUTE FUNCTION note_policies();
