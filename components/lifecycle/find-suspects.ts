import { lookUp, lookUpName } from '@/components/identities/look-up'
import type { Credential, Identity } from '@/lib/identities/schema'
import { endOf, readClue } from './read-clue'

/** What a leaked key may belong to. */
export interface Suspect {
  key: string
  identityId: string | null
  credentialId: string | null
  /** Whose it is. */
  holder: string
  /** The credential's name; null for an identity that was found by its own. */
  credential: Pick<Credential, 'name' | 'type' | 'lastFour'> | null
  kind: Identity['kind'] | null
  source: Credential['source']
  /** null: not told by the search. */
  owners: string[] | null
  certainty: 'exact' | 'possible' | 'name'
  lastUsedAt: string | null
  neverUsed: boolean
}

export interface Findings {
  suspects: Suspect[]
  hasMore: boolean
  /** Places where the same secret was seen. */
  places: { id: string; name: string; place: string; since: string; isGone: boolean }[]
  /** The clue was the key itself: it can be tried after the cut. */
  isKey: boolean
  /** It looks like a key, so it was not looked for among the names. */
  wasSecret: boolean
}

/**
 * Whose it is. The clue goes to the server in bodies of requests alone, where it is turned into a fingerprint; a name only when
 * nothing has it as its key.
 * @throws the server's refusal
 */
export async function findSuspects(clue: string): Promise<Findings> {
  const ways = readClue(clue)
  const none: Findings = { suspects: [], hasMore: false, places: [], isKey: false, wasSecret: !ways.includes('name') }
  for (const way of ways) {
    const found = way === 'name' ? await byName(clue) : await byKey(way, clue)
    if (found.suspects.length > 0 || (found.places?.length ?? 0) > 0) return { ...none, ...found }
  }
  return none
}

async function byKey(
  way: 'value' | 'fingerprint' | 'lastFour',
  clue: string,
): Promise<Partial<Findings> & Pick<Findings, 'suspects'>> {
  const { found, failure } = await lookUp({
    [way]: way === 'lastFour' ? endOf(clue) : way === 'value' ? clue : clue.trim(),
  })
  if (!found) throw new Error(failure)
  const suspects = found.items.map(({ credential, certainty, owners }) => ({
    ...suspectOf(credential),
    certainty,
    owners: owners.map(({ label, state }) => (state === 'suggested' ? `${label} (suggested)` : label)),
  }))
  return {
    suspects,
    hasMore: found.hasMore,
    places: found.sightings.map(({ id, name, place, firstSeenAt, isGone }) => ({
      id,
      name,
      place,
      since: firstSeenAt,
      isGone,
    })),
    isKey: way === 'value' && suspects.some(({ certainty }) => certainty === 'exact'),
  }
}

async function byName(clue: string): Promise<Partial<Findings> & Pick<Findings, 'suspects'>> {
  const { identities, credentials, hasMore } = await lookUpName(clue)
  const named = identities.map(
    (identity): Suspect => ({
      key: identity.id,
      identityId: identity.id,
      credentialId: null,
      holder: identity.name,
      credential: null,
      kind: identity.kind,
      source: identity.source,
      owners: identity.owner.first ? [identity.owner.first.label] : [],
      certainty: 'name',
      lastUsedAt: identity.lastUsedAt,
      neverUsed: identity.neverUsed,
    }),
  )
  return {
    suspects: [
      ...named,
      ...credentials.map((credential) => ({ ...suspectOf(credential), certainty: 'name' as const, owners: null })),
    ],
    hasMore,
  }
}

function suspectOf(credential: Credential): Omit<Suspect, 'certainty' | 'owners'> {
  const { id, identity, human, subjectRef, name, type, lastFour, source, lastUsedAt, neverUsed } = credential
  return {
    key: id,
    identityId: identity?.id ?? null,
    credentialId: id,
    holder: identity?.name ?? human?.name ?? subjectRef ?? 'something unknown',
    credential: { name, type, lastFour },
    kind: identity?.kind ?? null,
    source,
    lastUsedAt,
    neverUsed,
  }
}
