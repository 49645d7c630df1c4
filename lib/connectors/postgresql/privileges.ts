import { type Privilege, privileges } from '../contract'
import { wordTable } from '../word-table'

/** What a privilege of PostgreSQL amounts to on an object. https://www.postgresql.org/docs/current/ddl-priv.html */
const words: Record<string, Privilege> = wordTable({
  SELECT: 'read',
  REFERENCES: 'read',
  CONNECT: 'read',
  USAGE: 'read',
  INSERT: 'write',
  UPDATE: 'write',
  DELETE: 'write',
  TRUNCATE: 'write',
  TRIGGER: 'write',
  CREATE: 'write',
  TEMPORARY: 'write',
  TEMP: 'write',
  EXECUTE: 'write',
  MAINTAIN: 'write',
  SET: 'write',
  RULE: 'write',
  ALL: 'write',
  'ALL PRIVILEGES': 'write',
  'ALTER SYSTEM': 'admin',
  OWNER: 'admin',
})

/** What the attributes of a role amount to over the whole server. */
const attributes: Record<string, Privilege> = wordTable({
  SUPERUSER: 'admin',
  CREATEROLE: 'admin',
  CREATEDB: 'write',
  // A copy of the whole server, password verifiers included.
  REPLICATION: 'secret_read',
})

/** Predefined roles. https://www.postgresql.org/docs/current/predefined-roles.html */
const predefined: Record<string, Privilege> = wordTable({
  pg_read_all_data: 'read',
  pg_read_all_settings: 'read',
  pg_read_all_stats: 'read',
  pg_stat_scan_tables: 'read',
  pg_monitor: 'read',
  pg_write_all_data: 'write',
  pg_signal_backend: 'write',
  pg_signal_autovacuum_worker: 'write',
  pg_checkpoint: 'write',
  pg_maintain: 'write',
  pg_create_subscription: 'write',
  pg_use_reserved_connections: 'read',
  // Files of the server hold password verifiers and keys.
  pg_read_server_files: 'secret_read',
  pg_write_server_files: 'admin',
  pg_execute_server_program: 'admin',
})

/** `SELECT (id)` is SELECT on a column. Whoever may pass the right on is an administrator of it. */
export function wordPrivilege(scope: string, withGrantOption = false): Privilege | undefined {
  const word = scope.replace(/\s*\(.*$/s, '').toUpperCase()
  const known = Object.hasOwn(words, word) ? words[word] : undefined
  return known !== undefined && withGrantOption ? 'admin' : known
}

export function attributePrivilege(attribute: string): Privilege | undefined {
  return Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
}

export function predefinedPrivilege(role: string): Privilege | undefined {
  return Object.hasOwn(predefined, role) ? predefined[role] : undefined
}

/** The higher of two privileges; an unknown one gives way to any other. */
export function higher(a: Privilege | undefined, b: Privilege | undefined): Privilege | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return privileges.indexOf(a) >= privileges.indexOf(b) ? a : b
}
