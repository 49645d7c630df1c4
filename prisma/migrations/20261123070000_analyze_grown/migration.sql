-- What the planner believes of a table is as old as its last analysis, and an analysis that comes by itself while a large import is
-- under way finds the table empty. A merge asks for new ones where it begins and where it has written much; a table that somebody else
-- holds is left out. Tables that did not grow are not read: by half since the last analysis, or by so many rows that were committed.
CREATE FUNCTION analyze_grown() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  grown regclass;
BEGIN
  FOR grown IN
    SELECT c.oid FROM pg_class c CROSS JOIN LATERAL (SELECT pg_relation_size(c.oid) / current_setting('block_size')::int AS pages) now
    WHERE c.oid = ANY ('{presence,identity,credential,entitlement,role,resource,human,identity_listing,ownership,node_alias,live_right}'::regclass[])
      AND now.pages > 100
      AND (now.pages > c.relpages * 1.5 OR pg_stat_get_mod_since_analyze(c.oid) > greatest(c.reltuples * 0.5, 5000))
  LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION analyze_grown() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_grown() TO bailiwick_app;
