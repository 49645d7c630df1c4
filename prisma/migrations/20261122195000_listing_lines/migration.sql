-- Every change of a listed row leaves a line, also one that moves it to no other combination: readers keep what they have
-- counted by instants, owners and the like as long as no line comes.
CREATE OR REPLACE FUNCTION tally_identity_listing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.identity_combo
      (org_id, id, source_id, kind, environment, status, owner_state, privilege_rank, traits, never_expires)
    SELECT DISTINCT n.org_id, n.combo_id, n.source_id, n.kind, n.environment, n.status, n.owner_state, n.privilege_rank, n.traits,
      n.never_expires
    FROM new_rows n
    WHERE NOT EXISTS (SELECT FROM public.identity_combo c WHERE c.org_id = n.org_id AND c.id = n.combo_id);
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.identity_tally (org_id, combo_id, n) SELECT org_id, combo_id, count(*) FROM new_rows GROUP BY 1, 2;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.identity_tally (org_id, combo_id, n) SELECT org_id, combo_id, -count(*) FROM old_rows GROUP BY 1, 2;
  ELSE
    INSERT INTO public.identity_tally (org_id, combo_id, n)
    SELECT org_id, combo_id, sum(d)
    FROM (SELECT org_id, combo_id, 1 AS d FROM new_rows UNION ALL SELECT org_id, combo_id, -1 FROM old_rows) AS change
    GROUP BY 1, 2 HAVING sum(d) <> 0;
    IF NOT FOUND THEN
      INSERT INTO public.identity_tally (org_id, combo_id, n) SELECT org_id, min(combo_id), 0 FROM new_rows GROUP BY 1;
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_credential() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO public.credential_combo (org_id, id, source_id, type, state, holder, environment, ends)
    SELECT DISTINCT n.org_id, n.combo_id, n.source_id, n.type, n.state, n.holder, n.environment, n.ends
    FROM new_rows n
    WHERE NOT EXISTS (SELECT FROM public.credential_combo c WHERE c.org_id = n.org_id AND c.id = n.combo_id);
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.credential_tally (org_id, combo_id, n) SELECT org_id, combo_id, count(*) FROM new_rows GROUP BY 1, 2;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.credential_tally (org_id, combo_id, n) SELECT org_id, combo_id, -count(*) FROM old_rows GROUP BY 1, 2;
  ELSE
    INSERT INTO public.credential_tally (org_id, combo_id, n)
    SELECT org_id, combo_id, sum(d)
    FROM (SELECT org_id, combo_id, 1 AS d FROM new_rows UNION ALL SELECT org_id, combo_id, -1 FROM old_rows) AS change
    GROUP BY 1, 2 HAVING sum(d) <> 0;
    IF NOT FOUND THEN
      INSERT INTO public.credential_tally (org_id, combo_id, n) SELECT org_id, min(combo_id), 0 FROM new_rows GROUP BY 1;
    END IF;
  END IF;
  RETURN NULL;
END $$;
