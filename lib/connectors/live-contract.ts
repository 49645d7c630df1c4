import type { z } from 'zod'
import type { CredentialType, EdgeRecord, NormalisedRecord, Refusal, Unresolved } from './contract'
import type { LiveError } from './live-error'
import type { OutboundPolicy } from './outbound'
import type { Secret } from './secret'

/**
 * What a connector to a running system speaks. It discovers the same records as the files of that system, and has hands: what
 * it can do there, declared for identities and for each type of credential by being there. `live-connector.ts` puts the guards
 * around it that hold for all systems; nothing else calls what is written here.
 */

export const capabilities = [
  'issue',
  'verify',
  'disable',
  'enable',
  'delete',
  'restore',
  'endSessions',
  'grant',
  'ungrant',
  'attempt',
  'whoUses',
] as const
export type Capability = (typeof capabilities)[number]

/** What hands act upon: the identity as a whole, or one type of its credentials. */
export type LiveSubject = 'identity' | CredentialType

/** Ids as discovery gives them. */
export interface Target {
  identity: string
  /** Absent = the identity as a whole. */
  credential?: string
}

/** What this connection may do with one identity, found out from its own rights, not by trying. */
export interface IdentityRights {
  identity: string
  rotate: boolean | 'unknown'
  revoke: boolean | 'unknown'
  /** Why not, as a sentence. */
  why?: string
}

export interface RightsReport {
  /** Whom the connection signs in as, in the source's words. */
  account: string
  product: string
  /** One thing that it may do or not, with what is missing. */
  statements: { what: string; allowed: boolean | 'unknown'; missing?: string }[]
}

/** A part of the source that was not read, so that nothing in it may be taken for gone. */
export interface Skipped {
  scope: string
  reason: string
  /**
   * The ids of all resources in it begin with one of these: the rest may be taken for gone. Absent = anything may lie in it, and
   * nothing may be.
   */
  within?: string[]
}

export interface DiscoveryPage {
  records: NormalisedRecord[]
  rights: IdentityRights[]
  refused: Refusal[]
  unresolved: Unresolved[]
  skipped: Skipped[]
  /** Where the next page begins; `null` = this was the last. */
  next: string | null
}

/** Pages, and then exactly one end, also when the source fails half way: what was read stands, and that it is a part is said. */
export type DiscoveryPart =
  | ({ kind: 'page' } & DiscoveryPage)
  | {
      kind: 'end'
      /** Only then may what was not seen be taken for gone, but for what lies within a skipped part. */
      isComplete: boolean
      skipped: Skipped[]
      /** Where to go on; `null` = nothing is left. */
      resumeAt: string | null
      problem?: LiveError
    }

/** What the source says is there no longer; of an edge, the edge as it was told. */
export type Gone = EdgeRecord | { type: Exclude<NormalisedRecord['type'], 'entitlement'>; externalId: string }

/** A page of what changed since a mark. Its records are whole: each replaces what was known of it. Nothing else is touched. */
export interface ChangesPage extends DiscoveryPage {
  gone?: Gone[]
  /** Identities of which the page tells every credential: others that they had are gone. */
  told?: string[]
  /** Ids of identities that are there, of a list of all of them. */
  present?: string[]
  /** On the last page, and on no other. */
  end?: ChangesEnd
}

export interface ChangesEnd {
  /** Where to go on the next time. */
  mark: string
  /** Types of which every record was told in these pages: what was not is gone. */
  whole: readonly NormalisedRecord['type'][]
  /** The pages together list all identities as present: others are gone, with their credentials. */
  listsIdentities: boolean
}

/** How a source tells what has changed, where its makers say that it may be asked so. */
export interface ChangesReading<Session> {
  /** As a sentence. */
  how: string
  /** What only a reading of everything finds; `null` = nothing. */
  unseen: string | null
  /** Where the system's makers say so. */
  source: string
  /** Where the source is now, before a reading of everything begins; `cannot` = why this one cannot be asked for changes. */
  begin: (session: Session, call: Call) => Promise<string | { cannot: string }>
  /** The mark once everything was read, where it takes something of what was read. */
  finish?: (session: Session, begun: string, call: Call) => Promise<string | { cannot: string }>
  /** The page of changes that begins at the cursor. @throws LiveError `mark_refused` where everything has to be read anew */
  readPage: (session: Session, from: { mark: string; cursor: string | null }, call: Call) => Promise<ChangesPage>
}

/** Why everything is read each time. */
export interface ReadWhole {
  why: string
  source?: string
}

export type ChangesPart = ({ kind: 'page' } & ChangesPage) | Extract<DiscoveryPart, { kind: 'end' }>

export interface DiscoveryOptions {
  cursor?: string | null
  /** Entries in a page, at most; connectors have their own default. */
  pageSize?: number
  signal?: AbortSignal
}

