import type { MapResult, Refusal, Unresolved } from '@/lib/connectors/contract'
import type { ImportNotes } from '../schema'
import { NoteTaker } from './record-notes'
import { type RecordBlock, RecordPacker, type RecordType } from './write-records'

/** How many entries of what was left out are kept for each part; the numbers beside them stay true. */
export const keptRefusals = 500
/** How many open references are kept until it is known which of them another file defines. */
const keptUnresolved = 10_000

/** What a file says of one system and instance, with its records packed. */
export interface PackedResult {
  system: string
  instance: string
  instanceName: string
  blocks: RecordBlock[]
  refused: Refusal[]
  /** How many entries were left out, the kept ones included. */
  refusedCount: number
  unresolved: Unresolved[]
  unresolvedCount: number
  notes: ImportNotes
}

interface Part {
  at: Pick<MapResult, 'system' | 'instance' | 'instanceName'>
  packer: RecordPacker
  refused: Refusal[]
  refusedCount: number
  unresolved: Unresolved[]
  unresolvedCount: number
  /** Identities and people that were told of before. */
  repeated: number
  notes: NoteTaker
}

const recordTypes: RecordType[] = ['identity', 'human', 'role', 'resource', 'credential']

/** Gathers what the pieces of one file say, by system and instance, without keeping more than the packed records. */
export class ResultGatherer {
  readonly #parts = new Map<string, Part>()

  /**
   * `isRepeating`: the file comes in pieces, each with the rest of it. `isTable`: each row is an identity of its own, so that
   * one whose id was there in an earlier piece is left out and counted.
   */
  constructor(
    private readonly isRepeating: boolean,
    private readonly isTable = false,
  ) {}

  /**
   * `list`, `from`: which list this was a piece of, and the number of its first entry. After the first piece only what is
   * said of that list is new.
   */
  add(results: MapResult | MapResult[], list = '', from = 0): void {
    const isFirst = this.#parts.size === 0
    const prefix = list === '' ? '$[' : `$.${list}[`
    const isNew = ({ at }: { at: string }) => isFirst || list === '' || at.startsWith(prefix)
    const shifted = <T extends { at: string }>(entry: T): T => {
      if (from === 0 || !entry.at.startsWith(prefix)) return entry
      const at = entry.at.slice(prefix.length).replace(/^\d+/, (index) => String(Number(index) + from))
      return { ...entry, at: prefix + at }
    }
    for (const { records, refused, unresolved, system, instance, instanceName } of [results].flat()) {
      const part = this.#partOf({ system, instance, instanceName })
      for (const record of records) {
        const isNewId = part.packer.add(record)
        if (isNewId) part.notes.addRecord(record)
        if (!isNewId && (record.type === 'identity' || record.type === 'human')) part.repeated += 1
      }
      for (const entry of refused.filter(isNew)) {
        part.refusedCount += entry.count ?? 1
        part.notes.addRefusal(shifted(entry))
        if (part.refused.length < keptRefusals) part.refused.push(shifted(entry))
      }
      for (const entry of unresolved.filter(isNew)) {
        part.unresolvedCount += 1
        if (part.unresolved.length < keptUnresolved) part.unresolved.push(shifted(entry))
      }
    }
  }

  end(): PackedResult[] {
    return [...this.#parts.values()].map(({ at, packer, repeated, notes, ...said }) => {
      if (this.isTable && repeated > 0) {
        said.refusedCount += repeated
        const reason = `${repeated.toLocaleString('en')} rows have the same id as a row long before them`
        said.refused.push({ at: 'file', reason, count: repeated })
        notes.addRefusal({ at: 'file', reason, count: repeated })
      }
      // A later piece may define what an earlier one found missing.
      const open = this.isRepeating
        ? said.unresolved.filter(({ reference }) => !recordTypes.some((type) => packer.defines(type, reference)))
        : said.unresolved
      const unresolvedCount = said.unresolvedCount - (said.unresolved.length - open.length)
      return { ...at, ...said, unresolved: open, unresolvedCount, blocks: packer.end(), notes: notes.end() }
    })
  }

  #partOf(at: Part['at']): Part {
    const key = JSON.stringify([at.system, at.instance])
    const known = this.#parts.get(key)
    if (known) return known
    const part: Part = {
      at,
      packer: new RecordPacker(this.isRepeating),
      refused: [],
      refusedCount: 0,
      unresolved: [],
      unresolvedCount: 0,
      repeated: 0,
      notes: new NoteTaker(),
    }
    this.#parts.set(key, part)
    return part
  }
}
