import type { Principal } from '@cerbos/core'

/** The part of an actor that policies read. */
export type Asker =
  | { kind: 'user'; id: string; role: string; teamIds: readonly string[] }
  | {
      kind: 'api_key'
      id: string
      ownerId: string
      role: string
      teamIds: readonly string[]
      scopes: readonly string[]
    }
  | { kind: 'job'; id: string }

/** Under which keys an actor can be an owner: `user:<id>` of the person, `team:<id>` of each of their teams. */
export function ownerKeysOf(asker: Asker): string[] {
  if (asker.kind === 'job') return []
  const userId = asker.kind === 'user' ? asker.id : asker.ownerId
  return [`user:${userId}`, ...asker.teamIds.map((id) => `team:${id}`)]
}

/** The actor in the decision point's words. An API key acts in its owner's role of today, narrowed by its scopes. */
export function principalOf(asker: Asker): Principal {
  if (asker.kind === 'job') return { id: asker.id, roles: ['worker'], attr: { kind: 'job', ownerKeys: [], scopes: [] } }
  return {
    id: asker.id,
    roles: [asker.role],
    attr: {
      kind: asker.kind,
      userId: asker.kind === 'user' ? asker.id : asker.ownerId,
      ownerKeys: ownerKeysOf(asker),
      scopes: asker.kind === 'api_key' ? [...asker.scopes] : [],
    },
  }
}
