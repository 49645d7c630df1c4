import type { LiveConnection } from '@/lib/connectors/live-connector'
import type { LiveSubject, LiveUse } from '@/lib/connectors/live-contract'
import { readBack } from './read-back'

/** One of two secrets that work at the same time. */
export interface Side {
  identityRef: string
  credentialRef: string | null
  secretSubject: LiveSubject
  /** It has an account of its own, so that whoever is signed in to the account is signed in with it. */
  isTwin: boolean
}

export interface Use {
  /** null = the source does not say who is signed in with this secret. */
  sessions: LiveUse['sessions'] | null
  /** `undefined` = the source does not say when it was last used, `null` = never. */
  lastUsedAt: string | null | undefined
  blindSpots: string | null
}

/**
 * Who uses one of two secrets, as far as the source can tell one from the other: by the secret itself, or by the account where each
 * has its own. Otherwise only when it was last used, where a reading of the source says so. Changes nothing. @throws LiveError
 */
export async function readUse(connection: LiveConnection, side: Side, signal: AbortSignal): Promise<Use> {
  const { identityRef, credentialRef, secretSubject, isTwin } = side
  // Of a whole account it would not be known which of its secrets is in use.
  const ask = isTwin
    ? connection.hands.identity?.whoUses
    : secretSubject === 'identity'
      ? undefined
      : connection.hands[secretSubject]?.whoUses
  if (ask !== undefined) {
    const target = { identity: identityRef, ...(isTwin || credentialRef === null ? {} : { credential: credentialRef }) }
    const { sessions, lastUsedAt, blindSpots = null } = await ask({ target }, signal)
    return { sessions, lastUsedAt, blindSpots }
  }
  const word = await readBack(connection, identityRef, signal)
  const own = word.credentials.find(({ externalId }) => externalId === credentialRef)
  return { sessions: null, lastUsedAt: own?.lastUsedAt, blindSpots: null }
}
