import { createHash } from 'node:crypto'
import type { Secret } from '../secret'

/** One way to log in that an account accepts. */
export interface Way {
  plugin: string
  /** What the server keeps: a hash, a public key, or nothing. Never leaves the connector. */
  kept: string
}

export interface Account {
  user: string
  host: string
  isRole: boolean
  isLocked: boolean
  /** Bits of the global privileges. */
  access: bigint
  ways: Way[]
  changedAt?: string
  /** Days that a password lives; 0 = for ever; absent = as the server's default says. */
  lifetimeDays?: number
  defaultRole?: string
}

export const nativePlugin = 'mysql_native_password'

/** A row of mysql.global_priv; a value that is not as the server writes it counts as absent. https://mariadb.com/kb/en/mysqlglobal_priv-table/ */
export function readAccount(row: Record<string, unknown>): Account {
  const facts = parse(row.Priv)
  const others = Array.isArray(facts.auth_or) ? facts.auth_or : []
  const isRole = facts.is_role === true
  const ways = [facts, ...others].flatMap((entry): Way[] => {
    const { plugin, authentication_string: kept } = (entry ?? {}) as Record<string, unknown>
    if (typeof plugin !== 'string') return entry === facts && !isRole ? [{ plugin: nativePlugin, kept: '' }] : []
    return [{ plugin, kept: typeof kept === 'string' ? kept : '' }]
  })
  const changed = typeof facts.password_last_changed === 'number' ? facts.password_last_changed : 0
  return {
    user: String(row.User),
    host: String(row.Host),
    isRole,
    isLocked: facts.account_locked === true,
    access: /^\d{1,20}$/.test(String(row.access)) ? BigInt(String(row.access)) : 0n,
    ways: isRole ? [] : ways,
    ...(changed > 0 ? { changedAt: new Date(changed * 1000).toISOString() } : {}),
    ...(typeof facts.password_lifetime === 'number' && facts.password_lifetime >= 0
      ? { lifetimeDays: facts.password_lifetime }
      : {}),
    ...(typeof facts.default_role === 'string' && facts.default_role !== '' ? { defaultRole: facts.default_role } : {}),
  }
}

function parse(text: unknown): Record<string, unknown> {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : text
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Ways that are kept as a secret of their own. A socket, PAM or Kerberos login is a way without one. */
export function passwordsOf({ ways }: Account): Way[] {
  return ways.filter(({ plugin, kept }) =>
    plugin === nativePlugin ? /^\*[0-9A-F]{40}$/i.test(kept) : plugin === 'ed25519' && kept.length === 43,
  )
}

/** Whether anybody who knows the name gets in. */
export function needsNoPassword({ ways }: Account): boolean {
  return ways.some(({ plugin, kept }) => plugin === nativePlugin && kept === '')
}

/**
 * What mysql_native_password keeps, made here so that the password is in no statement and no log of the server.
 * https://mariadb.com/kb/en/authentication-plugin-mysql_native_password/
 */
export function nativeHash(secret: Secret): string {
  const once = createHash('sha1').update(secret.reveal()).digest()
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`
}

/** Whether a client's address fits the host of an account: `%` and `_` as in LIKE. A netmask is taken to fit. */
export function fitsHost(pattern: string, client: string): boolean {
  if (pattern.includes('/')) return true
  const text = pattern
    .split('')
    .map((sign) => (sign === '%' ? '.*' : sign === '_' ? '.' : sign.replace(/[.*+?^${}()|[\]\\]/, '\\$&')))
    .join('')
  const name = client.replace(/:\d+$/, '')
  const fits = (host: string) => new RegExp(`^${text}$`, 'is').test(host)
  // Names lie: the list shows localhost for a client of 127.0.0.1.
  return fits(name) || (name === 'localhost' && (fits('127.0.0.1') || fits('::1')))
}
