import { z } from 'zod'
import { factorsOf, hoursOfYear } from '@/lib/access-graph/score'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { Exclusion } from '../edits'
import { exceptionsOf } from '../findings'
import { ownerKind, privilegeOfRank } from '../rules'
import { Identity, type OwnerDuty, type OwnershipState } from '../schema'
import { traitsOf } from './resolve-identity-filter'

interface Row {
  id: string
  kind: string
  name: string
  external_id: string
  environment: string | null
  status: string
  source_id: string
  system: string
  source_name: string
  owner_state: string
  owner_key: string | null
  owner_label: string | null
  first_state: number | null
  owners: number
  suggested: number
  credential_count: number
  oldest_credential_at: Date | null
  next_expiry_at: Date | null
  last_used_at: Date | null
  never_used: boolean
  privilege_rank: number
  traits: number
  exclusions: unknown
  score: number | null
  cells: number[] | null
  becomes: number | null
  hours: number | null
  is_unbounded: boolean | null
  assign: boolean
  confirm: boolean
  transfer: boolean
}

const actions = ['assign_owner', 'confirm_owner', 'transfer_owner'] as const

/** What the caller may do to each identity of a list, as predicates; asked ahead, it is there when the ids are. */
export function identityRights(ctx: Context) {
  const rights = ctx.rights(actions, 'identity')
  // Awaited with the ids; a failure before that must not leave a rejection that nobody handles.
  rights.catch(() => {})
  return rights
}

/**
 * The contract form of identities, in the order of the ids, with what the caller may do to each. Those that are not there are
 * left out. The caller must have been allowed to see them. An ownership whose time is over is told until its end is recorded, as
 * the rows that the list is sorted and counted by tell it.
 */
export async function presentIdentities(
  ctx: Context,
  ids: readonly string[],
  rights = identityRights(ctx),
): Promise<Identity[]> {
  const can = await rights
  if (ids.length === 0) return []
  const rows = await ctx.sql<Row>(Prisma.sql`
    SELECT l.identity_id AS id, i.kind, i.name, i.external_id, l.environment, l.status, i.source_id, s.system, s.name AS source_name,
      l.owner_state, l.owner_key, l.owner_label, o.first_state, coalesce(o.owners, 0) AS owners, coalesce(o.named - o.owners, 0) AS suggested,
      l.credential_count, l.oldest_credential_at, l.next_expiry_at, i.last_used_at, i.never_used, l.privilege_rank, l.traits, i.exclusions,
      b.score, b.cells, b.identities AS becomes, b.hours, b.is_unbounded,
      (${can.assign_owner}) AS assign, (${can.confirm_owner}) AS confirm, (${can.transfer_owner}) AS transfer
    FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS wanted (id, no)
    JOIN identity_listing l ON l.org_id = ${ctx.tenant.orgId}::uuid AND l.identity_id = wanted.id
    JOIN identity i ON i.org_id = ${ctx.tenant.orgId}::uuid AND i.id = wanted.id
    JOIN source s ON s.org_id = ${ctx.tenant.orgId}::uuid AND s.id = i.source_id
    LEFT JOIN identity_score b ON b.org_id = ${ctx.tenant.orgId}::uuid AND b.identity_id = wanted.id
    LEFT JOIN LATERAL (
      SELECT count(DISTINCT o.owner_key) FILTER (WHERE o.duty <> 'backup')::int AS named,
        count(DISTINCT o.owner_key) FILTER (WHERE o.duty <> 'backup' AND o.state <> 'suggested')::int AS owners,
        min(CASE WHEN o.owner_key = l.owner_key THEN array_position('{confirmed,assigned,suggested}'::text[], o.state) END) AS first_state
      FROM ownership o WHERE o.org_id = ${ctx.tenant.orgId}::uuid AND o.identity_id = wanted.id AND o.ended_at IS NULL
    ) o ON true
    ORDER BY wanted.no`)
  return rows.map(presentRow)
}

const states = ['confirmed', 'assigned', 'suggested']

function presentRow(row: Row): Identity {
  const { owner_key: key, owner_label: label } = row
  return Identity.parse({
    id: row.id,
    kind: row.kind,
    name: row.name,
    externalId: row.external_id,
    environment: row.environment,
    status: row.status,
    source: { id: row.source_id, system: row.system, name: row.source_name },
    owner: {
      state: row.owner_state,
      first: key && label !== null ? { label, kind: ownerKind(key), state: states[(row.first_state ?? 0) - 1] } : null,
      count: row.owners,
      suggested: row.suggested,
    },
    credentialCount: row.credential_count,
    oldestCredentialAt: row.oldest_credential_at?.toISOString() ?? null,
    nextExpiryAt: row.next_expiry_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    neverUsed: row.never_used,
    privilege: privilegeOfRank(row.privilege_rank),
    traits: traitsOf(row.traits),
    excepted: readExceptions(row.exclusions),
    blast: blastOf(row),
    can: { assignOwner: row.assign, confirmOwner: row.confirm, transferOwner: row.transfer },
  })
}

const Exclusions = z.array(Exclusion)

/** What is kept of exceptions, as those that hold now. */
export function readExceptions(exclusions: unknown): Identity['excepted'] {
  return exceptionsOf(Exclusions.parse(exclusions), Date.now())
}

/** A `real` comes with more digits than the score has. */
function blastOf({ score, cells, becomes, hours, is_unbounded }: Row): Identity['blast'] {
  if (score === null || cells === null) return null
  const factors = factorsOf({ cells, identities: becomes ?? 0, hours: is_unbounded ? hoursOfYear : hours })
  return { score: Math.round(score * 10) / 10, factors }
}

/** A row whose text columns carry the type that the database checks. */
export function withStates<T extends { ownerships: { duty: string; state: string }[] }>(row: T) {
  type Typed = T['ownerships'][number] & { duty: OwnerDuty; state: OwnershipState }
  return { ...row, ownerships: row.ownerships as Typed[] }
}
