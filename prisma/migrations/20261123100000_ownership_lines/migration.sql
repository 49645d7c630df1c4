-- A change of ownership leaves a line too, of no rows: what readers have counted by it ("mine") they count again, and until then not.
CREATE FUNCTION tally_ownership() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.identity_tally (org_id, combo_id, n) SELECT DISTINCT org_id, 0, 0 FROM changed;
  INSERT INTO public.credential_tally (org_id, combo_id, n) SELECT DISTINCT org_id, 0, 0 FROM changed;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_insert AFTER INSERT ON "ownership" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION tally_ownership();
CREATE TRIGGER tally_update AFTER UPDATE ON "ownership" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION tally_ownership();
CREATE TRIGGER tally_delete AFTER DELETE ON "ownership" REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION tally_ownership();
