-- An API key of this product is an identity of its organization. Every use of a key is noted on the key, at most once a
-- minute and outside any act of a person; the inventory must not go on saying "never used" until the next change of a key.
CREATE FUNCTION note_api_key_use() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE identity i SET last_used_at = NEW.last_used_at, never_used = false
    FROM source s WHERE s.org_id = NEW.org_id AND s.system = 'bailiwick'
      AND i.org_id = NEW.org_id AND i.source_id = s.id AND i.external_id = 'api-key:' || NEW.id;
  UPDATE credential c SET last_used_at = NEW.last_used_at, never_used = false
    FROM source s WHERE s.org_id = NEW.org_id AND s.system = 'bailiwick'
      AND c.org_id = NEW.org_id AND c.source_id = s.id AND c.external_id = 'api-key:' || NEW.id || ':token';
  RETURN NULL;
END
$$;
CREATE TRIGGER note_api_key_use AFTER UPDATE OF last_used_at ON "api_key" FOR EACH ROW
  WHEN (NEW.last_used_at IS DISTINCT FROM OLD.last_used_at) EXECUTE FUNCTION note_api_key_use();
