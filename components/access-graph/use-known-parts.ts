'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { PathStep } from '@/lib/access-graph/blast-radius'
import { reachedIdentitiesQuery, reachedQuery } from '@/lib/access-graph/queries'
import { heldCredentialsQuery } from '@/lib/identities/queries'
import { isInUse } from '@/lib/identities/rules'
import { type Candidate, candidatesOf, type KnownCredential, type KnownParts } from './what-if-lines'

const most = 200

export interface HeldKey extends KnownCredential {
  expiresAt: string | null
  neverExpires: boolean
  /** `null`: never; `undefined`: not known. */
  lastUsedAt: string | null | undefined
}

/** What a what-if can change: the edges of the first ways, strongest first, and the identity's own credentials. */
export function useKnownParts(orgId: string, identity: { id: string; name: string }) {
  const reached = useQuery(reachedQuery(orgId, identity.id, { sort: 'level', dir: 'desc', at: 0, limit: most }))
  const becomes = useQuery(reachedIdentitiesQuery(orgId, identity.id, 'becomes', { at: 0, limit: most }))
  const held = useQuery(heldCredentialsQuery(orgId, identity.id, undefined))
  const known = useMemo(() => {
    const paths = [...(reached.data?.items ?? []), ...(becomes.data?.items ?? [])].map(({ path }) => path)
    const keys: HeldKey[] = (held.data?.items ?? [])
      .filter(({ status }) => isInUse(status))
      .map((key) => ({
        id: key.id,
        name: key.name,
        holder: identity.name,
        identityId: identity.id,
        system: key.source.system,
        source: key.source.name,
        expiresAt: key.expiresAt,
        neverExpires: key.neverExpires,
        lastUsedAt: key.lastUsedAt ?? (key.neverUsed ? null : undefined),
      }))
    const found = foundOnWay(paths)
    return {
      paths: paths.length,
      keys,
      candidates: candidatesOf(paths),
      parts: {
        steps: new Map(
          paths.flat().flatMap((step): [string, PathStep][] => (step.edgeId ? [[step.edgeId, step]] : [])),
        ),
        credentials: new Map([...found, ...keys].map((key): [string, KnownCredential] => [key.id, key])),
      },
    }
  }, [reached.data, becomes.data, held.data, identity.id, identity.name])
  return {
    ...known,
    /** All ways there are, of which the first are looked at. */
    total: (reached.data?.total ?? 0) + (becomes.data?.total ?? 0),
    isPending: reached.isPending || becomes.isPending || held.isPending,
    error: reached.error ?? becomes.error ?? held.error,
  } satisfies { candidates: Candidate[]; parts: KnownParts; [name: string]: unknown }
}

/** Credentials of others that are signed in with on the way. */
function foundOnWay(paths: readonly PathStep[][]): KnownCredential[] {
  return paths.flat().flatMap(({ kind, from, to, source }) =>
    kind === 'authenticates_as' && from.id
      ? [
          {
            id: from.id,
            name: from.name,
            holder: to.name,
            identityId: to.type === 'identity' ? to.id : null,
            system: source?.system ?? '',
            source: source?.name ?? '',
          },
        ]
      : [],
  )
}
