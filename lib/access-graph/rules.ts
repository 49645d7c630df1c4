import { type EdgeBasis, type EdgeKind, type NodeType, type Privilege, privileges } from '@/lib/connectors/contract'

/** The edges by which an identity comes to act as, or with the rights of, something else. */
export const hopKinds = [
  'member_of',
  'assumes',
  'impersonates',
  'runs_as',
  'delegates_to',
] as const satisfies readonly EdgeKind[]

/** The edges by which somebody can become an identity. */
export const becomingKinds = [
  'assumes',
  'impersonates',
  'runs_as',
  'delegates_to',
] as const satisfies readonly EdgeKind[]

/** An edge of the walk; `toId` is null while its end is not known. */
export interface WalkEdge {
  id: string
  kind: EdgeKind
  fromId: string
  toType: NodeType
  toId: string | null
  toRef: string
  basis: EdgeBasis
  condition: string | null
  notEvaluable: string | null
}

/**
 * The shortest route from `start` to every node that the edges reach, `start` itself with an empty one. Among routes of
 * equal length the one of the smaller edge ids wins, so that the answer does not depend on the order of the edges.
 */
export function shortestRoutes<E extends Pick<WalkEdge, 'id' | 'fromId' | 'toId'>>(
  start: string,
  edges: readonly E[],
): Map<string, E[]> {
  const leaving = new Map<string, E[]>()
  for (const edge of edges.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    leaving.set(edge.fromId, [...(leaving.get(edge.fromId) ?? []), edge])
  }
  const routes = new Map<string, E[]>([[start, []]])
  let frontier = [start]
  while (frontier.length > 0) {
    const next: string[] = []
    for (const node of frontier) {
      for (const edge of leaving.get(node) ?? []) {
        if (edge.toId === null || routes.has(edge.toId)) continue
        routes.set(edge.toId, [...(routes.get(node) ?? []), edge])
        next.push(edge.toId)
      }
    }
    frontier = next
  }
  return routes
}

/** What the decision point is told of a resource or role: it came from a source, and is read with it. */
export function sourceTarget(source: { id: string; name: string; system: string }) {
  return { kind: 'source' as const, id: source.id, label: source.name, attr: { system: source.system } }
}

/** Stands for the name of what somebody may not know by name. */
export const unseenName = 'Not yours to see'

/** The privilege that a level of the graph stands for: 2 to 5; 1 is unknown. */
export function privilegeOfLevel(level: number): Privilege | null {
  return privileges[level - 2] ?? null
}

/** The level of a grant, 1 to 5: 1 where the source does not say what it amounts to. */
export function levelOfPrivilege(privilege: string | null): number {
  return 2 + privileges.indexOf(privilege as Privilege)
}

/** What the decision point is told of a rule of sensitivity. */
export function ruleTarget({ id, name }: { id: string; name: string }) {
  return { kind: 'sensitivity_rule' as const, id, label: name, attr: {} }
}

/** What the decision point is told of a crown jewel. */
export function jewelTarget({ id, name }: { id: string; name: string }) {
  return { kind: 'crown_jewel' as const, id, label: name, attr: {} }
}

const mostOfName = 40

/** A name as a part of a file's name: ASCII letters, digits and single dashes, at most 40 characters; empty when none is left. */
export function nameForFile(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  const words = plain.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-/, '')
  return words.slice(0, mostOfName).replace(/-$/, '')
}
