-- The listing projection: what lists sort, filter, group and search by, apart from the wide rows of what sources say.
-- One writer in the application: lib/identities/server/refresh-listing.ts.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Owns the search functions and nothing else, and sees of the searched tables only what a search needs.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bailiwick_search') THEN CREATE ROLE bailiwick_search NOLOGIN; END IF;
  EXECUTE format('GRANT bailiwick_search TO %I', current_user);
END $$;
GRANT USAGE ON SCHEMA public TO bailiwick_search;

CREATE TABLE "identity_listing" (
  "org_id" uuid NOT NULL,
  "identity_id" uuid NOT NULL,
  "source_id" uuid NOT NULL,
  "kind" text COLLATE "C" NOT NULL,
  -- What people say, else what the source says; null = not known.
  "environment" text COLLATE "C",
  "status" text COLLATE "C" NOT NULL,
  "owner_state" text COLLATE "C" NOT NULL DEFAULT 'none',
  "owner_key" text,
  "owner_label" text,
  "privilege_rank" smallint NOT NULL DEFAULT 0,
  -- Bits: 1 cross_environment, 2 destructive_tools, 4 third_party, 8 break_glass, 16 owner_conflict.
  "traits" smallint NOT NULL DEFAULT 0,
  "never_expires" boolean NOT NULL DEFAULT false,
  "credential_count" integer NOT NULL DEFAULT 0,
  "oldest_credential_at" timestamptz(3),
  "next_expiry_at" timestamptz(3),
  -- -infinity = never used, null = not known.
  "used_order" timestamptz(3),
  "name_key" text COLLATE "C" NOT NULL,
  "owner_order" text COLLATE "C" GENERATED ALWAYS AS (lower(owner_label COLLATE pg_catalog.pg_c_utf8)) STORED,
  "search_text" text COLLATE "C" NOT NULL,
  "combo_id" bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(
    kind || '|' || status || '|' || privilege_rank::text || '|' || owner_state || '|' || source_id::text || '|' ||
    never_expires::text || '|' || traits::text || '|' || coalesce('=' || environment, ''), 0)) STORED,
  PRIMARY KEY ("org_id", "identity_id"),
  FOREIGN KEY ("org_id", "identity_id") REFERENCES "identity" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "identity_listing_status_check" CHECK (status IN ('active', 'disabled', 'unknown', 'gone')),
  CONSTRAINT "identity_listing_owner_state_check" CHECK (owner_state IN ('none', 'left', 'suggested', 'confirmed')),
  CONSTRAINT "identity_listing_privilege_rank_check" CHECK (privilege_rank BETWEEN 0 AND 4)
);

