import type { LiveConnection } from '../../../connectors/live-connector'
import type { Found } from './found'

/** Opens a connection with this configuration, reads it to its end, and closes it. */
export type ReadWith = (config: Record<string, unknown>, setting?: Record<string, unknown>) => Promise<Found>

/** A real system that can be looked at and not changed. */
export interface RunningWatched {
  version: string
  config: Record<string, unknown>
  /** The same by TLS under a name, with the authority that vouches for it. */
  encrypted: { config: Record<string, unknown>; caPem: string }
  /** A configuration that is none. */
  invalid: Record<string, unknown>
  /** What discovery finds, by `keyOf`, with what must stand in each. */
  finds: Record<string, object>
  /** What proves each hand: `access_token verify`. @returns what was given, to be searched for secrets */
  also: Record<string, (connection: LiveConnection) => Promise<unknown>>
  /** What only this system has to show. @returns what was given, to be searched for secrets */
  apart: (readWith: ReadWith) => Promise<unknown>
  /** What must stand in no answer and no log. */
  secrets: string[]
  logs: () => Promise<string>
  stop: () => Promise<void>
}

export interface WatchedSystem {
  /** As the summary names it. */
  name: string
  /** The connector's id. */
  connector: string
  start: () => Promise<RunningWatched | { skipped: string }>
}
