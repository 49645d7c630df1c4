-- What people are told, in the product and by e-mail; what each chose; by which server an organization sends.
CREATE TABLE "notification" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '[]',
    "path" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "fallback" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
    "digest" TEXT,
    "digest_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_pkey" PRIMARY KEY ("org_id","id"),
    CONSTRAINT "notification_digest_check" CHECK (digest IN ('daily', 'weekly') AND (digest IS NULL) = (digest_at IS NULL)),
    -- A place of this site: never another address, whatever a caller gives.
    CONSTRAINT "notification_path_check" CHECK (path ~ '^/([^/\\]|$)')
);
CREATE UNIQUE INDEX "notification_dedupe_key" ON "notification" ("org_id", "user_id", "dedupe_key");
-- The bell counts and the list begins with what is unread.
CREATE INDEX "notification_unread_idx" ON "notification" ("org_id", "user_id", "created_at", "id") WHERE read_at IS NULL;
CREATE INDEX "notification_read_idx" ON "notification" ("org_id", "user_id", "created_at", "id") WHERE read_at IS NOT NULL;
CREATE INDEX "notification_digest_idx" ON "notification" ("digest_at", "org_id") WHERE digest_at IS NOT NULL;
CREATE INDEX "notification_event_idx" ON "notification" ("org_id", "dedupe_key") WHERE read_at IS NULL;

CREATE TABLE "notification_choice" (
    "org_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "ways" JSONB NOT NULL DEFAULT '{}',
    "time_zone" TEXT NOT NULL,
    "hour" SMALLINT NOT NULL,
    "weekday" SMALLINT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_choice_pkey" PRIMARY KEY ("org_id","user_id"),
    CONSTRAINT "notification_choice_time_check" CHECK (hour BETWEEN 0 AND 23 AND weekday BETWEEN 1 AND 7),
    CONSTRAINT "notification_choice_ways_check" CHECK (jsonb_typeof(ways) = 'object')
);

CREATE TABLE "mail" (
    "org_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "lease" UUID,
    "subject" TEXT,
    "address" TEXT,
    "code" TEXT,
    "says" TEXT,
    "told_instead" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_pkey" PRIMARY KEY ("org_id","id"),
    CONSTRAINT "mail_kind_check" CHECK (kind IN ('at_once', 'daily', 'weekly')),
    CONSTRAINT "mail_state_check" CHECK (state IN ('queued', 'sending', 'sent', 'undelivered', 'needless')),
    -- `next_at`: when a queued one is tried, or when one that a worker has is taken for abandoned.
    CONSTRAINT "mail_next_check" CHECK ((state IN ('queued', 'sending')) = (next_at IS NOT NULL)),
    CONSTRAINT "mail_ended_check" CHECK ((state IN ('queued', 'sending')) = (ended_at IS NULL))
);
CREATE INDEX "mail_due_idx" ON "mail" ("next_at") WHERE next_at IS NOT NULL;
-- Delivery problems: what did not arrive, and what was refused for now.
CREATE INDEX "mail_undelivered_idx" ON "mail" ("org_id", "created_at", "id") WHERE state = 'undelivered' OR (next_at IS NOT NULL AND says IS NOT NULL);

CREATE TABLE "mail_item" (
    "org_id" UUID NOT NULL,
    "mail_id" UUID NOT NULL,
    "notification_id" UUID NOT NULL,

    CONSTRAINT "mail_item_pkey" PRIMARY KEY ("org_id","mail_id","notification_id")
);
CREATE INDEX "mail_item_notification_idx" ON "mail_item" ("org_id", "notification_id");

CREATE TABLE "mail_setting" (
    "org_id" UUID NOT NULL,
    "way" TEXT NOT NULL,
    "host" TEXT,
    "port" INTEGER,
    "tls" TEXT,
    "username" TEXT,
    "password" BYTEA,
    "ca_pem" TEXT,
    "from_address" TEXT,
    "from_name" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "mail_setting_pkey" PRIMARY KEY ("org_id"),
    CONSTRAINT "mail_setting_way_check" CHECK (way IN ('installation', 'own', 'off')),
    CONSTRAINT "mail_setting_tls_check" CHECK (tls IN ('tls', 'starttls', 'off')),
    CONSTRAINT "mail_setting_own_check" CHECK (way <> 'own' OR (host IS NOT NULL AND port IS NOT NULL AND tls IS NOT NULL AND from_address IS NOT NULL))
);

ALTER TABLE "notification" ADD CONSTRAINT "notification_org_id_user_id_fkey" FOREIGN KEY ("org_id", "user_id") REFERENCES "membership"("org_id", "user_id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "notification_choice" ADD CONSTRAINT "notification_choice_org_id_user_id_fkey" FOREIGN KEY ("org_id", "user_id") REFERENCES "membership"("org_id", "user_id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "mail" ADD CONSTRAINT "mail_org_id_user_id_fkey" FOREIGN KEY ("org_id", "user_id") REFERENCES "membership"("org_id", "user_id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "mail_item" ADD CONSTRAINT "mail_item_org_id_mail_id_fkey" FOREIGN KEY ("org_id", "mail_id") REFERENCES "mail"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "mail_item" ADD CONSTRAINT "mail_item_org_id_notification_id_fkey" FOREIGN KEY ("org_id", "notification_id") REFERENCES "notification"("org_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "mail_setting" ADD CONSTRAINT "mail_setting_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

GRANT SELECT, INSERT, UPDATE, DELETE ON "notification", "notification_choice", "mail", "mail_item", "mail_setting" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['notification', 'notification_choice', 'mail', 'mail_item', 'mail_setting'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- What is to be done for any organization: ids alone.
GRANT SELECT ("org_id", "id", "next_at") ON "mail" TO bailiwick_resolver;
GRANT SELECT ("org_id", "digest_at") ON "notification" TO bailiwick_resolver;
CREATE POLICY resolver ON "mail" FOR SELECT TO bailiwick_resolver USING (true);
CREATE POLICY resolver ON "notification" FOR SELECT TO bailiwick_resolver USING (true);
CREATE FUNCTION resolve_due_mails() RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT m.org_id, m.id FROM public.mail m WHERE m.next_at <= now() ORDER BY m.next_at LIMIT 200
$$;
CREATE FUNCTION resolve_due_digests() RETURNS TABLE (org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT n.org_id FROM public.notification n WHERE n.digest_at <= now() LIMIT 500
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_due_mails() OWNER TO bailiwick_resolver;
ALTER FUNCTION resolve_due_digests() OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_due_mails(), resolve_due_digests() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_due_mails(), resolve_due_digests() TO bailiwick_app;
