import type { MapResult, Refusal, Unresolved } from '@/lib/connectors/contract'
import { IdSet } from '@/lib/platform/db/id-set'
import { AppError } from '@/lib/platform/errors'
import { prefixOf } from '@/lib/platform/files/json-paths'
import type { Spool } from '@/lib/platform/files/spool'
import type { ImportNotes } from '../schema'
import { NoteTaker } from './record-notes'
import { keysOfNode, type RecordBlock, RecordPacker, type RecordType } from './write-records'

/** How many entries of what was left out are kept for each part; the numbers beside them stay true. */
export const keptRefusals = 500
/** How many open references of each part are kept until it is known which of them another file defines. */
const keptUnresolved = 10_000
/** The same of all parts together. */
const keptUnresolvedInAll = 50_000

/** Of how many more references, of all parts together, it is kept what they name, to count those that nothing defines. */
const keptReferences = 200_000

/** Characters of records of all parts that wait to be packed. */
const openAtMost = 16 * 1024 * 1024

/** Sources (projects, accounts) of one file; each is a part of its own in the preview. */
const mostParts = 10_000

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

const toldKey = ({ reference, reason }: Unresolved) => `${reference}\n${reason}`

interface Part {
  at: Pick<MapResult, 'system' | 'instance' | 'instanceName'>
  packer: RecordPacker
  refused: Refusal[]
  refusedCount: number
  unresolved: Unresolved[]
  unresolvedCount: number
  /** What references beyond those that are kept name, each with how often. */
  further: Map<string, number>
  /** References that an earlier piece told of. */
  told: IdSet
  /** Identities and people that were told of before. */
  repeated: number
  notes: NoteTaker
}

const recordTypes: RecordType[] = ['identity', 'human', 'role', 'resource', 'credential']

/** Gathers what the pieces of one file say, by system and instance, without keeping more than the packed records. */
export class ResultGatherer {
  readonly #parts = new Map<string, Part>()
  #unresolvedKept = 0
  #referencesKept = 0

  /**
   * `isRepeating`: the file comes in pieces, each with the rest of it. `isTable`: each row is an identity of its own, so that
   * one whose id was there in an earlier piece is left out and counted.
   */
  constructor(
    private readonly isRepeating: boolean,
    private readonly isTable = false,
    private readonly spool?: Spool | undefined,
  ) {}

  /**
   * `list`, `from`: which list this was a piece of, and the number of its first entry. After the first piece only what is
   * said of that list is new.
   */
  add(results: MapResult | MapResult[], list = '', from = 0): void {
    const isFirst = this.#parts.size === 0
    const prefix = prefixOf(list)
    const whole = prefix.slice(0, -1)
    const isNew = ({ at }: { at: string }) => isFirst || list === '' || at.startsWith(prefix) || at === whole
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
      // Each piece tells of the same missing thing once more.
      const open = unresolved.filter((entry) => isNew(entry) && !part.told.has(toldKey(entry)))
      if (this.isRepeating) for (const entry of open) part.told.add(toldKey(entry))
      for (const entry of open) {
        part.unresolvedCount += 1
        this.#keep(part, shifted(entry))
      }
    }
    this.#packSome()
  }

  #keep(part: Part, entry: Unresolved): void {
    const { unresolved, further } = part
    const { reference } = entry
    if (unresolved.length < keptUnresolved && this.#unresolvedKept < keptUnresolvedInAll) {
      unresolved.push(entry)
      this.#unresolvedKept += 1
      return
    }
    const times = further.get(reference) ?? 0
    if (!this.isRepeating || (times === 0 && this.#referencesKept >= keptReferences)) return
    if (times === 0) this.#referencesKept += 1
    further.set(reference, times + 1)
  }

  /** A file of many parts must not keep a little of each open until that is much: the largest are packed first. */
  #packSome(): void {
    const packers = [...this.#parts.values()].map(({ packer }) => ({ packer, open: packer.openCharacters }))
    let open = packers.reduce((sum, each) => sum + each.open, 0)
    if (open <= openAtMost) return
    for (const each of packers.sort((a, b) => b.open - a.open)) {
      each.packer.flush()
      open -= each.open
      if (open <= openAtMost / 2) return
    }
  }

  /** Which of the open references a piece of the file defines, also in another part. */
  #definedIn(): (reference: string) => boolean {
    if (!this.isRepeating) return () => false
    const wanted = new IdSet()
    for (const { unresolved, further } of this.#parts.values())
      for (const reference of [...unresolved.map((entry) => entry.reference), ...further.keys()])
        for (const key of keysOfNode(reference, recordTypes)) wanted.addKey(key)
    const found = new IdSet()
    for (const { packer } of this.#parts.values())
      for (const key of packer.keys()) if (wanted.hasKey(key)) found.addKey(key)
    return (reference) => keysOfNode(reference, recordTypes).some((key) => found.hasKey(key))
  }

  end(): PackedResult[] {
    // A later piece may define what an earlier one found missing, also in another part.
    const isDefined = this.#definedIn()
    return [...this.#parts.values()].map(({ at, packer, repeated, further, notes, ...said }) => {
      if (this.isTable && repeated > 0) {
        said.refusedCount += repeated
        const reason = `${repeated.toLocaleString('en')} rows have the same id as a row long before them`
        said.refused.push({ at: 'file', reason, count: repeated })
        notes.addRefusal({ at: 'file', reason, count: repeated })
      }
      const open = said.unresolved.filter(({ reference }) => !isDefined(reference))
      const found = [...further].reduce((sum, [reference, times]) => sum + (isDefined(reference) ? times : 0), 0)
      const unresolvedCount = said.unresolvedCount - (said.unresolved.length - open.length) - found
      return { ...at, ...said, unresolved: open, unresolvedCount, blocks: packer.end(), notes: notes.end() }
    })
  }

  #partOf(at: Part['at']): Part {
    const key = JSON.stringify([at.system, at.instance])
    const known = this.#parts.get(key)
    if (known) return known
    if (this.#parts.size >= mostParts) {
      const limit = mostParts.toLocaleString('en')
      throw new AppError(
        'invalid_input',
        `The file speaks of more than ${limit} projects, accounts or the like. Export it in parts.`,
      )
    }
    const part: Part = {
      at,
      packer: new RecordPacker({ isRepeating: this.isRepeating, spool: this.spool }),
      refused: [],
      refusedCount: 0,
      unresolved: [],
      unresolvedCount: 0,
      further: new Map(),
      told: new IdSet(),
      repeated: 0,
      notes: new NoteTaker(),
    }
    this.#parts.set(key, part)
    return part
  }
}
