import type { LiveConnection } from '@/lib/connectors/live-connector'
import { LiveError } from '@/lib/connectors/live-error'

/** What the source itself says of what one account is granted at this moment. */
export interface GrantsWord {
  /** Names of the groups and roles that it is in. */
  groups: string[]
  /** How many rights it holds itself, each on one thing. */
  rights: number
  /** What the source says of the account; `absent` only where everything was looked through. */
  account: 'off' | 'on' | 'absent' | 'unknown'
  /** Everything was looked through: what is not there is not there. */
  isWhole: boolean
}

/** A source that takes longer is not looked through for one account: the next sync says what is left. */
const patienceMs = 20_000

/**
 * Asks the source what an account is granted, by reading it as a sync does. Nothing is changed. What everybody has is left out.
 * @throws LiveError when nothing could be read
 */
export async function readGrants(
  connection: LiveConnection,
  identityRef: string,
  signal: AbortSignal,
): Promise<GrantsWord> {
  const limit = AbortSignal.timeout(patienceMs)
  const groups = new Set<string>()
  const names = new Map<string, string>()
  let rights = 0
  let account: GrantsWord['account'] | undefined
  for await (const part of connection.discover({ signal: AbortSignal.any([signal, limit]) })) {
    if (part.kind === 'end') {
      const isEmpty = groups.size === 0 && rights === 0 && account === undefined
      if (part.problem !== undefined && isEmpty && !limit.aborted) throw part.problem
      return {
        ...{ groups: [...groups].map((ref) => names.get(ref) ?? ref).sort(), rights, isWhole: part.isComplete },
        account: account ?? (part.isComplete ? 'absent' : 'unknown'),
      }
    }
    for (const record of part.records) {
      if (record.type === 'role') names.set(record.externalId, record.name)
      if (record.type === 'identity' && record.externalId === identityRef)
        account = record.status === 'disabled' ? 'off' : record.status === 'active' ? 'on' : 'unknown'
      if (record.type !== 'entitlement' || record.from.externalId !== identityRef) continue
      if (record.basis === 'inferred' || record.isWorkedOut || record.effect === 'deny') continue
      if (record.kind === 'grants') rights += 1
      else if (['member_of', 'assumes', 'impersonates'].includes(record.kind)) groups.add(record.to.externalId)
    }
  }
  throw new LiveError('unexpected_answer', 'The source was not read to an end.')
}
