import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { parseAllDocuments } from 'yaml'

/** Makes a file of about so many bytes that has the shape of a fixture: its entries again and again, each time with other ids. */
interface LargeFormat {
  name: string
  extension: string
  /** How the file begins, its lists one after another, how it ends. */
  make: (root: string) => { lists: { before: string; entries: Entry[]; between: string }[]; after: string }
}

/** An entry of the n-th copy of the fixture as text; `undefined` = the copy has none. */
type Entry = (copy: number) => string | undefined

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Fields = { [key: string]: Json }

const read = (root: string, ...parts: string[]) => readFileSync(path.join(root, 'lib', 'connectors', ...parts), 'utf8')
const fields = (value: Json | undefined): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])

/** The value with every text that is an id of the fixture made one of the copy. */
function renamed(value: Json, ids: ReadonlySet<string>, copy: number): Json {
  if (typeof value === 'string') return ids.has(value) ? `${value}-${copy}` : value
  if (Array.isArray(value)) return value.map((item) => renamed(item, ids, copy))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, ids, copy)]))
}

const entriesOf = (values: Json[], ids: ReadonlySet<string>): Entry[] =>
  values.map((value) => (copy) => JSON.stringify(renamed(value, ids, copy)))

function texts(values: Json[], keys: readonly string[], skip = /^$/): Set<string> {
  const found = new Set<string>()
  for (const value of values)
    for (const key of keys) {
      const text = fields(value)[key]
      if (typeof text === 'string' && !skip.test(text)) found.add(text)
    }
  return found
}

const aws: LargeFormat = {
  name: 'aws-authorization-details',
  extension: 'json',
  make(root) {
    const value = fields(JSON.parse(read(root, 'aws/fixtures/authorization-details/cloudsplaining-example.json')))
    const keys = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies']
    const all = keys.flatMap((key) => list(value[key]))
    const own = all.filter((entry) => !String(fields(entry).Arn).includes('::aws:'))
    const ids = texts(own, [
      'Arn',
      'UserName',
      'GroupName',
      'RoleName',
      'PolicyName',
      'UserId',
      'RoleId',
      'GroupId',
      'PolicyId',
    ])
    const entryOf = (entry: Json): Entry => {
      const isOnce = String(fields(entry).Arn).includes('::aws:')
      return (copy) => (isOnce && copy > 0 ? undefined : JSON.stringify(renamed(entry, ids, copy)))
    }
    const lists = keys.map((key, index) => ({
      before: `${index === 0 ? '{' : '],'}"${key}":[`,
      entries: list(value[key]).map(entryOf),
      between: ',',
    }))
    return { lists, after: ']}' }
  },
}

const kubernetes: LargeFormat = {
  name: 'kubernetes-manifests',
  extension: 'json',
  make(root) {
    const folder = path.join(root, 'lib', 'connectors', 'kubernetes', 'fixtures')
    const documents = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml') && !name.includes('cassette'))
      .flatMap((name) => parseAllDocuments(readFileSync(path.join(folder, name), 'utf8')))
      .map((document) => document.toJS() as Json)
    const items = documents.flatMap((value) =>
      Array.isArray(fields(value).items) ? list(fields(value).items) : [value],
    )
    const ids = texts(
      items.map((item) => fields(item).metadata ?? null),
      ['name', 'namespace'],
      /^cluster-admin$/,
    )
    // What gathers rules by label would gather those of every copy.
    const entries = items.map((item): Entry => {
      const isOnce = 'aggregationRule' in fields(item)
      return (copy) => (isOnce && copy > 0 ? undefined : JSON.stringify(renamed(item, ids, copy)))
    })
    return {
      lists: [{ before: '{"apiVersion":"v1","kind":"List","items":[', entries, between: ',' }],
      after: ']}',
    }
  },
}

const csv: LargeFormat = {
  name: 'csv',
  extension: 'csv',
  make(root) {
    const [header = '', ...rows] = read(root, 'csv/fixtures/identities.csv').trim().split(/\r?\n/)
    const entries = rows
      .filter((row) => !row.startsWith('"'))
      .map(
        (row): Entry =>
          (copy) =>
            row.replace(',', `-${copy},`),
      )
    return { lists: [{ before: `${header}\n`, entries, between: '\n' }], after: '\n' }
  },
}

