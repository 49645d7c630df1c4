import { type Place, severityAt } from '@/lib/incidents/rules'
import type { Tenant } from '@/lib/platform/db/tenant'
import { log } from '@/lib/platform/telemetry/log'
import {
  type Entity,
  type Facts,
  type Granted,
  goesFor,
  grantedBy,
  isOfType,
  isRecord,
  keyOf,
  mayBePerson,
  type Named,
  policyOf,
  privilegeRanks,
  roleOf,
  type SubjectRole,
  type TypePolicy,
  ticketOf,
} from '../rules'
import type { Question } from '../schema'
import { type ContextSource, enricherOf, type SourceAnswer } from './read-enricher'
import { chainOf, isThing, type Known, type Link, linksOf } from './resolve-chain'
import { type CatalogueFacts, type PoliciesInUse, readFacts } from './store'

/** Everything that is known beside the question's own words, at one moment. */
export interface ResolvedContext {
  /** The subject as the policies see it. */
  subject: (of: Entity) => {
    role: SubjectRole
    identityId: string | null
    /** Of the identity or the person, as grants name it; null = nobody whom a grant can be for. */
    granteeId: string | null
    live: Facts
    entity: Facts
    sources: Facts
  }
  resource: (of: Entity) => { live: Facts; entity: Facts; sources: Facts }
  held: (subject: Entity, resource: Entity) => number
  /** The active grants that cover exactly this action on this resource. */
  granted: (subject: Entity, action: string, resource: Entity) => Granted
  /** Who acts for whom in it; empty where the subject acts for itself. */
  chain: (question: Question) => Link[]
  /** As a ticket system says; `none` where the question names no ticket, `unknown` where none says anything. */
  ticketState: (ticket: string | null) => string
  /** The worst severity of an open incident that reaches it; `none` where none does. */
  incident: (resource: Entity) => string
  policyOf: (type: string) => TypePolicy
  /** How each source did, for the policy and the log. */
  sources: Record<string, 'known' | 'absent'>
  /** The sources whose silence is a no. */
  denying: string[]
  /** The organization's own policies; null where it has none. */
  policies: PoliciesInUse | null
}

/** Completes the context of questions from the catalogue, the organization's directory and its enrichers. @throws when the catalogue is silent */
export async function resolveContext(
  tenant: Tenant,
  questions: readonly Pick<Question, 'subject' | 'resource' | 'context'>[],
): Promise<ResolvedContext> {
  const members = questions.flatMap((question) => chainOf(question, mayBePerson(question.subject)))
  const named: Named = {
    subjects: unique([...questions.map(({ subject }) => subject), ...members.filter((each) => !isThing(each))]),
    resources: unique([...questions.map(({ resource }) => resource), ...members.filter(isThing)]),
    tickets: [...new Set(questions.flatMap(({ context }) => ticketOf(context) ?? []))],
  }
  const readFrom = performance.now()
  const facts = await readFacts(tenant, { ...named, isLinked: members.length > 0 })
  const asked = facts.sources.map((source) => enricherOf(tenant, source))
  const answers = await Promise.all(asked.map((source) => readSource(source, named)))
  const told = new Map(facts.types.map(({ type, actions }) => [type, actions]))
  const entities = new Map(facts.entities.map((each) => [keyOf(each), each.properties]))
  const sources: ResolvedContext['sources'] = { catalogue: 'known' }
  asked.forEach(({ name }, at) => {
    sources[name] = answers[at] ? 'known' : 'absent'
  })
  const more = (side: 'subjects' | 'resources', key: string) =>
    Object.fromEntries(asked.map(({ name }, at) => [name, answers[at]?.[side].get(key) ?? null]))
  const subjects = indexSubjects(facts, entities)
  const resources = indexResources(facts)
  const places = indexPlaces(facts)
  const ranks = new Map(
    facts.held.map(({ identity, resource, privilege }) => [`${identity} ${resource}`, privilegeRanks[privilege] ?? 0]),
  )
  const held = (subject: Entity, resource: Entity) =>
    ranks.get(`${subjects(subject).identityId} ${String(resources(resource).id)}`) ?? 0
  const granted = (subject: Entity, action: string, resource: Entity) => {
    const [who, what] = [subjects(subject).granteeId, String(resources(resource).id)]
    const own = facts.grants.filter((grant) => grant.subject === who && grant.resource === what)
    return grantedBy(own, action, readFrom)
  }
  const links = new Set(facts.links.map(({ from, to }) => `${from} ${to}`))
  const knownOf = (member: Entity, { action, resource }: Question): Known => {
    if (isThing(member)) {
      const live = resources(member)
      return { nodeId: live.known === true ? String(live.id) : null, isIdentity: false, live, isEnough: 'unknown' }
    }
    const { granteeId, identityId, live } = subjects(member)
    if (identityId === null) return { nodeId: granteeId, isIdentity: false, live, isEnough: 'unknown' }
    const isEnough =
      goesFor(held(member, resource), action.name) || granted(member, action.name, resource).lasting !== null
    return { nodeId: granteeId, isIdentity: true, live, isEnough: isEnough ? 'yes' : 'no' }
  }
  return {
    subject: (of) => {
      const key = keyOf(of)
      const found = subjects(of)
      const own = more('subjects', key)
      return {
        ...found,
        live: withDuty(found.live, isOnCall(answers, own, of)),
        entity: entities.get(key) ?? {},
        sources: own,
      }
    },
    resource: (of) => {
      const key = keyOf(of)
      return { live: resources(of), entity: entities.get(key) ?? {}, sources: more('resources', key) }
    },
    held,
    granted,
    chain: (question) => linksOf(question, (member) => knownOf(member, question), links),
    ticketState: (ticket) => (ticket === null ? 'none' : stateOf(answers, ticket)),
    incident: (of) => severityAt(facts.incidents, places(of)),
    policyOf: (type) => policyOf(type, told),
    sources,
    denying: asked.filter((source, at) => source.whenAbsent === 'deny' && !answers[at]).map(({ name }) => name),
    policies: facts.policies,
  }
}

