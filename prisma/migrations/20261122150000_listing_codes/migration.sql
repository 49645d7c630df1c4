-- A combination's number says its closed dimensions in its low 20 bits (lib/identities/server/resolve-*-filter.ts has the same
-- places), and where it comes from (source and environment, as a hash) in the others. So a filter is a few small numbers to
-- compare with, however many combinations an organization has. A new kind, status or type needs its place here.
ALTER TABLE "identity_listing" ALTER COLUMN "combo_id" SET EXPRESSION AS (
  (hashtextextended(source_id::text || coalesce('=' || environment, ''), 0) & ~1048575::bigint)
  | (array_position('{service_account,workload,api_client,oauth_app,bot,iam_role,certificate_principal,ai_agent}'::text[], kind) - 1)::bigint
  | ((array_position('{active,disabled,unknown,gone}'::text[], status) - 1)::bigint << 4)
  | ((array_position('{none,left,suggested,confirmed}'::text[], owner_state) - 1)::bigint << 6)
  | (privilege_rank::bigint << 8) | (never_expires::int::bigint << 11) | (traits::bigint << 12));
ALTER TABLE "credential" ALTER COLUMN "combo_id" SET EXPRESSION AS (
  (hashtextextended(source_id::text || coalesce('=' || environment, ''), 0) & ~1048575::bigint)
  | (array_position('{password,api_key,access_token,refresh_token,client_secret,certificate,ssh_key,signing_key}'::text[], type) - 1)::bigint
  | (CASE WHEN deleted_at IS NOT NULL THEN 6
      ELSE array_position('{discovered,active,rotating,superseded,disabled,deleted}'::text[], status) - 1 END::bigint << 4)
  | (CASE WHEN identity_id IS NOT NULL THEN 0 WHEN human_id IS NOT NULL THEN 1 ELSE 2 END::bigint << 7)
  | (CASE WHEN expires_at IS NOT NULL THEN 0 WHEN never_expires THEN 1 ELSE 2 END::bigint << 9));

-- Readers keep the sums and ask only whether a line came since: one that their snapshot could not see.
ALTER TABLE "identity_tally" ADD COLUMN "xid" bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
ALTER TABLE "credential_tally" ADD COLUMN "xid" bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX "identity_tally_xid_idx" ON "identity_tally" ("org_id", "xid");
CREATE INDEX "credential_tally_xid_idx" ON "credential_tally" ("org_id", "xid");

DO $$
DECLARE o uuid;
BEGIN
  FOR o IN SELECT id FROM resolve_organizations() LOOP
    PERFORM set_config('app.current_org', o::text, true);
    DELETE FROM identity_tally WHERE org_id = o;
    DELETE FROM identity_combo WHERE org_id = o;
    INSERT INTO identity_combo (org_id, id, source_id, kind, environment, status, owner_state, privilege_rank, traits, never_expires)
    SELECT DISTINCT org_id, combo_id, source_id, kind, environment, status, owner_state, privilege_rank, traits, never_expires
    FROM identity_listing WHERE org_id = o;
    INSERT INTO identity_tally (org_id, combo_id, n)
    SELECT org_id, combo_id, count(*) FROM identity_listing WHERE org_id = o GROUP BY 1, 2;
    DELETE FROM credential_tally WHERE org_id = o;
    DELETE FROM credential_combo WHERE org_id = o;
    INSERT INTO credential_combo (org_id, id, source_id, type, state, holder, environment, ends)
    SELECT DISTINCT org_id, combo_id, source_id, type, state, holder, environment, ends FROM credential WHERE org_id = o;
    INSERT INTO credential_tally (org_id, combo_id, n)
    SELECT org_id, combo_id, count(*) FROM credential WHERE org_id = o GROUP BY 1, 2;
  END LOOP;
  PERFORM set_config('app.current_org', '', true);
END $$;
