-- The index is asked for the two rarest words: it meets them together for little more than one alone, and every row that it does
-- not name is one less to look up. A sign between letters stands for any character there: the trigrams at the ends of parts are
-- the most frequent of all, and cost the most. Whether the signs are the right ones, and what other words there are, the row tells.
CREATE OR REPLACE FUNCTION search_identities(p_words text[], p_combos bigint[], p_cap integer)
RETURNS TABLE (id uuid, combo_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_org uuid := nullif(current_setting('app.current_org', true), '')::uuid;
  v_patterns text[];
  v_loose text[];
  v_rarest text;
  v_next text;
  v_common boolean;
  v_told boolean;
BEGIN
  SELECT array_agg('%' || regexp_replace(w.word, '([\\%_])', '\\\1', 'g') || '%'),
      array_agg('%' || regexp_replace(w.word, '[^[:alnum:]]', '_', 'g') || '%')
    INTO v_patterns, v_loose
    FROM (SELECT lower(word COLLATE pg_catalog.pg_c_utf8) AS word FROM unnest(p_words) AS word WHERE length(word) >= 3) w;
  IF v_org IS NULL OR v_patterns IS NULL THEN RETURN; END IF;
  WITH sample AS MATERIALIZED (
      SELECT l.search_text FROM public.identity_listing l WHERE l.org_id = v_org ORDER BY l.identity_id LIMIT 500
    ), met AS (
      SELECT pattern, loose, (SELECT count(*) FROM sample s WHERE s.search_text LIKE pattern) AS n
      FROM unnest(v_patterns, v_loose) AS w (pattern, loose)
    ), ranked AS (SELECT pattern, loose, row_number() OVER (ORDER BY n, length(pattern) DESC) AS no FROM met)
  SELECT min(loose) FILTER (WHERE no = 1), min(loose) FILTER (WHERE no = 2), bool_and(loose = pattern AND no <= 2),
    (SELECT count(*) > 75 FROM sample s WHERE s.search_text LIKE ALL (v_patterns))
    INTO v_rarest, v_next, v_told, v_common FROM ranked;
  IF v_common THEN
    RETURN QUERY SELECT l.identity_id, l.combo_id FROM public.identity_listing l
      WHERE l.org_id = v_org AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) ORDER BY l.identity_id LIMIT p_cap;
  ELSE
    RETURN QUERY SELECT l.identity_id, l.combo_id FROM public.identity_listing l
      WHERE l.org_id = v_org AND l.search_text LIKE v_rarest AND (v_next IS NULL OR l.search_text LIKE v_next)
        AND (v_told OR (l.search_text || '') LIKE ALL (v_patterns))
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION search_credentials(p_words text[], p_combos bigint[], p_cap integer)
RETURNS TABLE (id uuid, combo_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_org uuid := nullif(current_setting('app.current_org', true), '')::uuid;
  v_patterns text[];
  v_loose text[];
  v_rarest text;
  v_next text;
  v_common boolean;
  v_told boolean;
BEGIN
  SELECT array_agg('%' || regexp_replace(w.word, '([\\%_])', '\\\1', 'g') || '%'),
      array_agg('%' || regexp_replace(w.word, '[^[:alnum:]]', '_', 'g') || '%')
    INTO v_patterns, v_loose
    FROM (SELECT lower(word COLLATE pg_catalog.pg_c_utf8) AS word FROM unnest(p_words) AS word WHERE length(word) >= 3) w;
  IF v_org IS NULL OR v_patterns IS NULL THEN RETURN; END IF;
  WITH sample AS MATERIALIZED (
      SELECT l.search_text FROM public.credential l WHERE l.org_id = v_org ORDER BY l.id LIMIT 500
    ), met AS (
      SELECT pattern, loose, (SELECT count(*) FROM sample s WHERE s.search_text LIKE pattern) AS n
      FROM unnest(v_patterns, v_loose) AS w (pattern, loose)
    ), ranked AS (SELECT pattern, loose, row_number() OVER (ORDER BY n, length(pattern) DESC) AS no FROM met)
  SELECT min(loose) FILTER (WHERE no = 1), min(loose) FILTER (WHERE no = 2), bool_and(loose = pattern AND no <= 2),
    (SELECT count(*) > 75 FROM sample s WHERE s.search_text LIKE ALL (v_patterns))
    INTO v_rarest, v_next, v_told, v_common FROM ranked;
  IF v_common THEN
    RETURN QUERY SELECT l.id, l.combo_id FROM public.credential l
      WHERE l.org_id = v_org AND (l.search_text || '') LIKE ALL (v_patterns)
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) ORDER BY l.id LIMIT p_cap;
  ELSE
    RETURN QUERY SELECT l.id, l.combo_id FROM public.credential l
      WHERE l.org_id = v_org AND l.search_text LIKE v_rarest AND (v_next IS NULL OR l.search_text LIKE v_next)
        AND (v_told OR (l.search_text || '') LIKE ALL (v_patterns))
        AND (p_combos IS NULL OR l.combo_id = ANY (p_combos)) LIMIT p_cap;
  END IF;
END $$;