const scannerFile = (root: string, ...parts: string[]) => read(root, 'scanner', 'fixtures', ...parts)

const gitleaks: LargeFormat = {
  name: 'scanner-gitleaks',
  extension: 'json',
  make(root) {
    const hits = list(JSON.parse(scannerFile(root, 'scanner-gitleaks', 'gitleaks--gitleaks8_many.json')))
    const ids = texts(hits, ['File', 'Secret', 'Commit'])
    return { lists: [{ before: '[', entries: entriesOf(hits, ids), between: ',\n' }], after: ']' }
  },
}

const trufflehog: LargeFormat = {
  name: 'scanner-trufflehog',
  extension: 'json',
  make(root) {
    const hits = scannerFile(root, 'scanner-trufflehog', 'trufflehog--v3_git.json')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Json)
    const git = hits.map((hit) => fields(fields(fields(hit).SourceMetadata).Data).Git ?? null)
    const ids = new Set([...texts(hits, ['Raw', 'RawV2']), ...texts(git, ['file', 'commit'])])
    return { lists: [{ before: '', entries: entriesOf(hits, ids), between: '\n' }], after: '\n' }
  },
}

const sarif: LargeFormat = {
  name: 'scanner-sarif',
  extension: 'sarif',
  make(root) {
    const value = fields(JSON.parse(scannerFile(root, 'scanner-sarif', 'sarif--gitleaks_7.5.0.sarif')))
    const run = fields(list(value.runs)[0])
    const results = list(run.results)
    const places = results.map((result) => {
      const place = fields(fields(list(fields(result).locations)[0]).physicalLocation)
      return fields(place.artifactLocation)
    })
    const { results: _apart, ...rest } = run
    const before = `{"version":"2.1.0","runs":[${JSON.stringify(rest).slice(0, -1)},"results":[`
    return { lists: [{ before, entries: entriesOf(results, texts(places, ['uri'])), between: ',' }], after: ']}]}' }
  },
}

const terraform: LargeFormat = {
  name: 'terraform-state',
  extension: 'tfstate',
  make(root) {
    const folder = path.join(root, 'lib', 'connectors', 'terraform', 'fixtures', 'terraform-state')
    const states = readdirSync(folder).map((name) => fields(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))))
    const resources = states.flatMap(({ resources }) => list(resources)).filter((each) => fields(each).mode !== 'data')
    const attributes = resources.flatMap((each) =>
      list(fields(each).instances).map((instance) => fields(instance).attributes ?? null),
    )
    const keys = ['id', 'arn', 'name', 'unique_id', 'email', 'member', 'bucket', 'secret']
    const ids = new Set([...texts(attributes, keys), ...texts(resources, ['name'])])
    const { resources: _apart, ...rest } = fields(states[0])
    const before = `${JSON.stringify(rest).slice(0, -1)},"resources":[`
    return { lists: [{ before, entries: entriesOf(resources, ids), between: ',' }], after: ']}' }
  },
}

export const largeFormats: readonly LargeFormat[] = [aws, kubernetes, csv, gitleaks, trufflehog, sarif, terraform]

/** Writes the file. Returns its size in bytes. */
export function makeLargeFile(format: LargeFormat, root: string, file: string, bytes: number): number {
  const { lists, after } = format.make(root)
  const once = lists.reduce((sum, { entries }) => sum + sizeOf(entries, 1), 0)
  const copies = Math.max(1, Math.ceil(bytes / once))
  const fd = openSync(file, 'w', 0o600)
  let written = 0
  let open = ''
  const write = (text: string, isLast = false) => {
    open += text
    if (open.length < 1_000_000 && !isLast) return
    written += writeSync(fd, open)
    open = ''
  }
  for (const { before, entries, between } of lists) {
    write(before)
    let isFirst = true
    for (let copy = 0; copy < copies; copy++) {
      for (const entry of entries) {
        const text = entry(copy)
        if (text === undefined) continue
        write(isFirst ? text : `${between}${text}`)
        isFirst = false
      }
    }
  }
  write(after, true)
  closeSync(fd)
  return written
}

const sizeOf = (entries: Entry[], copy: number) =>
  entries.reduce((sum, entry) => sum + (entry(copy)?.length ?? 0) + 1, 0)
