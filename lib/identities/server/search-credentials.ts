import { listSightings } from '@/lib/access-graph/server/list-sightings'
import type { Context } from '@/lib/platform/context'
import { sortOwnerships } from '../rules'
import { type FoundCredential, FoundCredentials, SearchCredentialsInput } from '../schema'
import { presentCredential } from './list-credentials'
import { withStates } from './present-identities'
import { readPastedKey } from './read-pasted-key'
import { findAgePolicy, findLeakedIds, type LeakedKey, listLeakedRows } from './store'

/** The most credentials that one answer lists. */
const most = 50

/**
 * Whose key is this? Finds the credentials with a leaked key's fingerprint or public name; where there is none, those that
 * only end alike are possible ones. The caller is told of what they may see, and the trail that they asked, never what
 * they pasted.
 * @throws AppError `forbidden` when the caller may see no credential
 */
export async function searchCredentials(ctx: Context, given: SearchCredentialsInput): Promise<FoundCredentials> {
  const { value, type, ...input } = SearchCredentialsInput.parse(given)
  const key: LeakedKey = value === undefined ? keyOf(input) : readPastedKey(value)
  const by = value !== undefined ? 'value' : input.fingerprint !== undefined ? 'fingerprint' : 'last_four'
  const { permit, where } = await ctx.plan('list', 'credential')
  const exact = await find(ctx, where, { ...key, lastFour: null }, type)
  const certainty = exact.rows.length > 0 ? ('exact' as const) : ('possible' as const)
  const alike = { fingerprints: [], publicId: null, lastFour: key.lastFour }
  const { rows, hasMore } = exact.rows.length > 0 ? exact : await find(ctx, where, alike, type)
  const pasted = key.fingerprints.map((fingerprint) => ({ fingerprint, externalId: key.publicId }))
  const sightings = await listSightings(ctx, [...pasted, ...exact.rows])
  const change = {
    action: 'credential.lookup',
    target: { kind: 'credential', id: '*', label: 'a leaked key' },
    after: {
      by,
      ...(by === 'last_four' ? { lastFour: key.lastFour } : { fingerprint: key.fingerprints[0] ?? null }),
      ...(type && { type }),
      certainty,
      found: rows.map(({ id, name }) => ({ id, name })),
      sightings: sightings.length,
    },
  }
  await ctx.commit(permit, change, async () => {})
  return FoundCredentials.parse({
    items: rows.map((row): FoundCredential => {
      const owners = row.identity ? sortOwnerships(withStates(row.identity).ownerships) : []
      return { credential: presentCredential(row), certainty, owners }
    }),
    hasMore,
    sightings,
    policy: await findAgePolicy(ctx),
    asOf: new Date().toISOString(),
  })
}

function keyOf({ fingerprint, lastFour }: { fingerprint?: string; lastFour?: string }): LeakedKey {
  return { fingerprints: fingerprint ? [fingerprint] : [], publicId: null, lastFour: lastFour ?? null }
}

async function find(ctx: Context, permitted: object, key: LeakedKey, type: string | undefined) {
  const ids = await findLeakedIds(ctx, key)
  if (ids.length === 0) return { rows: [], hasMore: false }
  const rows = await listLeakedRows(ctx.db, ids, { AND: [permitted, type ? { type } : {}] }, most + 1)
  return { rows: rows.slice(0, most), hasMore: rows.length > most }
}
