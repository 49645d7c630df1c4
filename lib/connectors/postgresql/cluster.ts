import type { Instant, MapContext, Refusal, SightingRecord, Unresolved } from '../contract'

/** What a file says of one role; `undefined` = nothing. */
export interface Role {
  name: string
  at: string
  canLogin?: boolean
  /** True once the file describes it and does not only name it. */
  isDescribed: boolean
  attributes: Set<string>
  inherits?: boolean
  connectionLimit?: number
  /** `none` = the file says that there is no password. */
  password?: { method: string; fingerprint?: string; lastFour?: string; iterations?: number } | 'none'
  validUntil?: Instant
  comment?: string
  settings: string[]
  /** Words of psql that are not known. */
  unknown: string[]
}

export interface Membership {
  member: string
  role: string
  at: string
  admin?: boolean
  inherit?: boolean
  set?: boolean
  grantor?: string
}

export interface ObjectRef {
  /** `table`, `schema`, `database`, `function`, …, lower case. */
  kind: string
  database: string | undefined
  /** Qualified, as written without quotes: `sales.orders`. */
  name: string
}

export interface ObjectGrant {
  grantee: string
  object: ObjectRef
  /** Scope to whether it may be passed on. */
  scopes: Map<string, boolean>
  condition?: string
  at: string
}

/** Everything that one file says of a server's roles. */
export class Cluster {
  readonly roles = new Map<string, Role>()
  readonly memberships = new Map<string, Membership>()
  readonly grants = new Map<string, ObjectGrant>()
  readonly sightings: SightingRecord[] = []
  readonly refused: Refusal[] = []
  readonly unresolved: Unresolved[] = []
  /** Whether a role without a password is said to have none: only where the file tells passwords at all. */
  tellsPasswords = false

  constructor(readonly context: MapContext) {}

  role(name: string, at: string): Role {
    const known = this.roles.get(name)
    if (known !== undefined) return known
    const role: Role = { name, at, isDescribed: false, attributes: new Set(), settings: [], unknown: [] }
    this.roles.set(name, role)
    return role
  }

  join(membership: Membership): void {
    const key = JSON.stringify([membership.member, membership.role])
    const known = this.memberships.get(key)
    // Granted by several: what any of them gives counts.
    const or = (a: boolean | undefined, b: boolean | undefined) =>
      a === undefined && b === undefined ? undefined : a === true || b === true
    this.memberships.set(
      key,
      known === undefined
        ? membership
        : {
            ...known,
            admin: or(known.admin, membership.admin),
            inherit: or(known.inherit, membership.inherit),
            set: or(known.set, membership.set),
          },
    )
    this.role(membership.member, membership.at)
    this.role(membership.role, membership.at)
  }

  grant(grantee: string, object: ObjectRef, scopes: [string, boolean][], at: string, condition?: string): void {
    const key = keyOf(grantee, object, condition)
    const known = this.grants.get(key) ?? {
      grantee,
      object,
      scopes: new Map<string, boolean>(),
      at,
      ...(condition === undefined ? {} : { condition }),
    }
    for (const [scope, mayPassOn] of scopes) known.scopes.set(scope, mayPassOn || known.scopes.get(scope) === true)
    this.grants.set(key, known)
    this.role(grantee, at)
  }

  /** Takes back what was granted before; `ALL` takes back everything but ownership. */
  revoke(grantee: string, object: ObjectRef, scopes: string[], condition?: string): void {
    const known = this.grants.get(keyOf(grantee, object, condition))
    if (known === undefined) return
    for (const scope of known.scopes.keys())
      if (scope !== 'OWNER' && (scopes.includes('ALL') || scopes.includes(scope))) known.scopes.delete(scope)
  }

  refuse(at: string, reason: string): void {
    this.refused.push({ at, reason })
  }
}

function keyOf(grantee: string, { kind, database, name }: ObjectRef, condition?: string): string {
  return JSON.stringify([grantee, kind, database, name, condition])
}

/** Reads a stored password: only how it is kept, never the verifier. A password in clear text leaves its fingerprint. */
export function readPassword(stored: string, context: MapContext): Role['password'] {
  if (stored === '' || /^\*+$/.test(stored)) return undefined
  const scram = /^SCRAM-SHA-256\$(\d{1,9}):/.exec(stored)?.[1]
  if (scram !== undefined) return { method: 'SCRAM-SHA-256', iterations: Number(scram) }
  if (/^md5[0-9a-f]{32}$/.test(stored)) return { method: 'md5' }
  const lastFour = stored.length >= 12 ? stored.slice(-4) : undefined
  return {
    method: 'clear text in the file',
    fingerprint: context.fingerprint(stored),
    ...(lastFour === undefined ? {} : { lastFour }),
  }
}

/** The end of a password's life; `infinity` means never. */
export function readEnd(written: string): Instant {
  const text = written.trim()
  if (/^infinity$/i.test(text)) return null
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i.exec(text)
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : undefined
  if (found === null && day === undefined) return undefined
  const [, date, time, , zone = 'Z'] = found ?? []
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}` : 'Z'
  const ms = Date.parse(day ?? `${date}T${time}${offset}`)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}
