import type { NormalisedRecord, Refusal } from '@/lib/connectors/contract'
import { noNotes, reasonKey } from '../rules'
import type { ImportNote, ImportNotes } from '../schema'

const mostNotes = 20
const mostSamples = 5

/** Counts entries by their reason, with the first few of each. */
class Tally {
  readonly #notes = new Map<string, ImportNote>()
  #others = 0

  add(reason: string, sample: string, count = 1): void {
    const key = reasonKey(reason)
    const known = this.#notes.get(key)
    if (!known && this.#notes.size >= mostNotes) {
      this.#others += count
      return
    }
    const note = known ?? { reason, count: 0, samples: [] }
    if (note.reason !== reason) note.reason = key
    note.count += count
    if (note.samples.length < mostSamples) note.samples.push(sample.slice(0, 200))
    if (!known) this.#notes.set(key, note)
  }

  end(): ImportNote[] {
    const notes = [...this.#notes.values()].sort((a, b) => b.count - a.count)
    return this.#others > 0 ? [...notes, { reason: 'other reasons', count: this.#others, samples: [] }] : notes
  }
}

/** Notes, while the records of a file go by, what a preview tells beside their numbers. */
export class NoteTaker {
  readonly #tallies = {
    people: new Tally(),
    unknownPrivileges: new Tally(),
    notEvaluable: new Tally(),
    refused: new Tally(),
  }

  addRecord(record: NormalisedRecord): void {
    if (record.type === 'human') this.#tallies.people.add(record.reason, record.name)
    if (record.type !== 'entitlement' || record.kind !== 'grants') return
    if (record.notEvaluable !== undefined) this.#tallies.notEvaluable.add(record.notEvaluable, record.from.externalId)
    else if (record.privilege === undefined)
      this.#tallies.unknownPrivileges.add('what it permits is not known', record.scopes.slice(0, 3).join(', '))
  }

  addRefusal({ at, reason, count }: Refusal): void {
    this.#tallies.refused.add(reason, at, count)
  }

  end(): ImportNotes {
    const { people, unknownPrivileges, notEvaluable, refused } = this.#tallies
    return {
      people: people.end(),
      unknownPrivileges: unknownPrivileges.end(),
      notEvaluable: notEvaluable.end(),
      refused: refused.end(),
    }
  }
}

/** The notes of several results of one file together. */
export function mergeNotes(all: readonly ImportNotes[]): ImportNotes {
  const keys = Object.keys(noNotes) as (keyof ImportNotes)[]
  return Object.fromEntries(keys.map((key) => [key, all.flatMap((notes) => notes[key])])) as unknown as ImportNotes
}
