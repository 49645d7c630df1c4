-- Saved views of the inventory's lists. What a view shows is worked out anew for each reader, with the reader's rights.
CREATE TABLE "saved_view" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "author_id" uuid NOT NULL,
  "list" text NOT NULL,
  "name" text NOT NULL,
  -- The parameters of the list's address, by name.
  "query" jsonb NOT NULL,
  "is_shared" boolean NOT NULL DEFAULT false,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  -- Kept, so that deleting can be taken back and links to it work again.
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "author_id") REFERENCES "membership" ("org_id", "user_id") ON DELETE CASCADE,
  CONSTRAINT "saved_view_list_check" CHECK (list IN ('identities', 'credentials')),
  CONSTRAINT "saved_view_name_check" CHECK (length(name) BETWEEN 1 AND 80),
  CONSTRAINT "saved_view_query_check" CHECK (jsonb_typeof(query) = 'object')
);
CREATE UNIQUE INDEX "saved_view_name_key" ON "saved_view" ("org_id", "author_id", "list", lower(name)) WHERE deleted_at IS NULL;

-- What one person chose for one list: the view that opens by itself, and the order of all. Views are named by id; those
-- that come with the product have words for ids, and one that is gone is passed over.
CREATE TABLE "view_preference" (
  "org_id" uuid NOT NULL,
  "user_id" uuid NOT NULL,
  "list" text NOT NULL,
  "default_view" text,
  "view_order" text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY ("org_id", "user_id", "list"),
  FOREIGN KEY ("org_id", "user_id") REFERENCES "membership" ("org_id", "user_id") ON DELETE CASCADE,
  CONSTRAINT "view_preference_list_check" CHECK (list IN ('identities', 'credentials'))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON "saved_view", "view_preference" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['saved_view', 'view_preference'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
