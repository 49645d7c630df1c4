import type { LiveConnection } from '@/lib/connectors/live-connector'

/** A right of one account, as discovery tells it. */
export interface SoughtRight {
  kind: string
  identityRef: string
  toRef: string
  /** In the source's words; none = the right as a whole. */
  scopes: readonly string[]
}

export interface HeldWord {
  /** Any of it is there. */
  isThere: (right: SoughtRight) => boolean
  /** All of it is there. */
  isWhollyThere: (right: SoughtRight) => boolean
  /** Everything was looked through, and none of it is there. */
  isGone: (right: SoughtRight) => boolean
}

/**
 * What the source says of these rights now, by reading it as a sync does. What it lists only because of other rights is none of the
 * account's own. Nothing is changed. @throws LiveError when the source could not be read to an end
 */
export async function readHeldRights(
  connection: LiveConnection,
  wanted: readonly SoughtRight[],
  signal: AbortSignal,
): Promise<HeldWord> {
  const keyOf = (kind: string, from: string, to: string) => JSON.stringify([kind, from, to])
  const keys = new Set(wanted.map(({ kind, identityRef, toRef }) => keyOf(kind, identityRef, toRef)))
  const found = new Map<string, Set<string>>()
  let isWhole = false
  for await (const part of connection.discover({ signal })) {
    if (part.kind === 'end') {
      if (part.problem !== undefined) throw part.problem
      isWhole = part.isComplete
      continue
    }
    for (const record of part.records) {
      if (record.type !== 'entitlement' || record.effect !== 'allow' || record.isWorkedOut) continue
      const key = keyOf(record.kind, record.from.externalId, record.to.externalId)
      if (keys.has(key)) found.set(key, new Set([...(found.get(key) ?? []), ...record.scopes]))
    }
  }
  const heldOf = ({ kind, identityRef, toRef }: SoughtRight) => found.get(keyOf(kind, identityRef, toRef))
  const isThere = (right: SoughtRight) => {
    const held = heldOf(right)
    return held !== undefined && (right.scopes.length === 0 || right.scopes.some((scope) => held.has(scope)))
  }
  return {
    isThere,
    isWhollyThere: (right) => isThere(right) && right.scopes.every((scope) => heldOf(right)?.has(scope) === true),
    isGone: (right) => isWhole && !isThere(right),
  }
}
