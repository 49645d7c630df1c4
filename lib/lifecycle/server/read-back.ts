import type { CredentialRecord, IdentityRecord } from '@/lib/connectors/contract'
import type { LiveConnection } from '@/lib/connectors/live-connector'
import { LiveError } from '@/lib/connectors/live-error'

/** What the source itself says of one account at this moment. */
export interface SourceWord {
  /** Absent = the source does not list it. */
  identity?: IdentityRecord
  credentials: CredentialRecord[]
  /** Everything was looked through: what is not there is not there. */
  isWhole: boolean
}

/** A source that takes longer is not looked through for one account: the next sync says what became of it. */
const patienceMs = 20_000

/**
 * Asks the source for one account by reading it as a sync does, until it and its credentials were seen. Nothing is changed.
 * @throws LiveError when nothing could be read
 */
export async function readBack(
  connection: LiveConnection,
  identityRef: string,
  signal?: AbortSignal,
): Promise<SourceWord> {
  const limit = AbortSignal.timeout(patienceMs)
  const word: SourceWord = { credentials: [], isWhole: false }
  for await (const part of connection.discover({ signal: signal ? AbortSignal.any([signal, limit]) : limit })) {
    if (part.kind === 'end') {
      if (part.problem !== undefined && word.identity === undefined && !limit.aborted) throw part.problem
      return { ...word, isWhole: part.isComplete }
    }
    for (const record of part.records) {
      if (record.type === 'identity' && record.externalId === identityRef) word.identity = record
      if (record.type === 'credential' && record.subject?.externalId === identityRef) word.credentials.push(record)
    }
    // Connectors give an account and its credentials on one page.
    if (word.identity !== undefined && word.credentials.length > 0) return { ...word, isWhole: true }
  }
  throw new LiveError('unexpected_answer', 'The source was not read to an end.')
}

/** Whether the source says of a credential that nothing gets in with it now. */
export function isOff({ status, expiresAt }: CredentialRecord, now: number): boolean {
  return status === 'disabled' || (typeof expiresAt === 'string' && Date.parse(expiresAt) <= now)
}
