import type { Tenant } from '@/lib/platform/db/tenant'
import { log } from '@/lib/platform/telemetry/log'
import {
  type ContextSource,
  type Entity,
  type Facts,
  isOfType,
  keyOf,
  type Named,
  policyOf,
  privilegeRanks,
  roleOf,
  type SubjectRole,
  type TypePolicy,
} from '../rules'
import type { Question } from '../schema'
import { enricherOf } from './read-enricher'
import { type CatalogueFacts, readFacts } from './store'

/** Everything that is known beside the question's own words, at one moment. */
export interface ResolvedContext {
  /** The subject as the policies see it. */
  subject: (of: Entity) => { role: SubjectRole; identityId: string | null; live: Facts; entity: Facts; sources: Facts }
  resource: (of: Entity) => { live: Facts; entity: Facts; sources: Facts }
  held: (subject: Entity, resource: Entity) => number
  policyOf: (type: string) => TypePolicy
  /** How each source did, for the policy and the log. */
  sources: Record<string, 'known' | 'absent'>
  /** The sources whose silence is a no. */
  denying: string[]
}

/**
 * What no source says yet; policies see it as unknown. Grants, incidents, tickets and who is on call get their sources when the
 * product has them (`lib/grants`): each is one more entry here.
 */
export const notYetKnown = ['openProblems', 'activeGrants', 'incident', 'ticketState', 'onCall'] as const

/** Completes the context of questions from the catalogue, the organization's directory and its enrichers. @throws when the catalogue is silent */
export async function resolveContext(
  tenant: Tenant,
  questions: readonly Pick<Question, 'subject' | 'resource'>[],
): Promise<ResolvedContext> {
  const named: Named = {
    subjects: unique(questions.map(({ subject }) => subject)),
    resources: unique(questions.map(({ resource }) => resource)),
  }
  const facts = await readFacts(tenant, named)
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
  const ranks = new Map(
    facts.held.map(({ identity, resource, privilege }) => [`${identity} ${resource}`, privilegeRanks[privilege] ?? 0]),
  )
  return {
    subject: (of) => {
      const key = keyOf(of)
      return { ...subjects(of), entity: entities.get(key) ?? {}, sources: more('subjects', key) }
    },
    resource: (of) => {
      const key = keyOf(of)
      return { live: resources(of), entity: entities.get(key) ?? {}, sources: more('resources', key) }
    },
    held: (subject, resource) => ranks.get(`${subjects(subject).identityId} ${String(resources(resource).id)}`) ?? 0,
    policyOf: (type) => policyOf(type, told),
    sources,
    denying: asked.filter((source, at) => source.whenAbsent === 'deny' && !answers[at]).map(({ name }) => name),
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

function unique(all: readonly Entity[]): Entity[] {
  return [...new Map(all.map(({ type, id }) => [keyOf({ type, id }), { type, id }])).values()]
}

function indexSubjects({ identities, people }: CatalogueFacts, entities: ReadonlyMap<string, Facts>) {
  const byRef = groupByRef(identities)
  const persons = new Map(people.map((person) => [person.ref, person]))
  return (of: Entity): { role: SubjectRole; identityId: string | null; live: Facts } => {
    const isTold = entities.has(keyOf(of))
    const fitting = (byRef.get(of.id) ?? []).filter(({ kind }) => isOfType(of.type, kind))
    const [identity] = fitting
    if (fitting.length > 1) return { role: 'stranger', identityId: null, live: { known: false, ambiguous: true } }
    if (identity) {
      const { ref: _ref, id, ...known } = identity
      return {
        role: roleOf({ kind: identity.kind, isPerson: false, isTold }),
        identityId: id,
        live: { known: true, ...known, unknown: [...notYetKnown] },
      }
    }
    const person = of.type === 'user' ? persons.get(of.id) : undefined
    if (!person)
      return { role: roleOf({ kind: null, isPerson: false, isTold }), identityId: null, live: { known: false } }
    const status = person.isActive ? 'active' : 'disabled'
    return {
      role: 'person',
      identityId: null,
      live: {
        known: true,
        status,
        isRevoked: false,
        isBegun: true,
        hasOwner: true,
        role: person.role,
        unknown: [...notYetKnown],
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
    const { ref: _ref, ...known } = resource
    return { known: true, ...known }
  }
}

function groupByRef<T extends { ref: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) groups.set(row.ref, [...(groups.get(row.ref) ?? []), row])
  return groups
}
