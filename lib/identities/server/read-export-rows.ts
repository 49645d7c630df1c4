import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { Privilege } from '../schema'
import { identityTraits } from '../values'
import { traitsOf } from './resolve-identity-filter'

/**
 * Reads what exports tell of rows, narrowly and in one statement for each batch. The database writes the lines: as objects of
 * this process a million rows leave hundreds of megabytes of garbage behind.
 */
export interface ExportLines {
  /** JSON objects with the asked columns in their order, each on a line of its own, in the order of the ids. */
  lines: string
  /** How many. */
  length: number
}

type Columns = Readonly<Record<string, Prisma.Sql>>

/** As `Date.toISOString` writes it; `never` where that is known, null where nothing is. */
function told(at: string, isNever?: string): Prisma.Sql {
  const instant = `to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return Prisma.raw(isNever ? `coalesce(${instant}, CASE WHEN ${isNever} THEN 'never' END)` : instant)
}

/** The value at a number counted from 0, written here once for all rows. */
function worded(values: readonly unknown[], number: string): Prisma.Sql {
  return Prisma.sql`(${values.map((value) => JSON.stringify(value))}::json[])[${Prisma.raw(number)} + 1]`
}

const ranks = ['none', ...Privilege.options]
const traitSets = Array.from({ length: 2 ** identityTraits.length }, (_, bits) => traitsOf(bits))

const identityColumns: Columns = {
  id: Prisma.sql`i.id`,
  name: Prisma.sql`i.name`,
  kind: Prisma.sql`l.kind`,
  environment: Prisma.sql`l.environment`,
  owner: Prisma.sql`l.owner_label`,
  ownerState: Prisma.sql`l.owner_state`,
  privilege: worded(ranks, 'l.privilege_rank'),
  blast: Prisma.sql`round(l.score::numeric, 1)`,
  traits: worded(traitSets, 'l.traits'),
  credentials: Prisma.sql`l.credential_count`,
  oldest: told('l.oldest_credential_at'),
  expiry: told('l.next_expiry_at'),
  lastUsed: told('i.last_used_at', 'i.never_used'),
  status: Prisma.sql`l.status`,
  system: Prisma.sql`s.system`,
  source: Prisma.sql`s.name`,
  externalId: Prisma.sql`i.external_id`,
}

const credentialColumns: Columns = {
  id: Prisma.sql`c.id`,
  name: Prisma.sql`c.name`,
  type: Prisma.sql`c.type`,
  identity: Prisma.sql`i.name`,
  identityId: Prisma.sql`c.identity_id`,
  person: Prisma.sql`h.name`,
  subjectRef: Prisma.sql`c.subject_ref`,
  environment: Prisma.sql`c.environment`,
  status: Prisma.sql`c.state`,
  issued: told('c.issued_at'),
  rotated: told('c.rotated_at'),
  expiry: told('c.expires_at', 'c.never_expires'),
  lastUsed: told('c.last_used_at', 'c.never_used'),
  lastFour: Prisma.sql`c.last_four`,
  fingerprint: Prisma.sql`c.fingerprint`,
  system: Prisma.sql`s.system`,
  source: Prisma.sql`s.name`,
  externalId: Prisma.sql`c.external_id`,
}

/** The lines of these identities, of what of them is still there. */
export function readIdentityLines(ctx: Context, ids: readonly string[], columns: readonly string[]) {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  return readLines(
    ctx,
    ids,
    chosen(identityColumns, columns),
    Prisma.sql`
    JOIN identity_listing l ON l.org_id = ${org} AND l.identity_id = w.id
    JOIN identity i ON i.org_id = ${org} AND i.id = w.id
    JOIN source s ON s.org_id = ${org} AND s.id = l.source_id`,
  )
}

/** The same for credentials; never the secrets. */
export function readCredentialLines(ctx: Context, ids: readonly string[], columns: readonly string[]) {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  return readLines(
    ctx,
    ids,
    chosen(credentialColumns, columns),
    Prisma.sql`
    JOIN credential c ON c.org_id = ${org} AND c.id = w.id
    JOIN source s ON s.org_id = ${org} AND s.id = c.source_id
    LEFT JOIN identity i ON i.org_id = ${org} AND i.id = c.identity_id
    LEFT JOIN human h ON h.org_id = ${org} AND h.id = c.human_id`,
  )
}

function chosen(columns: Columns, names: readonly string[]): Prisma.Sql {
  const values = names.flatMap((name) => {
    const value = columns[name]
    return value ? [Prisma.sql`${value} AS ${Prisma.raw(`"${name}"`)}`] : []
  })
  return Prisma.join(values)
}

async function readLines(
  ctx: Context,
  ids: readonly string[],
  values: Prisma.Sql,
  joins: Prisma.Sql,
): Promise<ExportLines> {
  const [row] = await ctx.sql<ExportLines>(Prisma.sql`
    SELECT coalesce(string_agg(r.line, E'\n' ORDER BY r.no), '') AS lines, count(*)::int AS length FROM (
      SELECT w.no, (SELECT row_to_json(v) FROM (SELECT ${values}) v)::text AS line
      FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS w (id, no) ${joins}
    ) r`)
  return row ?? { lines: '', length: 0 }
}
