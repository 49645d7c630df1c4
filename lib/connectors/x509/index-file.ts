import { wordTable } from '../word-table'

/** A line of the index that `openssl ca` keeps. */
export interface IndexRow {
  /** `valid` also after its end, until somebody runs `openssl ca -updatedb`. */
  state: 'valid' | 'revoked' | 'expired'
  serial: string
  /** As the index writes it: `/O=Example/CN=svc-billing`. */
  subject: string
  revokedAt?: string
  /** `unspecified` where none was given. */
  reason?: string
}

export interface Index {
  /** By serial, in the order of the file. */
  rows: Map<string, IndexRow>
  /** Rows of one subject. */
  bySubject: Map<string, IndexRow[]>
  /** Lines that are none, counted from 1. */
  malformed: number[]
}

const states: Record<string, IndexRow['state']> = wordTable({ V: 'valid', R: 'revoked', E: 'expired' })

/** Text of `index.txt`: state, end, revocation, serial, file and subject, with tabs between them. */
export function parseIndex(text: string): Index {
  const index: Index = { rows: new Map(), bySubject: new Map(), malformed: [] }
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [letter = '', end = '', revocation = '', serial = '', , subject] = line.split('\t')
    const state = states[letter]
    if (state === undefined || instantOf(end) === undefined || !/^[0-9A-F]+$/.test(serial) || subject === undefined) {
      index.malformed.push(at + 1)
      continue
    }
    const [date = '', reason = 'unspecified'] = revocation.split(',')
    const revokedAt = instantOf(date)
    const row: IndexRow = {
      ...{ state, serial, subject },
      ...(state === 'revoked' ? { reason, ...(revokedAt === undefined ? {} : { revokedAt }) } : {}),
    }
    index.rows.set(serial, row)
    const same = index.bySubject.get(subject)
    if (same === undefined) index.bySubject.set(subject, [row])
    else same.push(row)
  }
  return index
}

/** `301231235959Z` or `20501231235959Z` as ISO 8601. */
function instantOf(text: string): string | undefined {
  const [, year = '', month, day, hour, minute, second] =
    /^(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  if (year === '') return undefined
  const full = year.length === 4 ? year : `${Number(year) >= 50 ? 19 : 20}${year}`
  const instant = new Date(`${full}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString()
}
