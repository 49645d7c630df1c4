-- Roles. The application serves as bailiwick_app, which owns nothing and bypasses nothing. bailiwick_resolver owns the
-- few SECURITY DEFINER functions that must look across organizations (who is this session, whose key is this).
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bailiwick_app') THEN CREATE ROLE bailiwick_app NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bailiwick_resolver') THEN CREATE ROLE bailiwick_resolver NOLOGIN; END IF;
  EXECUTE format('GRANT bailiwick_app, bailiwick_resolver TO %I', current_user);
END $$;
GRANT USAGE ON SCHEMA public TO bailiwick_app, bailiwick_resolver;

-- Installation level: people and their sessions. A person may belong to several organizations.
CREATE TABLE "user_account" (
  "id" uuid PRIMARY KEY DEFAULT uuidv7(),
  "email" text NOT NULL,
  "name" text NOT NULL,
  "password_hash" text,
  "status" text NOT NULL DEFAULT 'active',
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT "user_account_status_check" CHECK (status IN ('active', 'disabled')),
  CONSTRAINT "user_account_email_check" CHECK (email = lower(email))
);
CREATE UNIQUE INDEX "user_account_email_key" ON "user_account" ("email");

CREATE TABLE "oidc_link" (
  "issuer" text NOT NULL,
  "subject" text NOT NULL,
  "user_id" uuid NOT NULL REFERENCES "user_account" ("id") ON DELETE CASCADE,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("issuer", "subject")
);

CREATE TABLE "session" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "user_id" uuid NOT NULL REFERENCES "user_account" ("id") ON DELETE CASCADE,
  "active_org_id" uuid,
  "method" text NOT NULL,
  "ip" text,
  "user_agent" text,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "last_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "expires_at" timestamptz(3) NOT NULL,
  "revoked_at" timestamptz(3),
  CONSTRAINT "session_method_check" CHECK (method IN ('password', 'oidc'))
);
CREATE INDEX "session_user_id_idx" ON "session" ("user_id");

-- Counters of the rate limiter and of sign-in lock-outs; worthless after a crash, so unlogged.
CREATE UNLOGGED TABLE "rate_limit" (
  "key" varchar(255) PRIMARY KEY,
  "points" integer NOT NULL DEFAULT 0,
  "expire" bigint
);

-- Organizations
CREATE TABLE "organization" (
  "id" uuid PRIMARY KEY DEFAULT uuidv7(),
  "name" text NOT NULL,
  "slug" text NOT NULL,
  "rotate_after_days" integer NOT NULL DEFAULT 90,
  "stale_after_days" integer NOT NULL DEFAULT 90,
  "password_sign_in" boolean NOT NULL DEFAULT true,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT "organization_slug_check" CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$')
);
CREATE UNIQUE INDEX "organization_slug_key" ON "organization" ("slug");

CREATE TABLE "membership" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "user_id" uuid NOT NULL REFERENCES "user_account" ("id") ON DELETE CASCADE,
  "role" text NOT NULL,
  "status" text NOT NULL DEFAULT 'active',
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "membership_role_check" CHECK (role IN ('admin', 'security', 'reviewer', 'auditor', 'member')),
  CONSTRAINT "membership_status_check" CHECK (status IN ('active', 'disabled'))
);
CREATE UNIQUE INDEX "membership_org_id_user_id_key" ON "membership" ("org_id", "user_id");
CREATE INDEX "membership_user_id_idx" ON "membership" ("user_id");

CREATE TABLE "team" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "name" text NOT NULL,
  "description" text,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "id")
);
CREATE UNIQUE INDEX "team_org_id_name_key" ON "team" ("org_id", "name");

CREATE TABLE "team_member" (
  "org_id" uuid NOT NULL,
  "team_id" uuid NOT NULL,
  "membership_id" uuid NOT NULL,
  PRIMARY KEY ("org_id", "team_id", "membership_id"),
  FOREIGN KEY ("org_id", "team_id") REFERENCES "team" ("org_id", "id") ON DELETE CASCADE,
  FOREIGN KEY ("org_id", "membership_id") REFERENCES "membership" ("org_id", "id") ON DELETE CASCADE
);
CREATE INDEX "team_member_org_id_membership_id_idx" ON "team_member" ("org_id", "membership_id");

