-- What people say of an identity, apart from what its source says: an import never touches these columns.
ALTER TABLE "identity"
  -- Of {description, environment, tags} those that people changed; in tags null takes a tag of the source away.
  ADD COLUMN "edited" jsonb NOT NULL DEFAULT '{}' CONSTRAINT "identity_edited_check" CHECK (jsonb_typeof(edited) = 'object'),
  ADD COLUMN "criticality" text CONSTRAINT "identity_criticality_check" CHECK (criticality IN ('low', 'medium', 'high', 'critical')),
  -- Rules from which it is excepted: [{rule, reason, until}].
  ADD COLUMN "exclusions" jsonb NOT NULL DEFAULT '[]' CONSTRAINT "identity_exclusions_check" CHECK (jsonb_typeof(exclusions) = 'array'),
  -- Counts the edits: of two people who edit at once the later is told.
  ADD COLUMN "version" integer NOT NULL DEFAULT 1;
