import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { parseAllDocuments, stringify } from 'yaml'

/** Where a format holds secrets, beside the members of a telling name that are put into every object of every fixture. */
export interface SecretPlaces {
  /** Members whose texts are secrets, or lines of a file with one in it. */
  secrets?: RegExp
  /** Members whose texts are secrets in base64. */
  encoded?: RegExp
  /** Members that are addresses, which may have a password or a key in them. */
  addresses?: RegExp
  /** A file of one's own, where no fixture has the place: the text with `CANARY` (`CANARY64` in base64) where secrets stand. */
  own?: { name: string; text: string }
}

const tellingNames = ['password', 'client_secret', 'api_key', 'access_token', 'privateKey', 'secretAccessKey']

/** What stands for a format's secrets: the beginning is the same, so that one search finds all, the end tells them apart. */
export class Canary {
  readonly beginning = `cnry${randomBytes(8).toString('hex')}`
  private count = 0

  next(): string {
    this.count += 1
    return `${this.beginning}${String(this.count).padStart(4, '0')}`
  }

  get planted(): number {
    return this.count
  }

  /** Its forms: as it is (URL encoding changes nothing), in base64 wherever it begins in the text, in hex. */
  forms(): string[] {
    const inBase64 = [0, 1, 2].map((before) => {
      const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(this.beginning)])
      // The first and last characters depend on what stands beside it.
      return bytes
        .toString('base64')
        .replace(/=+$/, '')
        .slice(before === 0 ? 0 : before + 1, -1)
    })
    const inHex = Buffer.from(this.beginning).toString('hex')
    return [this.beginning, ...inBase64, inHex, inHex.toUpperCase(), [...this.beginning].reverse().join('')]
  }
}

function plant(value: unknown, row: SecretPlaces, canary: Canary): unknown {
  if (Array.isArray(value)) return value.map((entry) => plant(entry, row, canary))
  if (typeof value !== 'object' || value === null) return value
  const planted = Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, plantMember(key, entry, row, canary)]),
  )
  // What is keyed by names of things is no place for members; the same name must not come twice.
  const names = Object.keys(value).length === 0 ? [] : tellingNames
  for (const name of names) if (!Object.hasOwn(planted, name)) planted[name] = canary.next()
  return planted
}

function plantMember(key: string, value: unknown, row: SecretPlaces, canary: Canary): unknown {
  const isText = typeof value === 'string' || value === null
  if (row.secrets?.test(key)) {
    if (isText) return canary.next()
    if (Array.isArray(value))
      return value.map((entry) => (typeof entry === 'string' ? canary.next() : plant(entry, row, canary)))
  }
  if (row.encoded?.test(key)) {
    const encoded = () => Buffer.from(canary.next()).toString('base64')
    if (isText) return encoded()
    if (Array.isArray(value))
      return value.map((entry) => (typeof entry === 'string' ? encoded() : plant(entry, row, canary)))
  }
  if (row.addresses?.test(key) && isText) return `https://svc:${canary.next()}@example.org/x?api_key=${canary.next()}`
  return plant(value, row, canary)
}

/** A fixture with secrets in every place where one could stand. */
export function plantFile(name: string, text: string, row: SecretPlaces, canary: Canary): string {
  if (/\.[ct]sv$/.test(name)) {
    const [head = '', ...lines] = text.split(/\r?\n/)
    const titles = head.split(',').map((title) => title.replace(/^"|"$/g, ''))
    const simple = (cells: string[]) => cells.length === titles.length
    const rows = lines.filter(Boolean).map((line) => {
      const cells = line.split(',')
      const planted = cells.map((cell, n) =>
        simple(cells) && row.secrets?.test(titles[n] ?? '') ? canary.next() : cell,
      )
      return [...planted, canary.next()].join(',')
    })
    return [`${head},password`, ...rows].join('\n')
  }
  if (/\.ya?ml$/.test(name)) {
    const documents = parseAllDocuments(text).map((document) => plant(document.toJS(), row, canary))
    return documents.map((document) => stringify(document, { aliasDuplicateObjects: false })).join('---\n')
  }
  try {
    return JSON.stringify(plant(JSON.parse(text), row, canary))
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    if (!lines.every((line) => line.startsWith('{'))) return text
    return lines.map((line) => JSON.stringify(plant(JSON.parse(line), row, canary))).join('\n')
  }
}

/** The own file of a format with secrets in its places. */
export function plantOwn(own: NonNullable<SecretPlaces['own']>, canary: Canary): { name: string; text: string } {
  const text = own.text
    .replaceAll('CANARY64', () => Buffer.from(canary.next()).toString('base64'))
    .replaceAll('CANARY', () => canary.next())
  return { name: own.name, text }
}

/** Where a form of the canary stands, with what is around it. */
export function searchCanary(canary: Canary, text: string, where: string): string[] {
  return canary.forms().flatMap((form) => {
    const at = text.indexOf(form)
    return at === -1 ? [] : [`${where}: …${text.slice(Math.max(0, at - 160), at + 60)}…`]
  })
}

/** The bytes as text, and every gzip that begins in them unpacked. */
export function unpack(bytes: Buffer): string {
  const parts = [bytes.toString('latin1')]
  for (let at = bytes.indexOf('1f8b08', 0, 'hex'); at !== -1; at = bytes.indexOf('1f8b08', at + 1, 'hex')) {
    try {
      parts.push(gunzipSync(bytes.subarray(at)).toString('utf8'))
    } catch {
      // Three bytes that look like the beginning of a gzip.
    }
  }
  return parts.join('\n')
}