CREATE TABLE "invitation" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "email" text NOT NULL,
  "role" text NOT NULL,
  "token_hash" text NOT NULL,
  "invited_by" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "expires_at" timestamptz(3) NOT NULL,
  "accepted_at" timestamptz(3),
  "revoked_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "invitation_role_check" CHECK (role IN ('admin', 'security', 'reviewer', 'auditor', 'member'))
);
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation" ("token_hash");

CREATE TABLE "api_key" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "name" text NOT NULL,
  "prefix" text NOT NULL,
  "last_four" text NOT NULL,
  "token_hash" text NOT NULL,
  "scopes" text[] NOT NULL,
  "owner_id" uuid NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "expires_at" timestamptz(3) NOT NULL,
  "last_used_at" timestamptz(3),
  "revoked_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "owner_id") REFERENCES "membership" ("org_id", "id")
);
CREATE UNIQUE INDEX "api_key_token_hash_key" ON "api_key" ("token_hash");
CREATE INDEX "api_key_org_id_owner_id_idx" ON "api_key" ("org_id", "owner_id");

CREATE TABLE "idempotency_key" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "actor_key" text NOT NULL,
  "key" text NOT NULL,
  "request_hash" text NOT NULL,
  "status" integer,
  "response" jsonb,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "actor_key", "key")
);

-- Where things come from. A source is one instance of a system (an AWS account, a cluster); ids are unique in it.
-- A connection is one way in which we hear of it: a connector, and for partial files the file's name.
CREATE TABLE "source" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "system" text NOT NULL,
  "instance" text NOT NULL,
  "name" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "id")
);
CREATE UNIQUE INDEX "source_org_id_system_instance_key" ON "source" ("org_id", "system", "instance");

CREATE TABLE "connection" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "connector" text NOT NULL,
  "part" text NOT NULL DEFAULT '',
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "applied_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "connection_org_id_source_id_connector_part_key" ON "connection" ("org_id", "source_id", "connector", "part");

-- What each connection last said of each record: the hash gate of the merge, and the reason why a record still exists.
CREATE TABLE "presence" (
  "org_id" uuid NOT NULL,
  "connection_id" uuid NOT NULL,
  "record_type" text NOT NULL,
  "external_id" text NOT NULL,
  "source_id" uuid NOT NULL,
  "row_hash" bigint NOT NULL,
  PRIMARY KEY ("org_id", "connection_id", "record_type", "external_id"),
  FOREIGN KEY ("org_id", "connection_id") REFERENCES "connection" ("org_id", "id") ON DELETE CASCADE
);
CREATE INDEX "presence_record_idx" ON "presence" ("org_id", "source_id", "record_type", "external_id");

CREATE TABLE "sync_run" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "status" text NOT NULL,
  "created_by" text NOT NULL,
  "created_by_label" text NOT NULL,
  "accepts_vanished" boolean NOT NULL DEFAULT false,
  "counts" jsonb NOT NULL DEFAULT '{}',
  "changes" jsonb NOT NULL DEFAULT '{}',
  "error" text,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "started_at" timestamptz(3),
  "finished_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "sync_run_status_check" CHECK (status IN ('previewed', 'refused', 'queued', 'applying', 'applied', 'failed', 'discarded'))
);

CREATE TABLE "sync_file" (
  "org_id" uuid NOT NULL,
  "run_id" uuid NOT NULL,
  "no" integer NOT NULL,
  "name" text NOT NULL,
  "bytes" bigint NOT NULL,
  "sha256" text NOT NULL,
  "format" text,
  "connection_id" uuid,
  "system" text,
  "instance" text,
  "instance_name" text,
  "counts" jsonb NOT NULL DEFAULT '{}',
  "changes" jsonb NOT NULL DEFAULT '{}',
  "refused" jsonb NOT NULL DEFAULT '[]',
  "unresolved" jsonb NOT NULL DEFAULT '[]',
  "header" jsonb,
  "columns" jsonb,
  "error" text,
  "records" bytea,
  PRIMARY KEY ("org_id", "run_id", "no"),
  FOREIGN KEY ("org_id", "run_id") REFERENCES "sync_run" ("org_id", "id") ON DELETE CASCADE,
  FOREIGN KEY ("org_id", "connection_id") REFERENCES "connection" ("org_id", "id")
);

