-- Context sources of three kinds: a service, a database, a ticket system; each may need a secret, which is stored encrypted.
ALTER TABLE "access_source" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'http',
  ADD COLUMN "config" JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN "sealed" BYTEA;
ALTER TABLE "access_source" ALTER COLUMN "url" DROP NOT NULL;
ALTER TABLE "access_source" ADD CONSTRAINT "access_source_kind_check" CHECK (kind IN ('http', 'sql', 'ticket') AND (kind = 'sql') = (url IS NULL));
