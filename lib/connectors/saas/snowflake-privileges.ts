import type { Privilege } from '../contract'
import { wordTable } from '../word-table'

/** Roles that every account has. */
export const snowflakeRoles: Record<string, Privilege> = wordTable({
  ACCOUNTADMIN: 'admin',
  GLOBALORGADMIN: 'admin',
  ORGADMIN: 'admin',
  SECURITYADMIN: 'admin',
  USERADMIN: 'admin',
  SYSADMIN: 'write',
})

const admin = [
  'ALL',
  'ALL PRIVILEGES',
  'APPLY AUTHENTICATION POLICY',
  'APPLY MASKING POLICY',
  'APPLY PASSWORD POLICY',
  'APPLY ROW ACCESS POLICY',
  'APPLY SESSION POLICY',
  'ATTACH POLICY',
  'CREATE ACCOUNT',
  'CREATE INTEGRATION',
  'CREATE NETWORK POLICY',
  'CREATE ROLE',
  'CREATE USER',
  'IMPERSONATE',
  'MANAGE ACCOUNT SUPPORT CASES',
  'MANAGE GRANTS',
  'MANAGE SHARE TARGET',
  'OVERRIDE SHARE RESTRICTIONS',
  'OWNERSHIP',
]
const read = [
  'AUDIT',
  'IMPORTED PRIVILEGES',
  'MONITOR',
  'MONITOR EXECUTION',
  'MONITOR SECURITY',
  'MONITOR USAGE',
  'READ',
  'READ SESSION',
  'REFERENCES',
  'REFERENCE_USAGE',
  'RESOLVE ALL',
  'SELECT',
  'USAGE',
]
const write = [
  'ADD SEARCH OPTIMIZATION',
  'APPLY TAG',
  'APPLYBUDGET',
  'BIND SERVICE ENDPOINT',
  'CREATE COMPUTE POOL',
  'CREATE DATABASE',
  'CREATE SHARE',
  'CREATE WAREHOUSE',
  'DELETE',
  'EVOLVE SCHEMA',
  'EXECUTE ALERT',
  'EXECUTE MANAGED ALERT',
  'EXECUTE MANAGED TASK',
  'EXECUTE TASK',
  'IMPORT SHARE',
  'INSERT',
  'MANAGE WAREHOUSES',
  'MODIFY',
  'OPERATE',
  'REBUILD',
  'TRUNCATE',
  'UPDATE',
  'WRITE',
]

const table = new Map<string, Privilege>([
  ...admin.map((name): [string, Privilege] => [name, 'admin']),
  ...read.map((name): [string, Privilege] => [name, 'read']),
  ...write.map((name): [string, Privilege] => [name, 'write']),
])

/**
 * The privilege of a Snowflake grant, by its name and what it is on. `READ` on a secret opens it; whoever may grant further
 * is an admin. Creating things inside a schema writes. Unknown names give `undefined`.
 */
export function snowflakePrivilege(name: string, on: string, grantOption: boolean): Privilege | undefined {
  const upper = name.toUpperCase()
  const found = table.get(upper) ?? (/^CREATE [A-Z ]+$/.test(upper) ? 'write' : undefined)
  if (found === undefined) return undefined
  if (grantOption) return 'admin'
  return on.toUpperCase() === 'SECRET' && found === 'read' ? 'secret_read' : found
}
