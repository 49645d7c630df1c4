import { type Entity, type Facts, isRecord } from '../rules'
import type { Question } from '../schema'

/** One who acts for another, as policies and the log see it. */
export interface Link {
  type: string
  id: string
  isSubject: boolean
  known: boolean
  status: string
  isRevoked: boolean
  isBegun: boolean
  hasOwner: boolean
  /** The one before it may let it act, by the catalogue. The first has nobody before it. */
  isLet: boolean
  /** Whether it holds by itself what the question asks for. Of people and tools the catalogue does not say. */
  isEnough: 'yes' | 'no' | 'unknown'
}

/** Types of those who are things of the catalogue, not identities. */
const things = ['tool', 'mcp_server', 'resource']
/** More are not looked up; policies refuse fewer. */
const most = 8

export const isThing = ({ type }: Entity): boolean => things.includes(type)

type Asked = Pick<Question, 'subject' | 'context'>

/**
 * Who acts for whom in a question, from the first who wanted it to the one who acts now; empty where the subject acts for itself.
 * `context.delegation` names those before the subject, the first of them first. `context.actors` those who act for it, the one who acts now
 * first, as the `act` claim nests them (RFC 8693, 4.1); `context.agent` is the client that holds a person's token (AuthZEN, COAZ for MCP). An
 * identity's own token was got by that identity, whatever its client is called.
 * @param isPerson the subject is a person
 */
export function chainOf({ subject, context = {} }: Asked, isPerson: boolean): Entity[] {
  const before = namedIn(context.delegation)
  const actors = namedIn(context.actors)
  const [agent] = namedIn(context.agent === undefined ? undefined : [context.agent])
  const isOther = agent && isPerson && actors.every(({ id }) => id !== agent.id)
  const after = (isOther ? [agent, ...actors] : actors).toReversed()
  if (before.length + after.length === 0) return []
  return [...before, { type: subject.type, id: subject.id }, ...after].slice(0, most)
}

/** What cannot be read names somebody whom nobody knows, so that nothing is passed over in silence. */
function namedIn(given: unknown): Entity[] {
  if (given === undefined || given === null) return []
  const list = Array.isArray(given) ? given : [given]
  return list.slice(0, most).map((each) => {
    const { type, id } = isRecord(each) ? each : { type: undefined, id: each }
    if (typeof id !== 'string' || id === '') return { type: 'identity', id: 'not readable' }
    return { type: typeof type === 'string' ? type : id.includes('@') ? 'user' : 'identity', id: id.slice(0, 1024) }
  })
}

/** What the catalogue says of somebody in a chain. */
export interface Known {
  /** As links between two name it; null = not in the catalogue. */
  nodeId: string | null
  isIdentity: boolean
  live: Facts
  isEnough: Link['isEnough']
}

/** @param links pairs of ids: the second may act for the first */
export function linksOf(
  { subject, context }: Asked,
  of: (member: Entity) => Known,
  links: ReadonlySet<string>,
): Link[] {
  const { nodeId, isIdentity } = of(subject)
  const chain = chainOf({ subject, context }, nodeId !== null && !isIdentity)
  const at = chain.findIndex(({ type, id }) => type === subject.type && id === subject.id)
  const known = chain.map(of)
  return chain.map((member, index) => {
    const { nodeId, live, isEnough } = known[index] as Known
    const before = index === 0 ? undefined : known[index - 1]
    return {
      ...member,
      isSubject: index === at,
      known: live.known === true,
      status: isThing(member) ? 'active' : String(live.status ?? 'unknown'),
      isRevoked: isThing(member) ? false : live.isRevoked !== false,
      isBegun: isThing(member) || live.isBegun === true,
      hasOwner: isThing(member) || live.hasOwner === true,
      isLet: before === undefined || links.has(`${before.nodeId} ${nodeId}`),
      isEnough,
    }
  })
}
