import type { CredentialType, EdgeKind, IdentityKind, NodeType, Privilege } from '../contract'

/** What a node of a foreign kind is taken for. */
export interface Taken {
  type: NodeType
  identityKind?: IdentityKind
  credentialType?: CredentialType
  /** The word that decided; `undefined` = none did, and the node is kept as a resource of its own kind. */
  word?: string
}

/** In this order: the first that fits. Words stand at the end of a kind (`AZServicePrincipal`, `BHUser`). */
const nodeWords: [RegExp, Omit<Taken, 'word'>][] = [
  [
    /(?:service[ _]?account|managed[ _]?identity|gmsa|machine[ _]?user|service[ _]?user)s?$/,
    { type: 'identity', identityKind: 'service_account' },
  ],
  [
    /(?:service[ _]?principal|oauth[ _]?app|app[ _]?registration|enterprise[ _]?app|app|application)s?$/,
    { type: 'identity', identityKind: 'oauth_app' },
  ],
  [/(?:api[ _]?client|client|integration)s?$/, { type: 'identity', identityKind: 'api_client' }],
  [/iam[ _]?roles?$/, { type: 'identity', identityKind: 'iam_role' }],
  [/(?:ai[ _]?agent|agent)s?$/, { type: 'identity', identityKind: 'ai_agent' }],
  [/bots?$/, { type: 'identity', identityKind: 'bot' }],
  [
    /(?:workload|pod|job|workflow|pipeline|function|runner|computer|device)s?$/,
    { type: 'identity', identityKind: 'workload' },
  ],
  [/(?:api[ _]?key|access[ _]?key)s?$/, { type: 'credential', credentialType: 'api_key' }],
  [/client[ _]?secrets?$/, { type: 'credential', credentialType: 'client_secret' }],
  [/(?:access[ _]?token|token|pat)s?$/, { type: 'credential', credentialType: 'access_token' }],
  [/certificates?$/, { type: 'credential', credentialType: 'certificate' }],
  [/(?:ssh|deploy)[ _]?keys?$/, { type: 'credential', credentialType: 'ssh_key' }],
  [/(?:password|credential)s?$/, { type: 'credential', credentialType: 'password' }],
  [/(?:user|person|people|employee|human|contact)s?$/, { type: 'human' }],
  [/(?:group|role|team|policy|policies|permission[ _]?set|profile)s?$/, { type: 'role' }],
]

/** `BHSSOProvider` and `AZServicePrincipal` as words in lower case. */
function wordsOf(kind: string): string {
  return kind
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/[_\-.]+/g, ' ')
    .trim()
    .toLowerCase()
}

/** What a node is, by the first of its kinds that has a word for it. */
export function takeNode(kinds: readonly string[]): Taken {
  for (const kind of kinds) {
    const words = wordsOf(kind)
    for (const [pattern, taken] of nodeWords) {
      const word = pattern.exec(words)?.[0]
      if (word !== undefined) return { ...taken, word }
    }
  }
  return { type: 'resource' }
}

/** The kind of a resource in our style: `BHTenant` is `bh_tenant`. */
export function resourceKind(kinds: readonly string[]): string {
  return wordsOf(kinds[0] ?? 'node').replaceAll(' ', '_') || 'node'
}

/** Edges that are ways to become or belong. */
const edgeWords: [RegExp, EdgeKind][] = [
  [/^(?:is )?(?:member of|belongs to|assigned to|in group|part of|has role|az member of)$/, 'member_of'],
  [/^(?:can )?(?:assumes?(?: role)?|sign in as|authenticates? as|az runs as)$/, 'assumes'],
  [/^(?:can )?(?:impersonates?|act as|allowed to act|allowed to delegate|execute as)$/, 'impersonates'],
  [/^(?:runs as|run as|executes as|uses identity)$/, 'runs_as'],
  [/^(?:stores(?: secret)?|has secret|contains secret|keeps)$/, 'stores'],
  [/^(?:delegates to|on behalf of)$/, 'delegates_to'],
  [/^(?:owns code|builds)$/, 'owns_code'],
]

/** BloodHound's own edges and the verbs that collectors use. https://bloodhound.specterops.io/resources/edges */
const privilegeWords: [RegExp, Privilege][] = [
  [
    /^(?:generic all|owns|owner|write owner|write dacl|all extended rights|admin to|admin|full control|force change password|add member|add self|add secret|add owner|az owner|contributor owner|create token|manage users|manage roles|manage providers|grant\w*|reset password|create (?:credential|key|secret|access key)s?)(?: |$)/,
    'admin',
  ],
  [
    /^(?:get secrets?|read secrets?|read laps password|read gmsa password|dump|dc sync|get changes all|get keys|get certificates|sync laps password|list keys)(?: |$)/,
    'secret_read',
  ],
  [/^(?:read|get|list|view|can read|can view)(?: |$)/, 'read'],
  [
    /^(?:write|create|update|delete|edit|modify|add|remove|push|wipe|mutate|ingest|generic write|manage|can write|can edit|execute|invoke|set|upload)(?: |$)/,
    'write',
  ],
]

export interface TakenEdge {
  kind: EdgeKind
  privilege?: Privilege
  notEvaluable?: string
}

/** What an edge of a foreign kind is. One that no word decides is kept as a grant whose privilege is not known. */
export function takeEdge(kind: string, to: NodeType): TakenEdge {
  const words = wordsOf(kind)
  for (const [pattern, taken] of edgeWords) {
    if (!pattern.test(words)) continue
    if (taken === 'member_of' && to === 'resource') break
    if (taken === 'stores' && to !== 'credential') break
    return { kind: taken }
  }
  for (const [pattern, privilege] of privilegeWords) if (pattern.test(words)) return { kind: 'grants', privilege }
  return { kind: 'grants', notEvaluable: `what the edge ${kind.slice(0, 100)} permits is not known` }
}
