import { type Privilege, privileges } from '../contract'

/** The bits of the column access, from the lowest. https://mariadb.com/kb/en/grant/#global-privileges */
const bits = [
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'RELOAD', 'SHUTDOWN', 'PROCESS', 'FILE'],
  ...['GRANT OPTION', 'REFERENCES', 'INDEX', 'ALTER', 'SHOW DATABASES', 'SUPER', 'CREATE TEMPORARY TABLES'],
  ...['LOCK TABLES', 'EXECUTE', 'REPLICATION SLAVE', 'BINLOG MONITOR', 'CREATE VIEW', 'SHOW VIEW', 'CREATE ROUTINE'],
  ...['ALTER ROUTINE', 'CREATE USER', 'EVENT', 'TRIGGER', 'CREATE TABLESPACE', 'DELETE HISTORY', 'SET USER'],
  ...['FEDERATED ADMIN', 'CONNECTION ADMIN', 'READ_ONLY ADMIN', 'REPLICATION SLAVE ADMIN'],
  ...['REPLICATION MASTER ADMIN', 'BINLOG ADMIN', 'BINLOG REPLAY', 'SLAVE MONITOR'],
]

/** The words of a set of global privileges. */
export function globalWords(access: bigint): string[] {
  return bits.filter((_, index) => (access >> BigInt(index)) & 1n)
}

const read = ['SELECT', 'REFERENCES', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS', 'BINLOG MONITOR', 'SLAVE MONITOR']
const write = [
  ...['INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'INDEX', 'ALTER', 'CREATE TEMPORARY TABLES', 'LOCK TABLES'],
  ...['EXECUTE', 'CREATE VIEW', 'CREATE ROUTINE', 'ALTER ROUTINE', 'EVENT', 'TRIGGER', 'CREATE TABLESPACE'],
  ...['DELETE HISTORY', 'RELOAD', 'SHUTDOWN', 'CONNECTION ADMIN', 'READ_ONLY ADMIN', 'BINLOG ADMIN', 'FEDERATED ADMIN'],
  ...['REPLICATION SLAVE ADMIN', 'REPLICATION MASTER ADMIN'],
]
/** A copy of everything, password hashes included. */
const secret = ['REPLICATION SLAVE', 'FILE']
const admin = ['GRANT OPTION', 'SUPER', 'CREATE USER', 'SET USER', 'BINLOG REPLAY']

/** What one privilege amounts to. Reading the system's own tables is reading the hashes, writing them is making accounts. */
export function privilegeOf(words: string, level: 'server' | 'database' | 'table', on: string): Privilege | undefined {
  const word = words.replace(/ \(.*$/s, '')
  const isSystem = level === 'server' || /^(database|table):mysql(\.(global_priv|user|db))?$/.test(on)
  if (admin.includes(word)) return 'admin'
  if (secret.includes(word)) return 'secret_read'
  if (write.includes(word)) return isSystem && ['INSERT', 'UPDATE', 'ALTER', 'DROP'].includes(word) ? 'admin' : 'write'
  if (read.includes(word)) return isSystem && word === 'SELECT' ? 'secret_read' : 'read'
  return undefined
}

export function highest(levels: (Privilege | undefined)[]): Privilege | undefined {
  return levels.reduce(
    (top, level) =>
      level !== undefined && (top === undefined || privileges.indexOf(level) > privileges.indexOf(top)) ? level : top,
    undefined,
  )
}
