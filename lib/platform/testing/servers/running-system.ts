import type { CredentialType } from '../../../connectors/contract'
import type { LiveConnection } from '../../../connectors/live-connector'
import type { Capability, LiveSubject } from '../../../connectors/live-contract'
import type { Secret } from '../../../connectors/secret'

/** A session that an account opened, held by the test and not by the connector. */
export interface OpenSession {
  /** Whether the server still answers on it. */
  isAlive: () => Promise<boolean>
  close: () => Promise<void>
}

export type Choose = (below: number) => number

/** A real server on loopback with data of its own, and what an administrator of it does, past the connector. */
export interface RunningSystem {
  version: string
  /** A connection with the least rights that suffice for everything: those of the connector's instructions. */
  config: Record<string, unknown>
  /** One with more rights, where only such a connection can bring a former secret back. */
  strong?: Record<string, unknown>
  /** The same by TLS under a name, with the authority that vouches for it. */
  encrypted?: { config: Record<string, unknown>; caPem: string }
  /** One that may sign in, and hardly more. */
  powerless: Record<string, unknown>
  /** What makes a configuration fail, by the code of the error; absent = the usual, for a server that one signs in to. */
  attempts?: Record<string, Record<string, unknown>>
  /** Makes an account with a password, as the system's own administrator would, and lets the connection administer it. */
  createAccount: (name: string, secret: Secret) => Promise<{ identity: string }>
  openSession: (name: string, secret: Secret) => Promise<OpenSession>
  /** Something that can be granted, and whether an account of that name and secret may use it now. */
  grantable?: { on: string; scopes: string[]; mayUse: (name: string, secret: Secret) => Promise<boolean> }
  /** What proves a hand of any other subject: `access_token delete`. @returns what was given, to be searched for secrets */
  also?: Record<string, (connection: LiveConnection) => Promise<unknown>>
  /** Ends the connector's own connections from the server's side. */
  cut: () => Promise<void>
  /** Stops the server and starts it again, on its data and ports. Absent = it cannot be. */
  restart?: () => Promise<void>
  /** What the connection has to be told to govern these accounts as well; absent = nothing. */
  governing?: (names: readonly string[]) => Record<string, unknown>
  /** What is tried of what only this system has, by the titles of the steps. */
  further?: Record<string, (connection: LiveConnection) => Promise<void>>
  /**
   * What the system's own administrator changes there at random, by what it is: for reading changes. `choose` gives a number below
   * another. False = there was nothing to do it to.
   */
  edits?: Record<string, (choose: Choose) => Promise<boolean>>
  /** Makes the source forget what changed. */
  forgetChanges?: () => void
  /** How many questions it was asked. */
  asked?: () => number
  /** Makes each answer of it take so long. */
  slowDown?: (ms: number) => void
  /** Everything that the server wrote, with all that it can be made to log. */
  logs: () => Promise<string>
  stop: () => Promise<void>
}

export interface SystemUnderTest {
  /** As the summary names it: `PostgreSQL 18 (embedded)`. */
  name: string
  /** The connector's id. */
  connector: string
  /** The credential that is rotated. */
  credential: CredentialType
  /** What disabling, enabling and deleting for good is done to. */
  principal: LiveSubject
  /** The source names things by ids of its own: a new account of an old name is another one. */
  givesOwnIds?: true
  /** A secret as the system makes it, where it is no password. */
  made?: () => Secret
  /** A second secret is an identity of its own there. */
  keysAreIdentities?: true
  /** Its last secret can be neither disabled nor deleted: another is made first. */
  keepsOneSecret?: true
  /** It tells when somebody signed in last, but not who is signed in. */
  hidesSessions?: true
  /** Steps of this system alone, after those that all have in common. */
  further?: { title: string; proves: [LiveSubject, Capability][] }[]
  start: () => Promise<RunningSystem | { skipped: string }>
}