async function readSource(source: ContextSource, named: Named) {
  const signal = AbortSignal.timeout(source.timeoutMs)
  try {
    return await Promise.race([
      source.read(named, signal),
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('too late')))),
    ])
  } catch (error) {
    log.warn({ source: source.name, reason: String(error).slice(0, 200) }, 'a context source is absent')
    return undefined
  }
}

type Answers = readonly (SourceAnswer | undefined)[]

/** Of several ticket systems the first that knows the ticket. */
function stateOf(answers: Answers, ticket: string): string {
  const states = answers.flatMap((answer) => answer?.tickets.get(ticket) ?? [])
  return states.find((state) => state !== 'not_found') ?? states[0] ?? 'unknown'
}

/** Whether somebody is on call, as a list of those who are or what a source knows of them says; undefined = nobody says. */
function isOnCall(answers: Answers, own: Facts, { id }: Entity): boolean | undefined {
  const lists = answers.flatMap((answer) => answer?.onCall ?? [])
  if (lists.length > 0) return lists.some((list) => list.has(id))
  const told = Object.values(own).flatMap((facts) =>
    isRecord(facts) && typeof facts.onCall === 'boolean' ? [facts.onCall] : [],
  )
  return told.length === 0 ? undefined : told.includes(true)
}

function withDuty(live: Facts, onCall: boolean | undefined): Facts {
  if (onCall !== undefined) return { ...live, onCall }
  return Array.isArray(live.unknown) ? { ...live, unknown: [...live.unknown, 'onCall'] } : live
}

function unique(all: readonly Entity[]): Entity[] {
  return [...new Map(all.map(({ type, id }) => [keyOf({ type, id }), { type, id }])).values()]
}

function indexSubjects(
  { identities, people, grantIds, breakGlass }: CatalogueFacts,
  entities: ReadonlyMap<string, Facts>,
) {
  // In the log too: what was answered meanwhile can be found.
  const markOf = (id: string) => (breakGlass[id] ? { breakGlass: breakGlass[id] } : {})
  const byRef = groupByRef(identities)
  const persons = new Map(people.map((person) => [person.ref, person]))
  return (of: Entity): { role: SubjectRole; identityId: string | null; granteeId: string | null; live: Facts } => {
    const isTold = entities.has(keyOf(of))
    const fitting = (byRef.get(of.id) ?? []).filter(({ kind }) => isOfType(of.type, kind))
    const [identity] = fitting
    const nobody = { identityId: null, granteeId: null }
    if (fitting.length > 1) return { role: 'stranger', ...nobody, live: { known: false, ambiguous: true } }
    if (identity) {
      const { ref: _ref, id, ...known } = identity
      return {
        role: roleOf({ kind: identity.kind, isPerson: false, isTold }),
        ...{ identityId: id, granteeId: id },
        live: { known: true, ...known, activeGrants: grantIds[id] ?? [], ...markOf(id), unknown: [] },
      }
    }
    const person = mayBePerson(of) ? persons.get(of.id) : undefined
    if (!person) return { role: roleOf({ kind: null, isPerson: false, isTold }), ...nobody, live: { known: false } }
    const status = person.isActive ? 'active' : 'disabled'
    return {
      role: 'person',
      ...{ identityId: null, granteeId: person.id },
      live: {
        known: true,
        status,
        isRevoked: false,
        isBegun: true,
        hasOwner: true,
        role: person.role,
        activeGrants: grantIds[person.id] ?? [],
        ...markOf(person.id),
        // The catalogue's rules are about identities.
        unknown: ['openProblems'],
      },
    }
  }
}

function indexResources({ resources }: CatalogueFacts) {
  const byRef = groupByRef(resources)
  return (of: Entity): Facts => {
    const fitting = (byRef.get(of.id) ?? []).filter(({ kind }) => of.type === 'resource' || of.type === kind)
    const [resource] = fitting
    if (fitting.length !== 1 || !resource) return { known: false, ...(fitting.length > 1 ? { ambiguous: true } : {}) }
    const { ref: _ref, sourceId: _sourceId, ...known } = resource
    return { known: true, ...known }
  }
}

/** Where something is, for incidents: everything that it may be. What the catalogue does not hold is in no system that it knows. */
function indexPlaces({ resources }: CatalogueFacts) {
  const byRef = groupByRef(resources)
  return (of: Entity): Place[] => byRef.get(of.id) ?? [{ sourceId: null, environment: null }]
}

function groupByRef<T extends { ref: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) groups.set(row.ref, [...(groups.get(row.ref) ?? []), row])
  return groups
}
