-- The state of each organization's access graph. Its version is the sum of "n": lines are only added, one for each
-- transaction that changes what the graph is built from, so that a long import and a single edit never wait for each other,
-- and whoever sees more commits sees a higher version. Compaction replaces lines by their sum.
CREATE TABLE "graph_version" (
  "org_id" uuid NOT NULL,
  "line" uuid NOT NULL DEFAULT uuidv7(),
  "n" bigint NOT NULL DEFAULT 1,
  PRIMARY KEY ("org_id", "line") INCLUDE ("n"),
  FOREIGN KEY ("org_id") REFERENCES "organization" ("id") ON DELETE CASCADE
);

-- How sensitive a resource is: what a person has said, else the first rule that matches, else what its source says.
ALTER TABLE "resource"
  -- By a person or a rule; null where the source decides.
  ADD COLUMN "set_sensitivity" text CONSTRAINT "resource_set_sensitivity_check" CHECK (set_sensitivity IN ('public', 'internal', 'confidential', 'restricted')),
  ADD COLUMN "sensitivity_by" text CONSTRAINT "resource_sensitivity_by_check" CHECK (sensitivity_by IN ('hand', 'rule')),
  ADD COLUMN "sensitivity_rule_id" uuid,
  ADD COLUMN "effective_sensitivity" text;
CREATE FUNCTION weigh_resource() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.effective_sensitivity := coalesce(NEW.set_sensitivity, NEW.sensitivity);
  RETURN NEW;
END $$;
CREATE TRIGGER weigh_insert BEFORE INSERT ON "resource" FOR EACH ROW EXECUTE FUNCTION weigh_resource();
CREATE TRIGGER weigh_update BEFORE UPDATE ON "resource" FOR EACH ROW
  WHEN (NEW.effective_sensitivity IS DISTINCT FROM coalesce(NEW.set_sensitivity, NEW.sensitivity)) EXECUTE FUNCTION weigh_resource();

CREATE TABLE "sensitivity_rule" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "name" text NOT NULL,
  "system" text,
  "kind" text,
  "environment" text,
  -- Part of the name or id; * stands for anything.
  "pattern" text,
  "sensitivity" text NOT NULL,
  "position" integer NOT NULL,
  -- Counts its changes, so that nobody overwrites one that they have not seen.
  "version" integer NOT NULL DEFAULT 1,
  "created_by" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "sensitivity_rule_sensitivity_check" CHECK (sensitivity IN ('public', 'internal', 'confidential', 'restricted'))
);
CREATE INDEX "sensitivity_rule_position_idx" ON "sensitivity_rule" ("org_id", "position", "id");
-- Refusals are few, and asked for with every load of the graph.
CREATE INDEX "entitlement_refusal_idx" ON "entitlement" ("org_id", "from_id", "to_id", "kind") WHERE "effect" = 'deny';
CREATE INDEX "resource_rule_idx" ON "resource" ("org_id", "sensitivity_rule_id") WHERE "sensitivity_rule_id" IS NOT NULL;

-- What people have said of single resources.
CREATE TABLE "resource_sensitivity" (
  "org_id" uuid NOT NULL,
  "resource_id" uuid NOT NULL,
  "sensitivity" text NOT NULL,
  "reason" text NOT NULL,
  "set_by" text NOT NULL,
  "set_by_label" text NOT NULL,
  "set_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "resource_id"),
  FOREIGN KEY ("org_id", "resource_id") REFERENCES "resource" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "resource_sensitivity_check" CHECK (sensitivity IN ('public', 'internal', 'confidential', 'restricted'))
);

CREATE TABLE "sensitivity_change" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "resource_id" uuid NOT NULL,
  "at" timestamptz(3) NOT NULL DEFAULT now(),
  "before" text,
  "after" text,
  "by" text NOT NULL,
  -- The person's name, the rule's or the source's, as it was then.
  "who" text NOT NULL,
  "reason" text,
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "resource_id") REFERENCES "resource" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "sensitivity_change_by_check" CHECK ("by" IN ('hand', 'rule', 'source'))
);
CREATE INDEX "sensitivity_change_resource_idx" ON "sensitivity_change" ("org_id", "resource_id", "id");

-- The figures of each identity, apart from its wide row: only what changed is written after a change of the graph.
CREATE TABLE "identity_score" (
  "org_id" uuid NOT NULL,
  "identity_id" uuid NOT NULL,
  "score" real NOT NULL,
  "cells" integer[] NOT NULL,
  "identities" integer NOT NULL,
  "systems" integer NOT NULL,
  -- At most 8760; null = not known.
  "hours" real,
  "is_unbounded" boolean NOT NULL,
  "version" bigint NOT NULL,
  "scored_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "identity_id"),
  FOREIGN KEY ("org_id", "identity_id") REFERENCES "identity" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "identity_score_cells_check" CHECK (array_length(cells, 1) = 25)
);
CREATE INDEX "identity_score_score_idx" ON "identity_score" ("org_id", "score", "identity_id");

