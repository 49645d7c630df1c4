import type { Context } from '@/lib/platform/context'
import { Sighting } from '../schema'
import { findSightings, type SightingRow } from './store'

const most = 100

/** A credential as sightings know it: by what its secret leaves behind, or by its public id. */
export interface SeenCredential {
  /** Absent where only a pasted secret is known. */
  id?: string
  fingerprint: string | null
  externalId: string | null
}

/**
 * Where secrets with these fingerprints or public ids were seen, such as a tag, an environment variable or a commit; at most
 * 100, latest first. `holders`: also what these identities hold in some place. Places belong to sources: whoever may not see those is told of none.
 */
export async function listSightings(
  ctx: Context,
  credentials: readonly SeenCredential[],
  holders: readonly string[] = [],
): Promise<Sighting[]> {
  const [may] = await ctx.can(['list'], [{ kind: 'source', id: '*', label: 'sightings', attr: {} }])
  if (may?.list !== true || credentials.length + holders.length === 0) return []
  const fingerprints = credentials.flatMap(({ fingerprint }) => fingerprint ?? [])
  const refs = credentials.flatMap(({ externalId }) => externalId ?? [])
  const ids = credentials.flatMap(({ id }) => id ?? [])
  const rows = await findSightings(ctx, { fingerprints, refs, ids, holders }, most)
  return rows.map(presentSighting)
}

/** Those of the sightings that are of this credential. */
export function sightingsOf(sightings: readonly Sighting[], credential: SeenCredential): Sighting[] {
  return sightings.filter(
    ({ fingerprint, about }) =>
      (fingerprint !== '' && fingerprint === credential.fingerprint) ||
      (about?.type === 'credential' && about.ref === credential.externalId),
  )
}

function presentSighting(row: SightingRow): Sighting {
  return Sighting.parse({
    id: row.id,
    name: row.name,
    place: row.place,
    fingerprint: row.fingerprint ?? '',
    lastFour: row.lastFour,
    credentialType: row.credentialType,
    validity: row.validity,
    about: row.aboutType && row.aboutRef ? { type: row.aboutType, ref: row.aboutRef } : null,
    credential: row.credentialId
      ? {
          id: row.credentialId,
          name: row.credentialName,
          identityId: row.identityId,
          identityName: row.identityName,
        }
      : null,
    firstSeenAt: (row.seenSince ?? row.firstSeenAt).toISOString(),
    attributes: row.attributes,
    source: { id: row.sourceId, system: row.sourceSystem, name: row.sourceName },
    lastSeenAt: row.updatedAt.toISOString(),
    isGone: row.deletedAt !== null,
  })
}
