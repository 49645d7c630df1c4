-- A role in the organization itself, for a time: a grant of the third kind. The decision point of the console counts it at each request.
ALTER TABLE "access_grant" ADD COLUMN "console_role" TEXT;
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_role_check" CHECK (
  (mode = 'console') = (console_role IS NOT NULL) AND (console_role IS NULL OR console_role IN ('admin', 'security', 'reviewer', 'auditor')));
ALTER TABLE "access_grant" DROP CONSTRAINT "access_grant_way_check";
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_way_check" CHECK (mode IN ('runtime', 'provisioned', 'console') AND (
  mode = 'runtime' OR (mode = 'console' AND subject_kind = 'user' AND NOT replaces)
  OR (subject_kind = 'identity' AND subject_ref IS NOT NULL AND live_connection_id IS NOT NULL)));
DO $$
DECLARE definition text;
BEGIN
  -- The vocabulary as it is by now, and one word more.
  SELECT pg_get_constraintdef(oid) INTO definition FROM pg_constraint
    WHERE conrelid = 'access_grant'::regclass AND conname = 'access_grant_words_check';
  ALTER TABLE "access_grant" DROP CONSTRAINT "access_grant_words_check";
  definition := replace(definition, '''runtime''::text]))', '''runtime''::text, ''console''::text]))');
  EXECUTE 'ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_words_check" ' || definition;
  SELECT pg_get_constraintdef(oid) INTO definition FROM pg_constraint
    WHERE conrelid = 'grant_right'::regclass AND conname = 'grant_right_words_check';
  ALTER TABLE "grant_right" DROP CONSTRAINT "grant_right_words_check";
  definition := replace(definition, '''resource''::text]))', '''resource''::text, ''console_role''::text]))');
  EXECUTE 'ALTER TABLE "grant_right" ADD CONSTRAINT "grant_right_words_check" ' || definition;
END $$;
CREATE INDEX "access_grant_console_idx" ON "access_grant" ("subject_id", "org_id") WHERE mode = 'console' AND state = 'active';

-- Asked with every request, before the organization is known.
GRANT SELECT ("org_id", "subject_id", "mode", "state", "ends_at", "console_role") ON "access_grant" TO bailiwick_resolver;
CREATE FUNCTION resolve_granted_roles(p_user uuid) RETURNS TABLE (org_id uuid, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT g.org_id, array_agg(DISTINCT g.console_role) FROM public.access_grant g
  WHERE g.subject_id = p_user AND g.mode = 'console' AND g.state = 'active' AND g.ends_at > clock_timestamp() GROUP BY g.org_id
$$;
GRANT CREATE ON SCHEMA public TO bailiwick_resolver;
ALTER FUNCTION resolve_granted_roles(uuid) OWNER TO bailiwick_resolver;
REVOKE CREATE ON SCHEMA public FROM bailiwick_resolver;
REVOKE EXECUTE ON FUNCTION resolve_granted_roles(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION resolve_granted_roles(uuid) TO bailiwick_app;