CREATE TABLE "score_day" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "day" date NOT NULL,
  "total" double precision NOT NULL,
  "mean" double precision NOT NULL,
  "critical" integer NOT NULL,
  "scored" integer NOT NULL,
  "distribution" integer[] NOT NULL,
  "version" bigint NOT NULL,
  "scored_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "day"),
  CONSTRAINT "score_day_distribution_check" CHECK (array_length(distribution, 1) = 10)
);

-- Resources and identities that are worth most, who reaches them, and every change of that.
CREATE TABLE "crown_jewel" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "node_id" uuid NOT NULL,
  "node_type" text NOT NULL,
  "note" text,
  "marked_at" timestamptz(3) NOT NULL DEFAULT now(),
  "marked_by" text NOT NULL,
  "marked_by_label" text NOT NULL,
  -- Who reaches it was last looked at in this version of the graph; null = not yet.
  "seen_version" bigint,
  "seen_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "crown_jewel_node_type_check" CHECK (node_type IN ('identity', 'resource'))
);
CREATE UNIQUE INDEX "crown_jewel_node_key" ON "crown_jewel" ("org_id", "node_id");

CREATE TABLE "jewel_reach" (
  "org_id" uuid NOT NULL,
  "jewel_id" uuid NOT NULL,
  "identity_id" uuid NOT NULL,
  -- 1 to 5 as in the graph; of an identity that can become another one 0.
  "level" smallint NOT NULL,
  -- By names: so that the way is known when it has gone.
  "path" jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY ("org_id", "jewel_id", "identity_id"),
  FOREIGN KEY ("org_id", "jewel_id") REFERENCES "crown_jewel" ("org_id", "id") ON DELETE CASCADE
);

CREATE TABLE "jewel_change" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "jewel_id" uuid NOT NULL,
  "at" timestamptz(3) NOT NULL DEFAULT now(),
  "change" text NOT NULL,
  "node_id" uuid NOT NULL,
  "node_name" text NOT NULL,
  "before" smallint,
  "after" smallint,
  "path" jsonb NOT NULL DEFAULT '[]',
  "cause" bigint,
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "jewel_id") REFERENCES "crown_jewel" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "jewel_change_change_check" CHECK (change IN ('gained', 'lost', 'raised', 'lowered'))
);
CREATE INDEX "jewel_change_jewel_idx" ON "jewel_change" ("org_id", "jewel_id", "id");

-- Lists sort by the score and filter on it. Written by lib/identities/server/refresh-listed-scores.ts; null = not scored.
ALTER TABLE "identity_listing" ADD COLUMN "score" real;
CREATE INDEX "identity_listing_score_idx" ON "identity_listing" ("org_id", "score", "identity_id") INCLUDE ("combo_id");

GRANT SELECT, INSERT, UPDATE, DELETE ON "graph_version", "sensitivity_rule", "resource_sensitivity", "identity_score", "score_day",
  "crown_jewel", "jewel_reach" TO bailiwick_app;
