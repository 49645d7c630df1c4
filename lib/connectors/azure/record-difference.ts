import type { NormalisedRecord } from '../contract'
import type { Gone } from '../live-contract'

/**
 * What of one state differs in another: for connectors that keep what a source answered. An identity that differs, or one of whose
 * credentials does, is told with all of them, and edges that are the same but for their scopes are told together, as they count as one.
 */
export function recordDifference(
  before: readonly NormalisedRecord[],
  now: readonly NormalisedRecord[],
): { changed: NormalisedRecord[]; gone: Gone[]; told: string[] } {
  const [old, fresh] = [grouped(before), grouped(now)]
  const changed: NormalisedRecord[] = []
  const told = new Set<string>()
  const touch = (records: readonly NormalisedRecord[]) => {
    for (const record of records) {
      if (record.type === 'identity') told.add(record.externalId)
      if (record.type === 'credential' && record.subject?.type === 'identity') told.add(record.subject.externalId)
    }
  }
  for (const [key, records] of fresh) {
    if (textOf(records) === textOf(old.get(key) ?? [])) continue
    changed.push(...records)
    touch(records)
  }
  const gone: Gone[] = []
  for (const [key, records] of old) {
    if (fresh.has(key)) continue
    gone.push(...records.slice(0, 1))
    touch(records)
  }
  const isToldWhole = (record: NormalisedRecord) =>
    record.type === 'identity'
      ? told.has(record.externalId)
      : record.type === 'credential' && record.subject?.type === 'identity' && told.has(record.subject.externalId)
  const already = new Set(changed)
  for (const record of now) if (isToldWhole(record) && !already.has(record)) changed.push(record)
  return { changed, gone, told: [...told] }
}

/** Records that count as one, in the order in which they came. */
function grouped(records: readonly NormalisedRecord[]): Map<string, NormalisedRecord[]> {
  const groups = new Map<string, NormalisedRecord[]>()
  for (const record of records) {
    const key = keyOf(record)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [record])
    else group.push(record)
  }
  return groups
}

function keyOf(record: NormalisedRecord): string {
  if (record.type !== 'entitlement') return `${record.type} ${record.externalId}`
  const { kind, from, to, effect, condition = null, notEvaluable = null, basis } = record
  const ends = [from.type, from.externalId, to.type, to.externalId]
  return JSON.stringify([kind, ...ends, effect, condition, notEvaluable, basis])
}

/** The same for the same facts, in whatever order a source wrote them. */
const textOf = (records: readonly NormalisedRecord[]) =>
  JSON.stringify(records, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