/** An order to a hand. `former` is what an earlier act of the same kind gave back. */
export interface Order {
  target: Target
  former?: Secret
  /**
   * Stores what will take the act back, and is called before it is done: whoever is killed after the act could hand nothing over.
   * What is stored already stays, as it is what was before.
   */
  keep?: (former: Secret) => Promise<void>
}
export interface IssueOrder extends Order {
  /** Made by `propose` and stored encrypted before this call; absent where the source makes it. */
  secret?: Secret
  expiresAt?: string | null
}
export interface VerifyOrder extends Order {
  secret: Secret
}
export interface GrantOrder extends Order {
  /** External id of a role or resource. */
  on: string
  /** In the source's words; none for membership in a role. */
  scopes: string[]
}

/** Tries a right as the account itself, by what it signs in with. Changes nothing. */
export interface AttemptOrder extends GrantOrder {
  secret: Secret
}

export interface Issued {
  /** External id of the credential that the secret belongs to, as discovery will give it. */
  credential: string
  /** The secret, also when the caller gave it. */
  secret: Secret
  /** True = the former secret is dead for new logins from now on. */
  replacesFormer: boolean
  /** What `restore` needs to bring back the former secret; to be kept encrypted. Absent = there is no way back. */
  former?: Secret
}

export interface Verdict {
  answer: 'accepted' | 'refused' | 'unknown'
  /** What the source said, as a sentence. */
  reason: string
}

export interface Effect {
  /** `already`: it was so before, or the target is gone. */
  did: 'done' | 'already'
  /** To be handed to the act that takes it back; kept encrypted. */
  former?: Secret
  evidence: string
}

export interface LiveUse {
  sessions: { id: string; from?: string; program?: string; since?: string }[]
  /** Newest sign of use; `undefined` = the source does not say. */
  lastUsedAt?: string | null
  /** What this list cannot see. */
  blindSpots?: string
}

/** The acts, each with what it is given and gives. */
export interface Acts {
  issue: [IssueOrder, Issued]
  verify: [VerifyOrder, Verdict]
  disable: [Order, Effect]
  enable: [Order, Effect]
  delete: [Order, Effect]
  restore: [Order & { former: Secret }, Effect]
  /** `unknown`: the source ends them without saying how many there were. */
  endSessions: [Order, Effect & { ended: number | 'unknown' }]
  grant: [GrantOrder, Effect]
  ungrant: [GrantOrder, Effect]
  attempt: [AttemptOrder, Verdict]
  whoUses: [Order, LiveUse]
}

/** What comes with every call. Long work looks at the signal; each request to the source waits for `pace` first. */
export interface Call {
  signal: AbortSignal
  pace: () => Promise<void>
}

export type Hands<Session> = {
  [Act in Capability]?: (session: Session, order: Acts[Act][0], call: Call) => Promise<Acts[Act][1]>
}

/** What revoking really does at this system: said before anybody clicks, and held against the real system by the tests. */
export interface SemanticsCard {
  disable: string
  delete: string
  /** What becomes of sessions and tokens that were opened before. */
  openSessions: { goOn: boolean; says: string }
  /** Seconds that something issued earlier may go on working after disable and `endSessions`; `null` = without end. */
  residualSeconds: number | null
  /** Seconds after which a new login with the old secret must be refused. */
  refusedWithinSeconds: number
  /** Whether enabling makes secrets and tokens from before valid again. */
  enablingRevives: { does: boolean; says: string }
  /** Whether an old and a new secret can work side by side. */
  twoSecrets: { can: boolean; says: string }
  undo: string
  /** Where the system's makers say so. */
  source: string
}

/** Something to run or paste at the source, giving the connection the least that it needs. */
export interface Instruction {
  /** What one can do with it: `Discover only`. */
  title: string
  language: 'sql' | 'redis' | 'shell' | 'ldif' | 'text'
  text: string
}

/** What the installation gives to every connection. */
export interface LiveSetting {
  outbound: OutboundPolicy
  /** What the user calls the source; with the system it joins a file's records with these. */
  instance: string
  fingerprint: (secret: string) => string
  /** Whether a connection may start programs on this machine: absent = no. */
  mayStartPrograms?: boolean
  /** Folders of this machine in which connections may read, and give orders: absent = none. */
  folders?: readonly string[]
  /**
   * Stores what the source made of a secret of the configuration, before anything else is done. `revise` is given what is stored
   * now. Absent = nobody keeps it, and a hand that would lose it refuses.
   */
  keep?: (field: string, revise: (stored: string) => string) => Promise<void>
}

/** What rehearsals of a cut need beside the hands; absent where a system gives no more than those. */
export interface Rehearsal<Session> {
  /** The id that discovery gives an account of this name. */
  canaryId: (name: string) => string
  /**
   * Makes an account of its own on the way of another one: it belongs to the same groups, as far as the connection may grant
   * them. Asked again by the same name it comes to the same. It ends by itself should nobody take it away.
   */
  makeCanary: (session: Session, order: CanaryOrder, call: Call) => Promise<CanaryMade>
  /** Signs in as a service does and stays, to see when that ends. */
  openSession: (session: Session, order: VerifyOrder, call: Call) => Promise<HeldSession>
}

