-- Other ids by which sources name the same thing: the client id of a managed identity, the unique id of a service account.
-- Merged like the records that they stand on, so presence tells when the last source lets go of one. Several things may claim
-- an id; then it stands for none of them (lib/access-graph/server/merge-aliases.ts).
CREATE TABLE "node_alias" (
  "org_id" uuid NOT NULL,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "source_id" uuid NOT NULL,
  -- What the row says, as one text.
  "external_id" text NOT NULL,
  "alias" text NOT NULL,
  -- Unique everywhere, so that other sources may name the thing by it.
  "is_global" boolean NOT NULL DEFAULT false,
  -- The thing: a record of this very source.
  "node_type" text NOT NULL,
  "node_ref" text NOT NULL,
  "first_seen_at" timestamptz(3) NOT NULL DEFAULT now(),
  "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "deleted_at" timestamptz(3),
  PRIMARY KEY ("org_id", "id"),
  FOREIGN KEY ("org_id", "source_id") REFERENCES "source" ("org_id", "id") ON DELETE CASCADE,
  CONSTRAINT "node_alias_type_check" CHECK (node_type IN ('identity', 'human', 'role', 'resource'))
);
CREATE UNIQUE INDEX "node_alias_external_key" ON "node_alias" ("org_id", "source_id", "external_id");
CREATE INDEX "node_alias_alias_idx" ON "node_alias" ("org_id", "alias");

-- The holder of a credential by an id that is unique everywhere is looked up in the organization's other sources too.
ALTER TABLE "credential" ADD COLUMN "subject_global" boolean NOT NULL DEFAULT false;
CREATE INDEX "credential_open_global_idx" ON "credential" ("org_id", "subject_ref")
  WHERE subject_global AND identity_id IS NULL AND human_id IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON "node_alias" TO bailiwick_app;
ALTER TABLE "node_alias" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "node_alias" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "node_alias"
  USING (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid))
  WITH CHECK (org_id = (SELECT nullif(current_setting('app.current_org', true), '')::uuid));
