/**
 * What every connector speaks. A connector turns one system's own format into the records below and knows
 * nothing of the database, of tenants or of the web. Ids are the source's stable ids (ARN, uid, object id),
 * never names where the source has something better, so that two exports of one account join.
 */

export const identityKinds = [
  'service_account',
  'workload',
  'api_client',
  'oauth_app',
  'bot',
  'iam_role',
  'certificate_principal',
  'ai_agent',
] as const
export type IdentityKind = (typeof identityKinds)[number]

export const credentialTypes = [
  'password',
  'api_key',
  'access_token',
  'refresh_token',
  'client_secret',
  'certificate',
  'ssh_key',
  'signing_key',
] as const
export type CredentialType = (typeof credentialTypes)[number]

/** Ordered: each level includes the damage of the one before it. */
export const privileges = ['read', 'write', 'secret_read', 'admin'] as const
export type Privilege = (typeof privileges)[number]

export const sensitivities = ['public', 'internal', 'confidential', 'restricted'] as const
export type Sensitivity = (typeof sensitivities)[number]

export const nodeTypes = ['identity', 'human', 'role', 'resource', 'credential'] as const
export type NodeType = (typeof nodeTypes)[number]

/** The edge kinds of the access graph. `grants` carries a privilege; the others are ways to become or belong. */
export const edgeKinds = [
  'grants',
  'member_of',
  'assumes',
  'impersonates',
  'runs_as',
  'stores',
  'delegates_to',
  'owns_code',
] as const
export type EdgeKind = (typeof edgeKinds)[number]

/** How an edge is known: granted by policy, seen in use, stated by a manifest, or worked out. */
export const edgeBases = ['entitlement', 'observed', 'declared', 'inferred'] as const
export type EdgeBasis = (typeof edgeBases)[number]

/** Points at a record by its type and its source's id. `global` ids (ARNs, URLs) may resolve in another source of the organization. */
export interface NodeRef {
  type: NodeType
  externalId: string
  global?: boolean
}

/**
 * Another id by which sources name the same thing: the client id of a managed identity, the unique id of a service account.
 * Only an id that the source itself issues for this one thing, never a name that something else may carry too.
 */
export interface Alias {
  id: string
  /** Unique everywhere, so that other sources may name the thing by it; else only its own source does. */
  global?: boolean
}

/** A clue to an owner found at the source; always a suggestion until a person confirms it. */
export interface OwnerHint {
  /** The e-mail address, team or name as the source writes it. */
  value: string
  /** Where it was found, in the source's words: `tag:owner`, `annotation:team`, `name`. */
  from: string
}

/** ISO 8601 instants in UTC. `null` = the source says there is none; `undefined` = the source does not say (unknown). */
export type Instant = string | null | undefined

export interface IdentityRecord {
  type: 'identity'
  externalId: string
  aliases?: Alias[]
  kind: IdentityKind
  name: string
  description?: string
  /** `production`, `staging`, `development`, `test` or as the source names it, lower case; absent = unknown. */
  environment?: string
  status: 'active' | 'disabled' | 'unknown'
  createdAt?: Instant
  /** `null` = the source states that it was never used. */
  lastUsedAt?: Instant
  tags?: Record<string, string>
  /** Facts worth showing that have no column of their own. Never a secret. */
  attributes?: Record<string, string | number | boolean | string[]>
  ownerHints?: OwnerHint[]
}

export interface HumanRecord {
  type: 'human'
  externalId: string
  aliases?: Alias[]
  name: string
  email?: string
  /** Why this principal is taken for a person, as a sentence part: "has a console password". */
  reason: string
}

export interface CredentialRecord {
  type: 'credential'
  externalId: string
  /** The identity or human it authenticates; absent when the source does not say. */
  subject?: NodeRef
  credentialType: CredentialType
  name: string
  status: 'active' | 'disabled' | 'unknown'
  /** Keyed fingerprint of the secret, made by `MapContext.fingerprint`; the secret itself is never kept. */
  fingerprint?: string
  lastFour?: string
  createdAt?: Instant
  /** `null` = never expires. */
  expiresAt?: Instant
  lastUsedAt?: Instant
  rotatedAt?: Instant
  attributes?: Record<string, string | number | boolean | string[]>
}

