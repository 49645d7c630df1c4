-- What a scanner or a manifest says of a secret that it saw, next to where.
ALTER TABLE "sighting"
  ADD COLUMN "last_four" text,
  ADD COLUMN "credential_type" text,
  ADD COLUMN "validity" text CONSTRAINT "sighting_validity_check" CHECK (validity IN ('valid', 'invalid', 'unknown')),
  -- By what the source says; "first_seen_at" is when an import first told of it.
  ADD COLUMN "seen_since" timestamptz(3),
  ADD COLUMN "attributes" jsonb NOT NULL DEFAULT '{}';
-- Scanners that keep no secret name the credential by its public id.
CREATE INDEX "sighting_about_idx" ON "sighting" ("org_id", "about_ref");

-- One row for each system and instance that a file speaks of, and for each member of an archive or sheet of a workbook.
ALTER TABLE "sync_file"
  -- The file as it was uploaded; "name" also names the member or sheet.
  ADD COLUMN "upload" text NOT NULL DEFAULT '',
  ADD COLUMN "refused_count" integer NOT NULL DEFAULT 0,
  -- Everything in the file was understood, so that what it no longer holds may be marked gone.
  ADD COLUMN "is_complete" boolean NOT NULL DEFAULT false;

-- The records of a previewed import until it is applied or thrown away, in blocks that are unpacked one at a time. They took
-- the place of one value in "sync_file"; previews that hold such a one are uploaded again.
CREATE TABLE "sync_block" (
  "org_id" uuid NOT NULL,
  "run_id" uuid NOT NULL,
  "no" integer NOT NULL,
  "block" integer NOT NULL,
  "type" text NOT NULL,
  "count" integer NOT NULL,
  "bytes" bytea NOT NULL,
  PRIMARY KEY ("org_id", "run_id", "no", "block"),
  FOREIGN KEY ("org_id", "run_id", "no") REFERENCES "sync_file" ("org_id", "run_id", "no") ON DELETE CASCADE
);
ALTER TABLE "sync_block" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
DO $$
DECLARE o uuid;
BEGIN
  FOR o IN SELECT id FROM resolve_organizations() LOOP
    PERFORM set_config('app.current_org', o::text, true);
    UPDATE sync_file SET upload = name, refused_count = jsonb_array_length(refused), is_complete = (refused = '[]') WHERE org_id = o;
    UPDATE sync_run SET status = 'discarded', finished_at = now() WHERE org_id = o AND status IN ('previewed', 'failed');
  END LOOP;
  PERFORM set_config('app.current_org', '', true);
END $$;
ALTER TABLE "sync_file" DROP COLUMN "records";

-- Which column stands for what, as somebody chose it for files with this header: offered again for the next one.
CREATE TABLE "column_mapping" (
  "org_id" uuid NOT NULL REFERENCES "organization" ("id") ON DELETE CASCADE,
  "id" uuid NOT NULL DEFAULT uuidv7(),
  "name" text NOT NULL,
  -- Of the titles, whatever their order, case and spaces.
  "header_key" text NOT NULL,
  "columns" jsonb NOT NULL,
  "created_by" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(),
  "used_at" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "column_mapping_name_check" CHECK (length(name) BETWEEN 1 AND 80),
  CONSTRAINT "column_mapping_columns_check" CHECK (jsonb_typeof(columns) = 'object')
);
CREATE UNIQUE INDEX "column_mapping_name_key" ON "column_mapping" ("org_id", "header_key", "name");

GRANT SELECT, INSERT, UPDATE, DELETE ON "sync_block", "column_mapping" TO bailiwick_app;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sync_block', 'column_mapping'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %I USING (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid)) WITH CHECK (org_id = (SELECT nullif(current_setting(''app.current_org'', true), '''')::uuid))', t);
  END LOOP;
END $$;