-- Live progress, written outside the transaction that does the work; worthless after a crash, so unlogged.
CREATE UNLOGGED TABLE "run_progress" (
  "org_id" uuid NOT NULL,
  "run_id" uuid NOT NULL,
  "phase" text NOT NULL,
  "done" bigint NOT NULL,
  "total" bigint NOT NULL,
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "run_id")
);

-- The catalogue
CREATE TABLE "identity" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "kind" text NOT NULL,
  "name" text NOT NULL,
  "description" text,
  "environment" text,
  "status" text NOT NULL,
  "issued_at" timestamptz(3),
  "last_used_at" timestamptz(3),
  "never_used" boolean NOT NULL DEFAULT false,
  "tags" jsonb NOT NULL DEFAULT '{}',
  "attributes" jsonb NOT NULL DEFAULT '{}',
  "owner_hints" jsonb NOT NULL DEFAULT '[]',
  -- Worked out after each merge, so that lists sort and filter on an index.
  "credential_count" integer NOT NULL DEFAULT 0,
  "oldest_credential_at" timestamptz(3),
  "next_expiry_at" timestamptz(3),
  "privilege_rank" smallint NOT NULL DEFAULT 0,
  "owner_state" text NOT NULL DEFAULT 'none',
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "identity_kind_check" CHECK (kind IN ('service_account', 'workload', 'api_client', 'oauth_app', 'bot', 'iam_role', 'certificate_principal', 'ai_agent')),
  CONSTRAINT "identity_status_check" CHECK (status IN ('active', 'disabled', 'unknown')),
  CONSTRAINT "identity_owner_state_check" CHECK (owner_state IN ('none', 'suggested', 'confirmed')),
  CONSTRAINT "identity_privilege_rank_check" CHECK (privilege_rank BETWEEN 0 AND 4)
);
CREATE UNIQUE INDEX "identity_external_key" ON "identity" ("org_id", "source_id", "external_id");
CREATE INDEX "identity_external_idx" ON "identity" ("org_id", "external_id");
CREATE INDEX "identity_name_idx" ON "identity" ("org_id", "name", "id");
CREATE INDEX "identity_oldest_credential_idx" ON "identity" ("org_id", "oldest_credential_at", "id");
CREATE INDEX "identity_next_expiry_idx" ON "identity" ("org_id", "next_expiry_at", "id");
CREATE INDEX "identity_last_used_idx" ON "identity" ("org_id", "last_used_at", "id");
CREATE INDEX "identity_privilege_idx" ON "identity" ("org_id", "privilege_rank", "id");

CREATE TABLE "ownership" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "identity_id" uuid NOT NULL,
  "owner_key" text NOT NULL,
  "label" text NOT NULL,
  "duty" text NOT NULL,
  "state" text NOT NULL,
  "evidence" text,
  "confirmed_at" timestamptz(3),
  "confirmed_by" text,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "identity_id") REFERENCES "identity" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "ownership_duty_check" CHECK (duty IN ('technical', 'business')),
  CONSTRAINT "ownership_state_check" CHECK (state IN ('suggested', 'assigned', 'confirmed'))
);
CREATE UNIQUE INDEX "ownership_key" ON "ownership" ("org_id", "identity_id", "duty", "owner_key");
CREATE INDEX "ownership_owner_idx" ON "ownership" ("org_id", "owner_key", "state");

CREATE TABLE "human" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "name" text NOT NULL,
  "email" text,
  "reason" text NOT NULL,
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "human_external_key" ON "human" ("org_id", "source_id", "external_id");