export interface RoleRecord {
  type: 'role'
  externalId: string
  aliases?: Alias[]
  /** The source's own word: `iam_role`, `managed_policy`, `inline_policy`, `group`, `cluster_role`, `role`. */
  kind: string
  name: string
  description?: string
  attributes?: Record<string, string | number | boolean | string[]>
  /** The source has no such thing: it stands for what follows from other records, and is left out of their numbers. */
  isWorkedOut?: true
}

export interface ResourceRecord {
  type: 'resource'
  externalId: string
  aliases?: Alias[]
  /** `system`, `account`, `bucket`, `database`, `secret_store`, `namespace`, `cluster`, `queue`, `repository`, `tool_server`, … */
  kind: string
  name: string
  environment?: string
  sensitivity?: Sensitivity
  attributes?: Record<string, string | number | boolean | string[]>
}

export interface EdgeRecord {
  type: 'entitlement'
  kind: EdgeKind
  from: NodeRef
  to: NodeRef
  effect: 'allow' | 'deny'
  /** The permissions as the source names them, at most 200 kept; `scopeCount` tells the true number. */
  scopes: string[]
  scopeCount: number
  /** The highest privilege that the scopes amount to; only on `grants` edges. */
  privilege?: Privilege
  /** The source's condition, as text or canonical JSON; shown, not evaluated. */
  condition?: string
  /** What could not be evaluated and why (`NotAction`, a boundary that is not in the file). */
  notEvaluable?: string
  expiresAt?: Instant
  lastUsedAt?: Instant
  basis: EdgeBasis
  /** As on a role. */
  isWorkedOut?: true
}

/** Whether a scanner tried the secret, and what came of it. */
export const validities = ['valid', 'invalid', 'unknown'] as const
export type Validity = (typeof validities)[number]

/**
 * A place where a credential was seen or is expected: a secret declared by a tool server, a hit of a scanner. It joins the
 * catalogue's credential of the same fingerprint, if there is one.
 */
export interface SightingRecord {
  type: 'sighting'
  externalId: string
  /** The credential or identity that it concerns, when known. */
  about?: NodeRef
  name: string
  /** Where, as a person would look it up: `config/prod.env:12`, `Deployment api, container web, $TOKEN`. */
  place: string
  fingerprint?: string
  lastFour?: string
  credentialType?: CredentialType
  /** Only what a scanner found out by trying; absent = the source does not say. */
  validity?: Validity
  firstSeenAt?: Instant
  /** Repository, commit, rule, author's team and the like. Never a secret, never a line of the file. */
  attributes?: Record<string, string | number | boolean | string[]>
}

export type NormalisedRecord =
  | IdentityRecord
  | HumanRecord
  | CredentialRecord
  | RoleRecord
  | ResourceRecord
  | EdgeRecord
  | SightingRecord

/** Something in the file that was left out, with the place: a line (`line 12`) or a path (`$.UserDetailList[3].Arn`). */
export interface Refusal {
  at: string
  reason: string
  /** How many entries this one stands for; absent = 1. */
  count?: number
}

/** A reference to something that neither this file nor the rest of it defines, found by the map itself. */
export interface Unresolved {
  at: string
  reference: string
  reason: string
}

/** A file after bounded reading: text already decoded, size and depth already checked. */
export type ParsedFile =
  | { kind: 'json'; name: string; value: unknown }
  | { kind: 'yaml'; name: string; documents: { line: number; value: unknown }[] }
  | {
      kind: 'csv'
      name: string
      header: string[]
      rows: { line: number; cells: Record<string, string> }[]
      malformed: Refusal[]
    }
  | { kind: 'text'; name: string; text: string }