-- What a combo_id stands for: written once, never changed. "copy" lets two transactions that meet the same new
-- combination each write it without waiting for each other; readers take any.
CREATE TABLE "identity_combo" (
  "org_id" uuid NOT NULL,
  "id" bigint NOT NULL,
  "copy" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "kind" text NOT NULL,
  "environment" text,
  "status" text NOT NULL,
  "owner_state" text NOT NULL,
  "privilege_rank" smallint NOT NULL,
  "traits" smallint NOT NULL,
  "never_expires" boolean NOT NULL,
  PRIMARY KEY ("org_id", "id", "copy"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE
);

-- How many rows each combination has: the sum of "n". Lines are only ever added, so that writers do not wait for each
-- other; compaction replaces lines by their sum.
CREATE TABLE "identity_tally" (
  "org_id" uuid NOT NULL,
  "combo_id" bigint NOT NULL,
  "line" uuid NOT NULL DEFAULT uuidv7(),
  "n" integer NOT NULL,
  PRIMARY KEY ("org_id", "combo_id", "line") INCLUDE ("n"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE
);

CREATE FUNCTION tally_identity_listing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.identity_combo
      (org_id, id, source_id, kind, environment, status, owner_state, privilege_rank, traits, never_expires)
    SELECT DISTINCT n.org_id, n.combo_id, n.source_id, n.kind, n.environment, n.status, n.owner_state, n.privilege_rank, n.traits,
      n.never_expires
    FROM new_rows n
    WHERE NOT EXISTS (SELECT FROM public.identity_combo c WHERE c.org_id = n.org_id AND c.id = n.combo_id);
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.identity_tally (org_id, combo_id, n) SELECT org_id, combo_id, count(*) FROM new_rows GROUP BY 1, 2;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.identity_tally (org_id, combo_id, n) SELECT org_id, combo_id, -count(*) FROM old_rows GROUP BY 1, 2;
  ELSE
    INSERT INTO public.identity_tally (org_id, combo_id, n)
    SELECT org_id, combo_id, sum(d)
    FROM (SELECT org_id, combo_id, 1 AS d FROM new_rows UNION ALL SELECT org_id, combo_id, -1 FROM old_rows) AS change
    GROUP BY 1, 2 HAVING sum(d) <> 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_insert AFTER INSERT ON "identity_listing" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_identity_listing();
CREATE TRIGGER tally_update AFTER UPDATE ON "identity_listing" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_identity_listing();
CREATE TRIGGER tally_delete AFTER DELETE ON "identity_listing" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_identity_listing();

-- Credentials carry the same columns themselves; "environment" is that of the identity that holds it.
ALTER TABLE "credential"
  ADD COLUMN "environment" text COLLATE "C",
  ADD COLUMN "state" text COLLATE "C" NOT NULL
    GENERATED ALWAYS AS (CASE WHEN deleted_at IS NOT NULL THEN 'gone' ELSE status END) STORED,
  ADD COLUMN "holder" text COLLATE "C" NOT NULL GENERATED ALWAYS AS
    (CASE WHEN identity_id IS NOT NULL THEN 'identity' WHEN human_id IS NOT NULL THEN 'person' ELSE 'unknown' END) STORED,
  ADD COLUMN "name_key" text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name COLLATE pg_catalog.pg_c_utf8)) STORED,
  ADD COLUMN "ends" text COLLATE "C" NOT NULL GENERATED ALWAYS AS
    (CASE WHEN expires_at IS NOT NULL THEN 'dated' WHEN never_expires THEN 'never' ELSE 'unknown' END) STORED,
  -- Since when the secret is the one in use.
  ADD COLUMN "age_from" timestamptz(3) GENERATED ALWAYS AS (coalesce(rotated_at, issued_at)) STORED,
  -- infinity = never ends, null = not known.
  ADD COLUMN "expiry_order" timestamptz(3) GENERATED ALWAYS AS
    (CASE WHEN expires_at IS NOT NULL THEN expires_at WHEN never_expires THEN 'infinity'::timestamptz(3) END) STORED,
  -- -infinity = never used, null = not known.
  ADD COLUMN "used_order" timestamptz(3) GENERATED ALWAYS AS
    (CASE WHEN last_used_at IS NOT NULL THEN last_used_at WHEN never_used THEN '-infinity'::timestamptz(3) END) STORED,
  ADD COLUMN "search_text" text COLLATE "C" NOT NULL GENERATED ALWAYS AS
    (lower((name || ' ' || external_id || coalesce(' ' || last_four, '')) COLLATE pg_catalog.pg_c_utf8)) STORED,
  ADD COLUMN "combo_id" bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(
    type || '|' || (CASE WHEN deleted_at IS NOT NULL THEN 'gone' ELSE status END) || '|' ||
    (CASE WHEN identity_id IS NOT NULL THEN 'identity' WHEN human_id IS NOT NULL THEN 'person' ELSE 'unknown' END) || '|' ||
    source_id::text || '|' || (CASE WHEN expires_at IS NOT NULL THEN 'dated' WHEN never_expires THEN 'never' ELSE 'unknown' END) ||
    '|' || coalesce('=' || environment, ''), 0)) STORED;

