import type { FileConnector } from '../contract'
import { acceptsPostgres, joinPostgres, mapPostgres } from './map'

const roles: FileConnector = {
  id: 'postgresql-roles',
  title: 'PostgreSQL roles and grants',
  expects:
    'PostgreSQL roles as SQL (pg_dumpall --roles-only, pg_dump --schema-only), as psql prints them (\\du, \\drg) or as CSV of pg_roles',
  yields:
    'Roles that may log in, groups, memberships, what they are granted on, and their passwords with method and end, never the verifier',
  production: [
    {
      from: 'PostgreSQL client tools, as any role that may connect (passwords and their methods need a superuser)',
      steps: ['pg_dumpall --roles-only --no-role-passwords > roles.sql'],
      rights: 'a role that may read pg_roles, which every role may',
    },
    {
      from: 'PostgreSQL client tools, as a superuser, with the methods and ends of passwords',
      steps: ['pg_dumpall --roles-only > roles.sql'],
      rights: 'superuser (reads pg_authid)',
    },
    {
      from: 'PostgreSQL client tools, for what roles may do in one database',
      steps: ['pg_dump --schema-only --create DATABASE > grants.sql'],
      rights: 'USAGE on the schemas and a lock on their tables (SELECT suffices)',
    },
    {
      from: 'psql, without a superuser',
      steps: ["psql -X -c '\\du+' -c '\\drg' > roles.txt", 'psql -X --csv -c "SELECT * FROM pg_roles" > roles.csv'],
      rights: 'a role that may connect',
    },
  ],
  coverage: 'file',
  accepts: acceptsPostgres,
  map: mapPostgres,
  join: joinPostgres,
}

export const connectors: FileConnector[] = [roles]
