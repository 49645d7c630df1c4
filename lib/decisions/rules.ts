import type { Answer, Batch, Question, Semantic } from './schema'
import { Question as QuestionContract } from './schema'

const thingActions = ['read', 'list', 'write', 'delete', 'invoke', 'secret.retrieve', 'admin', 'grant', 'impersonate']
const toolActions = ['initialize', 'tools/list', 'tools/call', 'resources/read', 'prompts/get']
const toolTypes = ['tool', 'mcp_server']

export interface TypePolicy {
  policy: string
  actions: readonly string[]
  /** Whether the organization told of it: then the policy bears its name. Else it is a kind of the inventory's resources. */
  isTold: boolean
}

export type Facts = Record<string, unknown>
export interface Entity {
  type: string
  id: string
}
export interface Named {
  subjects: Entity[]
  resources: Entity[]
  /** Ids of the tickets that questions name. */
  tickets: string[]
}

export const keyOf = ({ type, id }: Entity): string => `${type}:${id}`

/** The ticket that a question names: `context.ticket`, or its `id`. */
export function ticketOf(context: Facts | undefined): string | null {
  const given = context?.ticket
  const id = isRecord(given) ? given.id : given
  return typeof id === 'string' && id !== '' && id.length <= 200 ? id : null
}

/** Which policy speaks of a type of resource, and what can be done to one. */
export function policyOf(type: string, told: ReadonlyMap<string, readonly string[]>): TypePolicy {
  const actions = told.get(type)
  if (actions) return { policy: type, actions, isTold: true }
  if (toolTypes.includes(type)) return { policy: 'tool', actions: toolActions, isTold: false }
  return { policy: 'resource', actions: thingActions, isTold: false }
}

/** Types of subjects that the inventory holds. `identity` is any of them. */
export const identityTypes = [
  ...['service_account', 'workload', 'api_client', 'oauth_app', 'bot', 'iam_role', 'certificate_principal', 'ai_agent'],
  ...['identity', 'service', 'agent'],
] as const

export type SubjectRole = 'person' | 'service' | 'workload' | 'agent' | 'entity' | 'stranger'

/** In which role the policies see a subject; that of an identity follows from its kind in the inventory, never from what the caller says. */
export function roleOf({
  kind,
  isPerson,
  isTold,
}: {
  kind: string | null
  isPerson: boolean
  isTold: boolean
}): SubjectRole {
  if (kind === 'ai_agent') return 'agent'
  if (kind === 'workload') return 'workload'
  if (kind !== null) return 'service'
  if (isPerson) return 'person'
  return isTold ? 'entity' : 'stranger'
}

/** Whether a subject may mean a person: `identity` is anybody, as the binding for tool calls names whoever a token is of. */
export const mayBePerson = ({ type, id }: Entity): boolean =>
  type === 'user' || (type === 'identity' && id.includes('@'))

/** Whether a type of subject may mean an identity of this kind. */
export function isOfType(type: string, kind: string): boolean {
  if (type === 'identity' || type === kind) return true
  if (type === 'agent') return kind === 'ai_agent'
  return type === 'service' && kind !== 'ai_agent' && kind !== 'workload'
}

export const privilegeRanks: Readonly<Record<string, number>> = { read: 1, write: 2, secret_read: 3, admin: 4 }

/** How far one must be able to go for an action, in the same ranks; those that are not named here need to be granted by their names. */
const needs: Readonly<Record<string, number>> = {
  ...{ read: 1, list: 1, write: 2, delete: 2, invoke: 2, 'secret.retrieve': 3, admin: 4, grant: 4, impersonate: 4 },
  ...{ initialize: 1, 'tools/list': 1, 'resources/read': 1, 'prompts/get': 1, 'tools/call': 2 },
}

/** Whether a rank of the catalogue is as much as an action takes; what is not named takes a grant. */
export function goesFor(rank: number, action: string): boolean {
  const need = Object.hasOwn(needs, action) ? needs[action] : undefined
  return need !== undefined && rank >= need
}

/** What actions amount to in the words of the catalogue; null where one of them is no action of the decision point. */
export function privilegeOfActions(actions: readonly string[]): string | null {
  const ranks = actions.map((action) => (Object.hasOwn(needs, action) ? needs[action] : undefined))
  if (ranks.length === 0 || ranks.includes(undefined)) return null
  const most = Math.max(...(ranks as number[]))
  return Object.keys(privilegeRanks).find((name) => privilegeRanks[name] === most) ?? null
}