CREATE TABLE "credential_combo" (
  "org_id" uuid NOT NULL,
  "id" bigint NOT NULL,
  "copy" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  "type" text NOT NULL,
  "state" text NOT NULL,
  "holder" text NOT NULL,
  "environment" text,
  "ends" text NOT NULL,
  PRIMARY KEY ("org_id", "id", "copy"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE
);

CREATE TABLE "credential_tally" (
  "org_id" uuid NOT NULL,
  "combo_id" bigint NOT NULL,
  "line" uuid NOT NULL DEFAULT uuidv7(),
  "n" integer NOT NULL,
  PRIMARY KEY ("org_id", "combo_id", "line") INCLUDE ("n"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE
);

CREATE FUNCTION tally_credential() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.credential_combo (org_id, id, source_id, type, state, holder, environment, ends)
    SELECT DISTINCT n.org_id, n.combo_id, n.source_id, n.type, n.state, n.holder, n.environment, n.ends
    FROM new_rows n
    WHERE NOT EXISTS (SELECT FROM public.credential_combo c WHERE c.org_id = n.org_id AND c.id = n.combo_id);
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.credential_tally (org_id, combo_id, n) SELECT org_id, combo_id, count(*) FROM new_rows GROUP BY 1, 2;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.credential_tally (org_id, combo_id, n) SELECT org_id, combo_id, -count(*) FROM old_rows GROUP BY 1, 2;
  ELSE
    INSERT INTO public.credential_tally (org_id, combo_id, n)
    SELECT org_id, combo_id, sum(d)
    FROM (SELECT org_id, combo_id, 1 AS d FROM new_rows UNION ALL SELECT org_id, combo_id, -1 FROM old_rows) AS change
    GROUP BY 1, 2 HAVING sum(d) <> 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_insert AFTER INSERT ON "credential" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_credential();
CREATE TRIGGER tally_update AFTER UPDATE ON "credential" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_credential();
CREATE TRIGGER tally_delete AFTER DELETE ON "credential" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tally_credential();

GRANT SELECT, INSERT, UPDATE, DELETE ON "identity_listing" TO bailiwick_app;
GRANT SELECT, INSERT ON "identity_combo", "credential_combo" TO bailiwick_app;
-- UPDATE only because locking lines for their compaction asks for it; nobody changes one.
GRANT SELECT, INSERT, UPDATE, DELETE ON "identity_tally", "credential_tally" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['identity_listing', 'identity_combo', 'identity_tally', 'credential_combo', 'credential_tally'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- What is there already: as far as the old columns tell. The next import of an organization works out the rest (traits).
-- Row-level security is forced on the owner of the tables too, so one organization at a time.
DO $$
DECLARE o uuid;
BEGIN
  FOR o IN SELECT id FROM resolve_organizations() LOOP
    PERFORM set_config('app.current_org', o::text, true);
    INSERT INTO identity_listing (org_id, identity_id, source_id, kind, environment, status, owner_state, owner_key, owner_label,
      privilege_rank, never_expires, credential_count, oldest_credential_at, next_expiry_at, used_order, name_key, search_text)
    SELECT i.org_id, i.id, i.source_id, i.kind, i.environment, CASE WHEN i.deleted_at IS NOT NULL THEN 'gone' ELSE i.status END,
      i.owner_state, w.owner_key, w.label, i.privilege_rank, coalesce(c.never, false), i.credential_count,
      i.oldest_credential_at, i.next_expiry_at,
      CASE WHEN i.last_used_at IS NOT NULL THEN i.last_used_at WHEN i.never_used THEN '-infinity' END,
      lower(i.name COLLATE pg_catalog.pg_c_utf8),
      lower((i.name || ' ' || coalesce(w.label, '') || ' ' || i.external_id) COLLATE pg_catalog.pg_c_utf8)
    FROM identity i
    LEFT JOIN (
      SELECT DISTINCT ON (identity_id) identity_id, owner_key, label FROM ownership
      ORDER BY identity_id, array_position('{confirmed,assigned,suggested}', state), duty DESC, label, id
    ) w ON w.identity_id = i.id
    LEFT JOIN (
      SELECT identity_id, bool_or(never_expires) AS never FROM credential
      WHERE deleted_at IS NULL AND status NOT IN ('disabled', 'deleted') GROUP BY identity_id
    ) c ON c.identity_id = i.id;
    UPDATE credential c SET environment = i.environment FROM identity i
    WHERE i.id = c.identity_id AND i.environment IS NOT NULL;
    DELETE FROM credential_tally;
    INSERT INTO credential_combo (org_id, id, source_id, type, state, holder, environment, ends)
    SELECT DISTINCT org_id, combo_id, source_id, type, state, holder, environment, ends FROM credential c
    WHERE NOT EXISTS (SELECT FROM credential_combo k WHERE k.id = c.combo_id);
    INSERT INTO credential_tally (org_id, combo_id, n) SELECT org_id, combo_id, count(*) FROM credential GROUP BY 1, 2;
  END LOOP;
  PERFORM set_config('app.current_org', '', true);
END $$;

DROP INDEX "identity_name_idx";
ALTER TABLE "identity"
  DROP COLUMN "credential_count",
  DROP COLUMN "oldest_credential_at",
  DROP COLUMN "next_expiry_at",
  DROP COLUMN "privilege_rank",
  DROP COLUMN "owner_state";
DROP INDEX "credential_issued_idx";
DROP INDEX "credential_expires_idx";
DROP INDEX "credential_name_idx";
DROP INDEX IF EXISTS "identity_last_used_idx";

-- One index for each sort. A list walks it without touching the table: the combination says whether a row matches. Those of
-- instants carry the other instants, so that any conditions on instants together are counted from one index too.
CREATE INDEX "identity_listing_name_idx" ON "identity_listing" ("org_id", "name_key", "identity_id") INCLUDE ("combo_id");
CREATE INDEX "identity_listing_environment_idx" ON "identity_listing" ("org_id", "environment", "identity_id") INCLUDE ("combo_id");
CREATE INDEX "identity_listing_owner_idx" ON "identity_listing" ("org_id", "owner_order", "identity_id") INCLUDE ("combo_id");
CREATE INDEX "identity_listing_credentials_idx" ON "identity_listing" ("org_id", "credential_count", "identity_id") INCLUDE ("combo_id");
CREATE INDEX "identity_listing_privilege_idx" ON "identity_listing" ("org_id", "privilege_rank", "identity_id") INCLUDE ("combo_id");
CREATE INDEX "identity_listing_oldest_idx" ON "identity_listing" ("org_id", "oldest_credential_at", "identity_id")
  INCLUDE ("combo_id", "next_expiry_at", "used_order");
CREATE INDEX "identity_listing_expiry_idx" ON "identity_listing" ("org_id", "next_expiry_at", "identity_id")
  INCLUDE ("combo_id", "oldest_credential_at", "used_order");
CREATE INDEX "identity_listing_used_idx" ON "identity_listing" ("org_id", "used_order", "identity_id")
  INCLUDE ("combo_id", "oldest_credential_at", "next_expiry_at");
CREATE INDEX "identity_listing_combo_idx" ON "identity_listing" ("org_id", "combo_id");
CREATE INDEX "identity_listing_search_idx" ON "identity_listing" USING gin ("org_id", "search_text" gin_trgm_ops);

CREATE INDEX "credential_name_idx" ON "credential" ("org_id", "name_key", "id") INCLUDE ("combo_id");
CREATE INDEX "credential_type_idx" ON "credential" ("org_id", "type", "id") INCLUDE ("combo_id");
CREATE INDEX "credential_state_idx" ON "credential" ("org_id", "state", "id") INCLUDE ("combo_id");
CREATE INDEX "credential_age_idx" ON "credential" ("org_id", "age_from", "id") INCLUDE ("combo_id", "expiry_order", "used_order");
CREATE INDEX "credential_expiry_idx" ON "credential" ("org_id", "expiry_order", "id") INCLUDE ("combo_id", "age_from", "used_order");
CREATE INDEX "credential_used_idx" ON "credential" ("org_id", "used_order", "id") INCLUDE ("combo_id", "age_from", "expiry_order");
CREATE INDEX "credential_combo_idx" ON "credential" ("org_id", "combo_id");
CREATE INDEX "credential_search_idx" ON "credential" USING gin ("org_id", "search_text" gin_trgm_ops);

-- LIKE is not leakproof, so under row-level security it cannot use an index. These functions ask without it, as a role that
-- may read nothing else, and apply the organization themselves.
GRANT SELECT ("org_id", "identity_id", "search_text", "combo_id") ON "identity_listing" TO bailiwick_search;
GRANT SELECT ("org_id", "id", "search_text", "combo_id") ON "credential" TO bailiwick_search;
CREATE POLICY search ON "identity_listing" FOR SELECT TO bailiwick_search USING (true);
CREATE POLICY search ON "credential" FOR SELECT TO bailiwick_search USING (true);

-- Rows of the current organization that contain every word (three characters and more each), at most p_cap, in no order.
-- The rarest word goes through the index, the others are compared with what it finds; words in almost every row are found
-- faster without.
CREATE FUNCTION search_identities(p_words text[], p_combos bigint[], p_cap integer)
RETURNS TABLE (id uuid, combo_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_org uuid := nullif(current_setting('app.current_org', true), '')::uuid;
  v_patterns text[];
  v_rarest text;
  v_common boolean;
BEGIN
  SELECT array_agg('%' || regexp_replace(lower(word COLLATE pg_catalog.pg_c_utf8), '([\\%_])', '\\\1', 'g') || '%')
    INTO v_patterns FROM unnest(p_words) AS word WHERE length(word) >= 3;
  IF v_org IS NULL OR v_patterns IS NULL THEN RETURN; END IF;
  WITH sample AS MATERIALIZED (SELECT l.search_text FROM public.identity_listing l WHERE l.org_id = v_org LIMIT 1000),
    met AS (SELECT pattern, (SELECT count(*) FROM sample s WHERE s.search_text LIKE pattern) AS n FROM unnest(v_patterns) AS pattern)
  SELECT (SELECT pattern FROM met ORDER BY n, length(pattern) DESC LIMIT 1),
    (SELECT count(*) > 150 FROM sample s WHERE s.search_text LIKE ALL (v_patterns)) INTO v_rarest, v_common;
  IF v_common THEN
    RETURN QUERY SELECT l.identity_id, l.combo_id FROM public.identity_listing l
      WHERE l.org_id = v_org AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  ELSE
    RETURN QUERY SELECT l.identity_id, l.combo_id FROM public.identity_listing l
      WHERE l.org_id = v_org AND l.search_text LIKE v_rarest AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  END IF;
END $$;

CREATE FUNCTION search_credentials(p_words text[], p_combos bigint[], p_cap integer)
RETURNS TABLE (id uuid, combo_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_org uuid := nullif(current_setting('app.current_org', true), '')::uuid;
  v_patterns text[];
  v_rarest text;
  v_common boolean;
BEGIN
  SELECT array_agg('%' || regexp_replace(lower(word COLLATE pg_catalog.pg_c_utf8), '([\\%_])', '\\\1', 'g') || '%')
    INTO v_patterns FROM unnest(p_words) AS word WHERE length(word) >= 3;
  IF v_org IS NULL OR v_patterns IS NULL THEN RETURN; END IF;
  WITH sample AS MATERIALIZED (SELECT l.search_text FROM public.credential l WHERE l.org_id = v_org LIMIT 1000),
    met AS (SELECT pattern, (SELECT count(*) FROM sample s WHERE s.search_text LIKE pattern) AS n FROM unnest(v_patterns) AS pattern)
  SELECT (SELECT pattern FROM met ORDER BY n, length(pattern) DESC LIMIT 1),
    (SELECT count(*) > 150 FROM sample s WHERE s.search_text LIKE ALL (v_patterns)) INTO v_rarest, v_common;
  IF v_common THEN
    RETURN QUERY SELECT l.id, l.combo_id FROM public.credential l
      WHERE l.org_id = v_org AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  ELSE
    RETURN QUERY SELECT l.id, l.combo_id FROM public.credential l
      WHERE l.org_id = v_org AND l.search_text LIKE v_rarest AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  END IF;
END $$;

GRANT CREATE ON SCHEMA public TO bailiwick_search;
ALTER FUNCTION search_identities(text[], bigint[], integer) OWNER TO bailiwick_search;
ALTER FUNCTION search_credentials(text[], bigint[], integer) OWNER TO bailiwick_search;
REVOKE CREATE ON SCHEMA public FROM bailiwick_search;
REVOKE EXECUTE ON FUNCTION search_identities(text[], bigint[], integer), search_credentials(text[], bigint[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_identities(text[], bigint[], integer), search_credentials(text[], bigint[], integer) TO bailiwick_app;