export interface MapContext {
  /** Keyed, one-way: the same secret always gives the same fingerprint in this installation. */
  fingerprint: (secret: string) => string
  /** What the user calls the source when the file does not say (a cluster's name); already trimmed. */
  instance?: string
  /** Column mapping chosen by the user; only the CSV connector reads it. */
  columns?: Record<string, string>
  /** The file is a piece of a large one: that it holds nothing says nothing. */
  isPiece?: boolean
  /** What the connector's own `survey` learned of the whole file. */
  survey?: unknown
}

/** Goes through all pieces of a large file before any is mapped, as often as `rounds` says. */
export interface FileSurvey {
  rounds: number
  /** What is known after this piece, given what was known before it (`undefined` at first). Keep ids and names, not entries. */
  take: (file: ParsedFile, before: unknown, round: number) => unknown
}

export interface MapResult {
  /** The system that the ids belong to: `aws`, `kubernetes`, `mcp`, or the CSV's chosen name. */
  system: string
  /** Which one of them: the account id, the cluster's name. */
  instance: string
  instanceName: string
  records: NormalisedRecord[]
  refused: Refusal[]
  unresolved: Unresolved[]
}

/** How a user makes a file of the format. */
export interface Production {
  /** Where it comes from, as a sentence part: `AWS CLI, signed in to the account`. */
  from: string
  /** The exact command, or the clicks; one line each. */
  steps: string[]
  /** The least privilege that suffices, in the source's own words: `iam:GetAccountAuthorizationDetails`. */
  rights: string
}

export interface FileConnector {
  /** The format's id as printed and stored: `aws-authorization-details`. Same as its folder's name. */
  id: string
  title: string
  /** What a file of this format looks like, for the message that refuses another kind. */
  expects: string
  /** What comes of it, as a list in the catalogue's words: `Users, roles, policies, access keys' owners`. */
  yields: string
  /** How to make such a file, the best way first; several where tools differ. */
  production: Production[]
  /**
   * `source`: one file is the whole truth about its instance (an account export), so what it no longer holds is gone.
   * `file`: one file is a part (a manifest), so only what the file of this name formerly held can be gone.
   */
  coverage: 'source' | 'file'
  /** True when the file is of this format, however damaged its entries are. Cheap: looks at the shape, maps nothing. */
  accepts: (file: ParsedFile) => boolean
  /** Of a long file `accepts` gets a sample. Only where entries are told by others far off, and looking at all is quick: all of it. */
  acceptsByWhole?: true
  /** Only where the user says which column stands for what: the targets, and a proposal for a header. */
  columns?: { targets: readonly string[]; guess: (header: string[]) => Record<string, string> }
  /**
   * Pure: no clock, no I/O. Throws only on a programming error; bad entries become refusals. Several results when the file
   * speaks of several systems (a Terraform state), each of a system and instance of its own; what was refused stands in one.
   */
  map: (file: ParsedFile, context: MapContext) => MapResult | MapResult[]
  /**
   * Only where a file may be too large to hold: its lists whose entries can be understood one without the other, given all
   * the rest of the file and what `survey` learned. `''` is the file itself (rows of a CSV, JSON Lines, a JSON array), `data.items`
   * a list below, `runs[].results` one in each entry of another. `map` is then called once for each piece of each list, with
   * that piece in its place, every other of these lists empty and the rest of the file as it is; what was told before is dropped.
   */
  pieces?: readonly string[]
  /** About so many bytes to a piece (2 MB), less where an entry makes many records. */
  pieceBytes?: number
  /** Only with `pieces`, and only where entries point to one another. */
  survey?: FileSurvey
  /**
   * Only where one truth is spread over many files: those of one instance that came together, in their order, each with
   * what it can say now that the others are known. Pure, like `map`.
   */
  join?: (results: readonly MapResult[]) => MapResult[]
  /**
   * Only with `join`, where formats explain one another, also from one instance to another (an organization and its accounts):
   * all of this name come to the same `join` together.
   */
  joinGroup?: string
}