CREATE TABLE "credential" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "subject_type" text,
  "subject_ref" text,
  "identity_id" uuid,
  "human_id" uuid,
  "type" text NOT NULL,
  "name" text NOT NULL,
  "status" text NOT NULL,
  "fingerprint" text,
  "last_four" text,
  "issued_at" timestamptz(3),
  "expires_at" timestamptz(3),
  "never_expires" boolean NOT NULL DEFAULT false,
  "last_used_at" timestamptz(3),
  "never_used" boolean NOT NULL DEFAULT false,
  "rotated_at" timestamptz(3),
  "attributes" jsonb NOT NULL DEFAULT '{}',
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE,
  FOREIGN KEY ("org_id", "identity_id") REFERENCES "identity" ("org_id", "id"),
  FOREIGN KEY ("org_id", "human_id") REFERENCES "human" ("org_id", "id"),
  CONSTRAINT "credential_type_check" CHECK (type IN ('password', 'api_key', 'access_token', 'refresh_token', 'client_secret', 'certificate', 'ssh_key', 'signing_key')),
  CONSTRAINT "credential_status_check" CHECK (status IN ('discovered', 'active', 'rotating', 'superseded', 'disabled', 'deleted'))
);
CREATE UNIQUE INDEX "credential_external_key" ON "credential" ("org_id", "source_id", "external_id");
CREATE INDEX "credential_identity_idx" ON "credential" ("org_id", "identity_id");
CREATE INDEX "credential_fingerprint_idx" ON "credential" ("org_id", "fingerprint");
CREATE INDEX "credential_issued_idx" ON "credential" ("org_id", "issued_at", "id");
CREATE INDEX "credential_expires_idx" ON "credential" ("org_id", "expires_at", "id");
CREATE INDEX "credential_name_idx" ON "credential" ("org_id", "name", "id");

-- The access graph
CREATE TABLE "role" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "kind" text NOT NULL,
  "name" text NOT NULL,
  "description" text,
  "attributes" jsonb NOT NULL DEFAULT '{}',
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "role_external_key" ON "role" ("org_id", "source_id", "external_id");
CREATE INDEX "role_external_idx" ON "role" ("org_id", "external_id");

CREATE TABLE "resource" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "kind" text NOT NULL,
  "name" text NOT NULL,
  "environment" text,
  "sensitivity" text,
  "attributes" jsonb NOT NULL DEFAULT '{}',
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "resource_sensitivity_check" CHECK (sensitivity IN ('public', 'internal', 'confidential', 'restricted'))
);
CREATE UNIQUE INDEX "resource_external_key" ON "resource" ("org_id", "source_id", "external_id");
CREATE INDEX "resource_external_idx" ON "resource" ("org_id", "external_id");

-- An edge keeps the source's reference to each end; the id is filled in when the other end is known.
CREATE TABLE "entitlement" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "kind" text NOT NULL,
  "from_type" text NOT NULL,
  "from_ref" text NOT NULL,
  "from_global" boolean NOT NULL DEFAULT false,
  "from_id" uuid,
  "to_type" text NOT NULL,
  "to_ref" text NOT NULL,
  "to_global" boolean NOT NULL DEFAULT false,
  "to_id" uuid,
  "effect" text NOT NULL,
  "scopes" text[] NOT NULL DEFAULT '{}',
  "scope_count" integer NOT NULL DEFAULT 0,
  "privilege" text,
  "condition" text,
  "not_evaluable" text,
  "expires_at" timestamptz(3),
  "last_used_at" timestamptz(3),
  "basis" text NOT NULL,
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "entitlement_kind_check" CHECK (kind IN ('grants', 'member_of', 'assumes', 'impersonates', 'runs_as', 'stores', 'delegates_to', 'owns_code')),
  CONSTRAINT "entitlement_effect_check" CHECK (effect IN ('allow', 'deny')),
  CONSTRAINT "entitlement_privilege_check" CHECK (privilege IN ('read', 'write', 'secret_read', 'admin')),
  CONSTRAINT "entitlement_basis_check" CHECK (basis IN ('entitlement', 'observed', 'declared', 'inferred'))
);
CREATE UNIQUE INDEX "entitlement_external_key" ON "entitlement" ("org_id", "source_id", "external_id");
CREATE INDEX "entitlement_from_idx" ON "entitlement" ("org_id", "from_id", "kind", "to_id");
CREATE INDEX "entitlement_to_idx" ON "entitlement" ("org_id", "to_id", "kind", "from_id");

CREATE TABLE "sighting" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "external_id" text NOT NULL,
  "about_type" text,
  "about_ref" text,
  "name" text NOT NULL,
  "place" text NOT NULL,
  "fingerprint" text,
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "sighting_external_key" ON "sighting" ("org_id", "source_id", "external_id");

