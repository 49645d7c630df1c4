-- A grant may be for so many times: each yes that rests on it takes one away, in the transaction in which it is said.
ALTER TABLE "access_grant" ADD COLUMN "uses" SMALLINT, ADD COLUMN "uses_left" SMALLINT;
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_uses_check" CHECK (
  (uses IS NULL AND uses_left IS NULL)
  OR (uses IS NOT NULL AND uses_left IS NOT NULL AND mode = 'runtime' AND uses BETWEEN 1 AND 100 AND uses_left BETWEEN 0 AND uses));

ALTER TABLE "access_grant" DROP CONSTRAINT "access_grant_words_check";
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_words_check" CHECK (
  mode IN ('provisioned', 'runtime')
  AND state IN ('requested', 'approved', 'denied', 'lapsed', 'withdrawn', 'activating', 'active', 'ending', 'ended', 'refused')
  AND subject_kind IN ('user', 'identity') AND tier IN ('highest', 'high', 'ordinary')
  AND (end_reason IS NULL OR end_reason IN ('expired', 'released', 'revoked', 'ticket_closed', 'incident', 'used'))
  AND (proof IS NULL OR proof IN ('refused_attempt', 'source_says', 'runtime'))
  AND seconds BETWEEN 60 AND 1209600 AND needed BETWEEN 1 AND 5);

-- What is used once is used for good.
CREATE FUNCTION keep_grant_uses() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.uses IS DISTINCT FROM OLD.uses OR NEW.uses_left > OLD.uses_left THEN
    RAISE EXCEPTION 'what grant % may be used for is not raised', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_grant_uses BEFORE UPDATE OF uses, uses_left ON "access_grant" FOR EACH ROW EXECUTE FUNCTION keep_grant_uses();