GRANT SELECT, INSERT ON "sensitivity_change", "jewel_change" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['graph_version', 'sensitivity_rule', 'resource_sensitivity', 'sensitivity_change', 'identity_score',
    'score_day', 'crown_jewel', 'jewel_reach', 'jewel_change'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;

-- What is there already: as its source says.
DO $$
DECLARE o uuid;
BEGIN
  FOR o IN SELECT id FROM resolve_organizations() LOOP
    PERFORM set_config('app.current_org', o::text, true);
    UPDATE resource SET effective_sensitivity = sensitivity WHERE org_id = o AND sensitivity IS NOT NULL;
    INSERT INTO graph_version (org_id) VALUES (o);
  END LOOP;
  PERFORM set_config('app.current_org', '', true);
END $$;

-- Every change of what a resource counts as, whatever way it comes. Who changes it by hand or by a rule says so in a setting of
-- the transaction ("app.sensitivity_cause": by, who, reason); else it is the rule that decides now, or the source.
CREATE FUNCTION record_sensitivity() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public
  SET enable_nestloop = off SET enable_hashjoin = on AS $$
DECLARE
  v_cause jsonb := nullif(current_setting('app.sensitivity_cause', true), '')::jsonb;
BEGIN
  INSERT INTO public.sensitivity_change (org_id, resource_id, before, after, by, who, reason)
  SELECT n.org_id, n.id, o.effective_sensitivity, n.effective_sensitivity,
    coalesce(v_cause->>'by', CASE WHEN n.sensitivity_by = 'rule' THEN 'rule' ELSE 'source' END),
    coalesce(v_cause->>'who', CASE WHEN n.sensitivity_by = 'rule' THEN r.name END, s.name), v_cause->>'reason'
  FROM new_rows n JOIN old_rows o ON o.org_id = n.org_id AND o.id = n.id
  JOIN public.source s ON s.org_id = n.org_id AND s.id = n.source_id
  LEFT JOIN public.sensitivity_rule r ON r.org_id = n.org_id AND r.id = n.sensitivity_rule_id
  -- What came in this very transaction has no history yet.
  WHERE n.effective_sensitivity IS DISTINCT FROM o.effective_sensitivity AND n.first_seen_at < transaction_timestamp();
  RETURN NULL;
END $$;
CREATE TRIGGER record_sensitivity AFTER UPDATE ON "resource" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_sensitivity();

-- Whoever changes what the graph is built from raises its version in the same transaction, whatever way the change comes:
-- once, which a setting remembers that ends with the transaction and is undone with its savepoint.
CREATE FUNCTION raise_graph_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  v_org text := CASE WHEN TG_LEVEL = 'ROW' THEN NEW.org_id::text
    WHEN row_security_active(TG_RELID) THEN nullif(current_setting('app.current_org', true), '') END;
  v_mark text := pg_current_xact_id()::text || coalesce(v_org, '');
BEGIN
  IF current_setting('app.graph_raised', true) = v_mark THEN RETURN NULL; END IF;
  -- A statement that row-level security does not bind may be about any organization.
  INSERT INTO public.graph_version (org_id) SELECT o.id FROM public.organization o WHERE v_org IS NULL OR o.id = v_org::uuid;
  PERFORM set_config('app.graph_raised', v_mark, true);
  RETURN NULL;
END $$;
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['entitlement', 'credential', 'identity', 'human', 'role', 'resource'] LOOP
    EXECUTE format('CREATE TRIGGER graph_insert AFTER INSERT OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION raise_graph_version()', t);
  END LOOP;
END $$;
CREATE TRIGGER graph_update AFTER UPDATE ON "entitlement" FOR EACH ROW
  WHEN ((OLD.kind, OLD.effect, OLD.from_id, OLD.to_id, OLD.privilege, OLD.scopes, OLD.expires_at, OLD.basis, OLD.deleted_at)
    IS DISTINCT FROM (NEW.kind, NEW.effect, NEW.from_id, NEW.to_id, NEW.privilege, NEW.scopes, NEW.expires_at, NEW.basis, NEW.deleted_at))
  EXECUTE FUNCTION raise_graph_version();
CREATE TRIGGER graph_update AFTER UPDATE ON "credential" FOR EACH ROW
  WHEN ((OLD.identity_id, OLD.human_id, OLD.status, OLD.expires_at, OLD.never_expires, OLD.deleted_at)
    IS DISTINCT FROM (NEW.identity_id, NEW.human_id, NEW.status, NEW.expires_at, NEW.never_expires, NEW.deleted_at))
  EXECUTE FUNCTION raise_graph_version();
CREATE TRIGGER graph_update AFTER UPDATE ON "identity" FOR EACH ROW
  WHEN ((OLD.kind, OLD.name, OLD.status, OLD.deleted_at) IS DISTINCT FROM (NEW.kind, NEW.name, NEW.status, NEW.deleted_at))
  EXECUTE FUNCTION raise_graph_version();
CREATE TRIGGER graph_update AFTER UPDATE ON "human" FOR EACH ROW
  WHEN ((OLD.name, OLD.deleted_at) IS DISTINCT FROM (NEW.name, NEW.deleted_at))
  EXECUTE FUNCTION raise_graph_version();
CREATE TRIGGER graph_update AFTER UPDATE ON "role" FOR EACH ROW
  WHEN ((OLD.kind, OLD.name, OLD.deleted_at) IS DISTINCT FROM (NEW.kind, NEW.name, NEW.deleted_at))
  EXECUTE FUNCTION raise_graph_version();
CREATE TRIGGER graph_update AFTER UPDATE ON "resource" FOR EACH ROW
  WHEN ((OLD.kind, OLD.name, OLD.effective_sensitivity, OLD.deleted_at)
    IS DISTINCT FROM (NEW.kind, NEW.name, NEW.effective_sensitivity, NEW.deleted_at))
  EXECUTE FUNCTION raise_graph_version();