-- Audit: append-only for the application's role, chained per organization.
CREATE TABLE "audit_event" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id"),
  "seq" bigint NOT NULL,
  "id" uuid NOT NULL,
  "occurred_at" timestamptz(3) NOT NULL,
  "actor" jsonb NOT NULL,
  "actor_key" text NOT NULL,
  "action" text NOT NULL,
  "target_kind" text NOT NULL,
  "target_id" text NOT NULL,
  "target_label" text NOT NULL,
  "reason" text,
  "decision_id" text,
  "request_id" text,
  "before" jsonb,
  "after" jsonb,
  "prev_hash" text NOT NULL,
  "hash" text NOT NULL,
  PRIMARY KEY ("org_id", "seq")
);
CREATE UNIQUE INDEX "audit_event_id_key" ON "audit_event" ("org_id", "id");
CREATE INDEX "audit_event_target_idx" ON "audit_event" ("org_id", "target_kind", "target_id", "seq");
CREATE INDEX "audit_event_actor_idx" ON "audit_event" ("org_id", "actor_key", "seq");
CREATE INDEX "audit_event_action_idx" ON "audit_event" ("org_id", "action", "seq");

CREATE TABLE "audit_head" (
  "org_id" uuid PRIMARY KEY REFERENCES "organization" ("id"),
  "seq" bigint NOT NULL,
  "hash" text NOT NULL
);

-- Rights of the application's role
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO bailiwick_app;
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_event" FROM bailiwick_app;
REVOKE DELETE, TRUNCATE ON "audit_head" FROM bailiwick_app;
REVOKE DELETE ON "organization" FROM bailiwick_app;
DO $$ BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN REVOKE ALL ON "_prisma_migrations" FROM bailiwick_app; END IF;
END $$;

-- Row-level security, forced, on every table that carries an organization. The sub-select makes the setting one InitPlan
-- instead of a call for each row; nullif because a setting that was local to a finished transaction reads as ''.
DO $$
DECLARE t text;
BEGIN
  FOR t IN
    SELECT c.table_name FROM information_schema.columns c
    WHERE c.table_schema = 'public' AND c.column_name = 'org_id'
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
ALTER TABLE "organization" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "organization" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "organization"
  USING (id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid))
  WITH CHECK (id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid));

-- Look-ups that must cross organizations, one question each.
GRANT SELECT ON "organization", "membership", "team_member", "api_key", "invitation" TO bailiwick_resolver;
CREATE POLICY resolver ON "organization" FOR SELECT TO bailiwick_resolver USING (true);
CREATE POLICY resolver ON "membership" FOR SELECT TO bailiwick_resolver USING (true);
CREATE POLICY resolver ON "team_member" FOR SELECT TO bailiwick_resolver USING (true);
CREATE POLICY resolver ON "api_key" FOR SELECT TO bailiwick_resolver USING (true);
CREATE POLICY resolver ON "invitation" FOR SELECT TO bailiwick_resolver USING (true);

CREATE FUNCTION resolve_memberships(p_user uuid)
RETURNS TABLE (org_id uuid, org_name text, org_slug text, membership_id uuid, role text, status text, team_ids uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT m.org_id, o.name, o.slug, m.id, m.role, m.status,
    coalesce((SELECT array_agg(t.team_id) FROM public.team_member t WHERE t.org_id = m.org_id AND t.membership_id = m.id), '{}')
  FROM public.membership m JOIN public.organization o ON o.id = m.org_id
  WHERE m.user_id = p_user ORDER BY o.name, m.org_id
$$;
CREATE FUNCTION resolve_api_key(p_hash text) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT k.org_id, k.id FROM public.api_key k WHERE k.token_hash = p_hash
$$;
CREATE FUNCTION resolve_invitation(p_hash text) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT i.org_id, i.id FROM public.invitation i WHERE i.token_hash = p_hash
$$;
CREATE FUNCTION resolve_organizations() RETURNS TABLE (id uuid, name text, slug text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT o.id, o.name, o.slug FROM public.organization o ORDER BY o.id
$$;
-- A new owner of a function needs CREATE on its schema for the moment of the change.
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_memberships(uuid) OWNER TO bailiwick_resolver;
ALTER FUNCTION resolve_api_key(text) OWNER TO bailiwick_resolver;
ALTER FUNCTION resolve_invitation(text) OWNER TO bailiwick_resolver;
ALTER FUNCTION resolve_organizations() OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_memberships(uuid), resolve_api_key(text), resolve_invitation(text), resolve_organizations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_memberships(uuid), resolve_api_key(text), resolve_invitation(text), resolve_organizations() TO bailiwick_app;