export interface CanaryOrder {
  /** Ids as discovery gives them. */
  like: string
  name: string
  secret: Secret
}

export interface CanaryMade {
  /** The groups that it was put into, and those that the connection may not grant. */
  joined: string[]
  missing: string[]
}

/** A session that a rehearsal holds open. */
export interface HeldSession {
  /** Asks over the session itself whether the source still answers on it. Never throws. */
  look: () => Promise<Verdict>
  close: () => Promise<void>
}

/** A place of a system that keeps secrets for programs: one field of one entry. Ids as people there write them. */
export interface DepositPlace {
  /** A mount of Vault, a namespace of Kubernetes. */
  folder: string
  /** A path, the name of a Secret. */
  name: string
  field: string
}

/** How a system takes a secret that programs read from it. What else the entry holds stays. */
export interface Deposits<Session> {
  /** What the parts of a place are called there. */
  words: DepositPlace
  /** Changes nothing. @throws LiveError when `put` could not write there */
  look: (session: Session, place: DepositPlace, call: Call) => Promise<void>
  /** Writes it, and reads it back. May be done again. Answers what was found, as a sentence. */
  put: (session: Session, order: { place: DepositPlace; secret: Secret }, call: Call) => Promise<string>
  /** What an entry holds, by field; `undefined` = there is no such entry. Changes nothing. */
  read: (session: Session, entry: DepositEntry, call: Call) => Promise<ReadonlyMap<string, Secret> | undefined>
  /** Which entry a resource is, by the id that discovery gives it; absent where discovery tells of none. */
  entryOf?: (resource: string) => DepositEntry | undefined
}

/** A place without its field. */
export type DepositEntry = Pick<DepositPlace, 'folder' | 'name'>

/** The same of an open connection. */
export interface BoundDeposits {
  look: (place: DepositPlace, signal?: AbortSignal) => Promise<void>
  put: (order: { place: DepositPlace; secret: Secret }, signal?: AbortSignal) => Promise<string>
  read: (entry: DepositEntry, signal?: AbortSignal) => Promise<ReadonlyMap<string, Secret> | undefined>
}

/** Binds them to an open connection's guard. */
export function boundDeposits<Session>(
  deposits: Deposits<Session> | undefined,
  guard: {
    run: <Result>(
      signal: AbortSignal | undefined,
      work: (session: Session, call: Call) => Promise<Result>,
      secrets: readonly Secret[],
    ) => Promise<Result>
  },
): { deposits?: BoundDeposits } {
  if (deposits === undefined) return {}
  const { look, put, read } = deposits
  return {
    deposits: {
      look: (place, signal) => guard.run(signal, (session, call) => look(session, place, call), []),
      put: (order, signal) => guard.run(signal, (session, call) => put(session, order, call), [order.secret]),
      read: (entry, signal) => guard.run(signal, (session, call) => read(session, entry, call), []),
    },
  }
}

/** How a system is written down. `Session` is its client, open and signed in. */
export interface LiveDefinition<Config, Session> {
  /** Id and folder name; the `system` of its records. */
  id: string
  title: string
  /** What the conformance run holds it against: a real server, or recorded answers. */
  evidence: 'real' | 'recorded'
  /** Secret fields are made by `secretField`, the others must not be secret. */
  config: z.ZodType<Config>
  instructions: Instruction[]
  /** Requests a second to one source, at most. */
  requestsPerSecond: number
  hands: { [Subject in LiveSubject]?: Hands<Session> }
  /** A card for every subject with hands. */
  semantics: { [Subject in LiveSubject]?: SemanticsCard }
  /** Absent where programs read no secrets from it. */
  deposits?: Deposits<Session>
  /** A new secret as this system likes it; absent where the source makes its own. */
  propose?: (subject: LiveSubject) => Secret
  rehearsal?: Rehearsal<Session>
  open: (config: Config, setting: LiveSetting, call: Call) => Promise<Session>
  close: (session: Session) => Promise<void>
  /** Ids of every identity and credential that the connection itself lives on. */
  self: (session: Session) => readonly string[]
  describeRights: (session: Session, call: Call) => Promise<RightsReport>
  /** The page that begins at the cursor (`null` = the first). Depends on nothing but the cursor, so that it can be asked again. */
  readPage: (session: Session, from: { cursor: string | null; pageSize?: number }, call: Call) => Promise<DiscoveryPage>
  /** How changes alone are read, or why everything is read each time. */
  changes: ChangesReading<Session> | ReadWhole
  /** What a driver threw, in our words; `undefined` = not an error of the source. */
  explain: (error: unknown) => LiveError | undefined
}
