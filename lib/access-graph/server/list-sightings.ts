import type { Context } from '@/lib/platform/context'
import type { Sighting } from '../schema'
import { findSightings } from './store'

const most = 100

/**
 * Where secrets with these fingerprints were seen, such as a tag or an environment variable; at most 100, latest first.
 * Places belong to sources: whoever may not see those is told of none.
 */
export async function listSightings(ctx: Context, fingerprints: readonly string[]): Promise<Sighting[]> {
  const [may] = await ctx.can(['list'], [{ kind: 'source', id: '*', label: 'sightings', attr: {} }])
  if (may?.list !== true || fingerprints.length === 0) return []
  const rows = await findSightings(ctx, fingerprints, most)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    place: row.place,
    fingerprint: row.fingerprint ?? '',
    about: row.aboutType && row.aboutRef ? { type: row.aboutType, ref: row.aboutRef } : null,
    source: row.source,
    lastSeenAt: row.updatedAt.toISOString(),
    isGone: row.deletedAt !== null,
  }))
}