/** A grant that covers an action on a resource. */
export interface ActiveGrant {
  id: string
  endsAt: string
  usesLeft: number | null
  /** When it is over, on this process's clock (`performance.now()`), never later than on the database's. */
  until: number
}

export interface Granted {
  /** The one that holds longest. */
  lasting: ActiveGrant | null
  /** For so many times: counts only where its use is taken. */
  limited: ActiveGrant | null
}

/**
 * Which of a subject's grants on a resource cover an action: by its name; and where a grant is in the words of its source, by what these
 * amount to. A grant of named actions covers nothing else.
 * @param readFrom when the question to the database was sent
 */
export function grantedBy(
  grants: readonly {
    id: string
    endsAt: string
    leftMs: number
    usesLeft: number | null
    actions: readonly string[]
    rank: number | null
  }[],
  action: string,
  readFrom: number,
): Granted {
  const need = Object.hasOwn(needs, action) ? needs[action] : undefined
  const covering = grants.filter(({ actions, rank }) => {
    if (actions.includes(action)) return true
    return need !== undefined && rank !== null && rank >= need && !actions.some((each) => Object.hasOwn(needs, each))
  })
  const bestOf = (some: typeof covering): ActiveGrant | null => {
    const [best] = some.toSorted((a, b) => b.leftMs - a.leftMs)
    if (!best) return null
    const { id, endsAt, usesLeft, leftMs } = best
    return { id, endsAt, usesLeft, until: readFrom + leftMs }
  }
  return {
    lasting: bestOf(covering.filter(({ usesLeft }) => usesLeft === null)),
    limited: bestOf(covering.filter(({ usesLeft }) => usesLeft !== null && usesLeft > 0)),
  }
}

export type Expanded = { question: Question; error?: undefined } | { question?: undefined; error: string }

/**
 * The questions of a batch. What stands above them is the default: an evaluation's own member replaces it as a whole, and only what
 * a member cannot do without (type, id, name) is filled in from above.
 */
