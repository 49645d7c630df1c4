-- The sample that tells common words from rare ones is read along the key: without an order the planner went through the whole
-- table for it, other organizations' rows too.
CREATE OR REPLACE FUNCTION search_identities(p_words text[], p_combos bigint[], p_cap integer)
RETURNS TABLE (id uuid, combo_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_org uuid := nullif(current_setting('app.current_org', true), '')::uuid;
  v_patterns text[];
  v_rarest text;
  v_common boolean;
BEGIN
  SELECT array_agg('%' || regexp_replace(lower(word COLLATE pg_catalog.pg_c_utf8), '([\\%_])', '\\\1', 'g') || '%')
    INTO v_patterns FROM unnest(p_words) AS word WHERE length(word) >= 3;
  IF v_org IS NULL OR v_patterns IS NULL THEN RETURN; END IF;
  WITH sample AS MATERIALIZED (
      SELECT l.search_text FROM public.identity_listing l WHERE l.org_id = v_org ORDER BY l.identity_id LIMIT 500
    ), met AS (SELECT pattern, (SELECT count(*) FROM sample s WHERE s.search_text LIKE pattern) AS n FROM unnest(v_patterns) AS pattern)
  SELECT (SELECT pattern FROM met ORDER BY n, length(pattern) DESC LIMIT 1),
    (SELECT count(*) > 75 FROM sample s WHERE s.search_text LIKE ALL (v_patterns)) INTO v_rarest, v_common;
  IF v_common THEN
    RETURN QUERY SELECT l.identity_id, l.combo_id FROM public.identity_listing l
      WHERE l.org_id = v_org AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) ORDER BY l.identity_id LIMIT p_cap;
  ELSE
    RETURN QUERY SELECT l.identity_id, l.combo_id FROM public.identity_listing l
      WHERE l.org_id = v_org AND l.search_text LIKE v_rarest AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION search_credentials(p_words text[], p_combos bigint[], p_cap integer)
RETURNS TABLE (id uuid, combo_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_org uuid := nullif(current_setting('app.current_org', true), '')::uuid;
  v_patterns text[];
  v_rarest text;
  v_common boolean;
BEGIN
  SELECT array_agg('%' || regexp_replace(lower(word COLLATE pg_catalog.pg_c_utf8), '([\\%_])', '\\\1', 'g') || '%')
    INTO v_patterns FROM unnest(p_words) AS word WHERE length(word) >= 3;
  IF v_org IS NULL OR v_patterns IS NULL THEN RETURN; END IF;
  WITH sample AS MATERIALIZED (
      SELECT l.search_text FROM public.credential l WHERE l.org_id = v_org ORDER BY l.id LIMIT 500
    ), met AS (SELECT pattern, (SELECT count(*) FROM sample s WHERE s.search_text LIKE pattern) AS n FROM unnest(v_patterns) AS pattern)
  SELECT (SELECT pattern FROM met ORDER BY n, length(pattern) DESC LIMIT 1),
    (SELECT count(*) > 75 FROM sample s WHERE s.search_text LIKE ALL (v_patterns)) INTO v_rarest, v_common;
  IF v_common THEN
    RETURN QUERY SELECT l.id, l.combo_id FROM public.credential l
      WHERE l.org_id = v_org AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) ORDER BY l.id LIMIT p_cap;
  ELSE
    RETURN QUERY SELECT l.id, l.combo_id FROM public.credential l
      WHERE l.org_id = v_org AND l.search_text LIKE v_rarest AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  END IF;
END $$;

-- With the id behind the combination, the first rows of an order by a dimension are the first few of each combination that matches.
DROP INDEX "identity_listing_combo_idx";
CREATE INDEX "identity_listing_combo_idx" ON "identity_listing" ("org_id", "combo_id", "identity_id");
DROP INDEX "credential_combo_idx";
CREATE INDEX "credential_combo_idx" ON "credential" ("org_id", "combo_id", "id");
