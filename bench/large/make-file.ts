import { closeSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { parseAllDocuments } from 'yaml'
import { awsBoundaries } from './aws-boundaries'
import type { Entry, LargeFormat } from './large-format'

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

const gcp: LargeFormat = {
  name: 'gcp-iam-policy',
  extension: 'json',
  make: () => {
    const entry = (copy: number) =>
      JSON.stringify({
        assetType: 'storage.googleapis.com/Bucket',
        organization: 'organizations/456',
        project: `projects/${100_000_000 + (copy % 50)}`,
        resource: `//storage.googleapis.com/bucket-${copy}`,
        policy: {
          bindings: [
            {
              role: 'roles/storage.admin',
              members: [
                'user:jane@example.com',
                `serviceAccount:deploy-${copy % 5_000}@shop-${copy % 50}.iam.gserviceaccount.com`,
              ],
            },
            {
              role: 'roles/storage.objectAdmin',
              members: [`serviceAccount:${100_000_000 + (copy % 50)}-compute@developer.gserviceaccount.com`],
            },
            {
              role: 'roles/storage.objectViewer',
              members: [`serviceAccount:read-${copy % 5_000}@shop-${copy % 50}.iam.gserviceaccount.com`],
            },
          ],
        },
      })
    return { lists: [{ before: '[', entries: [entry], between: ',\n' }], after: ']' }
  },
}

const azure: LargeFormat = {
  name: 'azure-role-assignments',
  extension: 'json',
  make: () => {
    const guid = (kind: number, copy: number) =>
      `${String(kind).padStart(8, '0')}-0000-0000-0000-${String(copy).padStart(12, '0')}`
    const entry = (copy: number) =>
      JSON.stringify({
        id: `/subscriptions/${guid(1, copy % 50)}/providers/Microsoft.Authorization/roleAssignments/${guid(2, copy)}`,
        principalId: guid(3, copy % 40_000),
        principalName: guid(4, copy % 40_000),
        principalType: 'ServicePrincipal',
        roleDefinitionId: `/subscriptions/${guid(1, copy % 50)}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`,
        roleDefinitionName: 'Contributor',
        scope: `/subscriptions/${guid(1, copy % 50)}/resourceGroups/rg-${copy}`,
        type: 'Microsoft.Authorization/roleAssignments',
        createdOn: '2024-01-01T00:00:00.000000+00:00',
      })
    return { lists: [{ before: '[', entries: [entry], between: ',\n' }], after: ']' }
  },
}

const sharphound: LargeFormat = {
  name: 'active-directory-sharphound',
  extension: 'json',
  make(root) {
    const folder = ['active-directory', 'fixtures', 'active-directory-sharphound']
    const value = fields(JSON.parse(read(root, ...folder, 'bloodhound-v6-users.json')))
    const entries = entriesOf(list(value.data), texts(list(value.data), ['ObjectIdentifier']))
    return {
      lists: [{ before: `{"meta":${JSON.stringify(value.meta)},"data":[`, entries, between: ',' }],
      after: ']}',
    }
  },
}

const opengraph: LargeFormat = {
  name: 'opengraph',
  extension: 'json',
  make: () => {
    const node = (copy: number) =>
      JSON.stringify({
        id: `node-${copy}`,
        kinds: [copy % 3 === 0 ? 'ServiceAccount' : copy % 3 === 1 ? 'Group' : 'Server', 'Shop'],
        properties: { name: `node ${copy}`, displayname: `Node ${copy}`, description: 'one of many', enabled: true },
      })
    const edge = (copy: number) =>
      JSON.stringify({
        kind: copy % 2 === 0 ? 'MemberOf' : 'AdminTo',
        start: { value: `node-${copy}`, match_by: 'id' },
        end: { value: `node-${copy + 1}`, match_by: 'id' },
        properties: {},
      })
    return {
      lists: [
        { before: '{"metadata":{"source_kind":"Shop"},"graph":{"nodes":[', entries: [node], between: ',' },
        { before: '],"edges":[', entries: [edge], between: ',' },
      ],
      after: ']}}',
    }
  },
}

const packedAs = (inner: LargeFormat, packing: 'gz' | 'zip'): LargeFormat => ({
  ...inner,
  name: `${inner.name}.${packing}`,
  packing,
})

export const largeFormats: readonly LargeFormat[] = [
  aws,
  awsBoundaries,
  kubernetes,
  gcp,
  azure,
  sharphound,
  opengraph,
  csv,
  gitleaks,
  trufflehog,
  sarif,
  terraform,
  packedAs(gitleaks, 'gz'),
  packedAs(gitleaks, 'zip'),
]

/** Writes the file. Returns the size in bytes of what it holds. */
export function makeLargeFile(format: LargeFormat, root: string, file: string, bytes: number): number {
  const { lists, after } = format.make(root)
  // Never more than was asked for, which may be the most that is let in: a late copy has the longest ids.
  const sizes = (copy: number) => lists.reduce((sum, { entries, between }) => sum + sizeOf(entries, copy, between), 0)
  const copies = Math.max(1, Math.floor((bytes - sizes(0)) / sizes(999_999)))
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
  if (format.packing !== undefined) pack(file, format.packing)
  return written
}

const sizeOf = (entries: Entry[], copy: number, between: string) =>
  entries.reduce((sum, entry) => sum + Buffer.byteLength(entry(copy) ?? '') + between.length, 0)

/** Puts the packed file in the place of the plain one. */
function pack(file: string, packing: 'gz' | 'zip'): void {
  const plain = readFileSync(file)
  if (packing === 'gz') {
    writeFileSync(file, gzipSync(plain, { level: 1 }))
    return
  }
  const name = Buffer.from('export.json')
  const packed = deflateRawSync(plain, { level: 1 })
  const facts = Buffer.alloc(26)
  facts.writeUInt16LE(20, 0)
  facts.writeUInt16LE(8, 4)
  facts.writeUInt32LE(crc32(plain), 10)
  facts.writeUInt32LE(packed.byteLength, 14)
  facts.writeUInt32LE(plain.byteLength, 18)
  facts.writeUInt16LE(name.byteLength, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, name])
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, Buffer.alloc(14), name])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(entry.byteLength, 8)
  end.writeUInt32LE(local.byteLength + packed.byteLength, 12)
  writeFileSync(file, Buffer.concat([local, packed, entry, Buffer.from('PK\x05\x06', 'latin1'), end]))
}