export function expandBatch({ evaluations = [], ...defaults }: Batch): Expanded[] {
  return evaluations.map((each) => {
    const merged = {
      subject: mergeMember(defaults.subject, each.subject, ['type', 'id']),
      action: mergeMember(defaults.action, each.action, ['name']),
      resource: mergeMember(defaults.resource, each.resource, ['type', 'id']),
      context: each.context ?? defaults.context,
    }
    const parsed = QuestionContract.safeParse(merged)
    if (parsed.success) return { question: parsed.data }
    const [issue] = parsed.error.issues
    return { error: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}` }
  })
}

function mergeMember(fallback: unknown, own: unknown, needed: readonly string[]): unknown {
  if (own === undefined) return fallback
  if (!isRecord(own) || !isRecord(fallback)) return own
  const filled = needed.filter((key) => own[key] === undefined && fallback[key] !== undefined)
  return { ...own, ...Object.fromEntries(filled.map((key) => [key, fallback[key]])) }
}

/** How many of the answers are given: those after the one that settles the matter are not. */
export function countGiven(answers: readonly Answer[], semantic: Semantic): number {
  if (semantic === 'execute_all') return answers.length
  const settling = semantic === 'permit_on_first_permit'
  const at = answers.findIndex(({ decision }) => decision === settling)
  return at === -1 ? answers.length : at + 1
}

/** Where a document is nested too deeply, as a path; undefined where it is not. Never recurses deeper than the limit. */
export function tooDeep(value: unknown, most: number, path = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (most === 0) return path
  for (const [key, inner] of Object.entries(value)) {
    const found = tooDeep(inner, most - 1, path === '' ? key : `${path}.${key}`)
    if (found !== undefined) return found.slice(0, 200)
  }
  return undefined
}

const secretNames =
  /pass(word|wd|phrase)|secret|token|api[-_]?key|authorization|cookie|private[-_]?key|credential|session[-_]?id|^(key|pin|otp|jwt|bearer)$/i
const secretShapes =
  /(bwk_[A-Za-z0-9_-]{20,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}|AKIA[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_-]{15,}|xox[abpr]-[A-Za-z0-9-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|(?<=:\/\/[^\s/:@]{0,100}:)[^\s/@]{1,200}(?=@))/g

/** A copy for the log: values whose name or form is that of a secret are masked, long texts cut, NUL and lone surrogates replaced. */
export function maskSecrets(value: unknown, depth = 14): unknown {
  if (typeof value === 'string') {
    const clean = value.length > 2000 ? `${value.slice(0, 2000)}…` : value
    return clean.toWellFormed().replaceAll('\u0000', '\uFFFD').replace(secretShapes, '[masked]')
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '[deeper]'
  if (Array.isArray(value)) return value.slice(0, 200).map((each) => maskSecrets(each, depth - 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.toWellFormed().replaceAll('\u0000', '\uFFFD').slice(0, 200),
      secretNames.test(key) && inner !== null && typeof inner !== 'boolean'
        ? '[masked]'
        : maskSecrets(inner, depth - 1),
    ]),
  )
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Why an answer is what it is, for people, and what would mend a no. A reason of a policy that is not ours stands as it is. */
export const reasons: Readonly<Record<string, { because: string; mend: string | null }>> = {
  entitled: { because: 'The inventory shows this access, and nothing speaks against it now.', mend: null },
  allowed: { because: 'A rule of the policy allows this.', mend: null },
  granted: { because: 'An active grant gives this, until its end, and nothing speaks against it now.', mend: null },
  no_rule: {
    because: 'No rule of the policy allows this: the inventory shows no access that goes so far.',
    mend: 'Ask for a grant, or give the access at its source: the next sync shows it. Check the action’s name too.',
  },
  denied: { because: 'A rule of the policy forbids this.', mend: null },
  subject_unknown: {
    because: 'Nobody of this type and id is in the inventory.',
    mend: 'Check type and id, or import the system that it belongs to.',
  },
  subject_ambiguous: {
    because: 'Several identities have this id, so nobody can say which one is meant.',
    mend: 'Name the identity by its id in the inventory.',
  },
  subject_revoked: {
    because: 'Its access was revoked, or is being revoked at this moment.',
    mend: 'Restore it first.',
  },
  subject_not_active: { because: 'It is not switched on at its source.', mend: 'Switch it on at its source.' },
  subject_not_yet_valid: { because: 'It is valid only from a later moment on.', mend: 'Wait until then.' },
  subject_without_owner: {
    because: 'Nobody answers for it, and this is worth protecting.',
    mend: 'Assign an owner to it.',
  },
  delegation_too_long: {
    because: 'More than five stand in one line here, one acting for the next: nobody could say who wanted it.',
    mend: 'Let fewer stand between who wants it and who does it.',
  },
  delegate_unknown: {
    because: 'Somebody who acts for another here is not in the inventory.',
    mend: 'Import what runs it, or name it as the inventory does.',
  },
  delegate_not_in_order: {
    because: 'Somebody who acts for another here is switched off, revoked, not yet valid, or nobody answers for it.',
    mend: 'See the chain below for which one.',
  },
  not_delegated: {
    because: 'Nothing in the inventory lets one of them act for the one before it.',
    mend: 'Assign the agent to the person as its owner, or import what hands over to it.',
  },
  delegate_not_entitled: {
    because: 'Somebody who acts for another here does not hold by itself what is asked for.',
    mend: 'Give it the access at its source, or a grant of its own.',
  },
  resource_unknown: {
    because: 'The inventory knows nothing of this type and id, and no policy of its own speaks of the type.',
    mend: 'Check type and id, import the system that holds it, or tell the decision point of the type.',
  },
  environment_crossed: {
    because: 'It belongs to another environment and asks for something of production.',
    mend: 'Use an identity of production.',
  },
  approval_required: {
    because: 'It reaches so much that this needs a second person’s approval.',
    mend: 'Ask for a grant.',
  },
  incident_mode: { because: 'An incident is open, which narrows what can be done alone.', mend: 'Ask for a grant.' },
  grant_to_be_taken: {
    because: 'A grant gives this for so many times: it counts where its use is taken, right before the act.',
    mend: 'Ask at the execution endpoint instead, right before the act.',
  },
  grant_over: {
    because: 'The grant that gave this came to its end while the answer was made, or its use was taken by another.',
    mend: 'Ask for a grant.',
  },
  context_unavailable: {
    because: 'What must be known for an answer could not be read in time, so the answer is no.',
    mend: 'Try again; if it persists, look after the database and the context sources.',
  },
  source_absent: {
    because: 'A context source that must be asked did not answer in time, so the answer is no.',
    mend: 'Look after that source, or declare that its silence means unknown.',
  },
  decision_point_unavailable: {
    because: 'The policy engine gave no usable answer in time, so the answer is no.',
    mend: 'Try again; if it persists, ask your administrator to check the Cerbos service.',
  },
  policy_version_absent: {
    because: 'The organization’s own policies are not loaded in the version that is in use, so the answer is no.',
    mend: 'They are loaded again by themselves. If it persists, look at Policies, and after the Cerbos of versions.',
  },
  invalid_evaluation: { because: 'The question was not complete.', mend: 'Mend the member that the answer names.' },
  not_about_itself: {
    because: 'The caller may ask about itself only.',
    mend: 'Give the API key the scope decisions:ask_any, or allow the client to ask about others.',
  },
  searched: { because: 'A search: each of its results is an allowed question.', mend: null },
}

/** Of several reasons the one that comes first here is told: who asks comes before what is asked for. Those of other policies come last. */
export function weightOf(reason: string): number {
  const at = Object.keys(reasons).indexOf(reason)
  return at === -1 ? Number.MAX_SAFE_INTEGER : at
}

export function explainReason(reason: string): { because: string; mend: string | null } {
  const known = Object.hasOwn(reasons, reason) ? reasons[reason] : undefined
  return known ?? { because: `The policy says: ${reason}.`, mend: null }
}

/** What policies read of the decision point as a whole. */
export const decisionTarget = { kind: 'decision' as const, id: '*', label: 'decisions', attr: {} }

/** What nobody could say when an answer was given, from its facts. */
export function unknownOf(facts: Record<string, unknown>): string[] {
  const live = isRecord(facts.subject) && isRecord(facts.subject.live) ? facts.subject.live : {}
  const sources = isRecord(facts.context) && isRecord(facts.context.sources) ? facts.context.sources : {}
  const absent = Object.entries(sources).flatMap(([name, state]) => (state === 'absent' ? [`source ${name}`] : []))
  const listed = Array.isArray(live.unknown) ? live.unknown.filter((each) => typeof each === 'string') : []
  const empty = Object.entries(live).flatMap(([name, value]) => (value === null ? [name] : []))
  const ticket = isRecord(facts.context) && facts.context.ticketState === 'unknown' ? ['ticketState'] : []
  return [...listed, ...empty, ...ticket, ...absent]
}

/** Of an answer's facts: the active grant that the policy saw; null = none. */
export function grantIdOf({ resource }: Record<string, unknown>): string | null {
  const grant = isRecord(resource) && isRecord(resource.grant) ? resource.grant : {}
  return typeof grant.id === 'string' ? grant.id : null
}

/** What lifts a denial is a grant. */
export const liftable: readonly string[] = ['no_rule', 'approval_required', 'incident_mode', 'grant_over']

/** As long as an action that can be asked for may be. */
export const longestAction = 120

/** The request form filled in with what was denied: for whom, on what, what, and by which decision. */
export function requestPath(of: {
  identityId: string | null
  resourceId: string
  action: string
  isOnce: boolean
  denial: string
}): string {
  const query = new URLSearchParams({
    ...(of.identityId === null ? {} : { for: of.identityId }),
    ...{ on: of.resourceId, do: of.action },
    ...(of.isOnce ? { uses: '1' } : {}),
    denial: of.denial,
  })
  return `/grants/new?${query}`
}

/** The same of a line of the log; null where no grant would have helped, or it was about a person, who asks for themselves. */
export function requestPathOf(row: {
  id: string
  isAllowed: boolean
  reason: string
  identityId: string | null
  action: string | null
  resourceType: string | null
  facts?: Record<string, unknown>
}): string | null {
  const { id: denial, identityId, action, facts = {} } = row
  const live = isRecord(facts.resource) && isRecord(facts.resource.live) ? facts.resource.live : {}
  if (row.isAllowed || !liftable.includes(row.reason) || identityId === null || action === null) return null
  if (live.known !== true || typeof live.id !== 'string' || action.length > longestAction) return null
  const isOnce = row.resourceType !== null && toolTypes.includes(row.resourceType)
  return requestPath({ identityId, resourceId: live.id, action, isOnce, denial })
}
