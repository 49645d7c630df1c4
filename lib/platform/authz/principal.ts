import type { Principal } from '@cerbos/core'

/** The part of an actor that policies read. */
export type Asker =
  | { kind: 'user'; id: string; role: string; grantedRoles?: readonly string[]; teamIds: readonly string[] }
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

/**
 * The actor in the decision point's words. An API key acts in its owner's role of today, narrowed by its scopes; a person also in the roles
 * that they were given for a time.
 */
export function principalOf(asker: Asker): Principal {
  if (asker.kind === 'job') return { id: asker.id, roles: ['worker'], attr: { kind: 'job', ownerKeys: [], scopes: [] } }
  const granted = asker.kind === 'user' ? (asker.grantedRoles ?? []) : []
  return {
    id: asker.id,
    roles: [...new Set([asker.role, ...granted])],
    attr: {
      kind: asker.kind,
      userId: asker.kind === 'user' ? asker.id : asker.ownerId,
      ownerKeys: ownerKeysOf(asker),
      // What somebody does in a role for a time must not outlive it.
      ...(granted.length > 0 ? { ownRole: asker.role } : {}),
      scopes: asker.kind === 'api_key' ? [...asker.scopes] : [],
    },
  }
}
