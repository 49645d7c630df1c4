import type { ExportedTable, ExportRow, OpenEndRow } from './store'

/** Kinds begin so: the part that BloodHound calls a namespace. */
const prefix = 'BW_'
/** The kind that every node carries besides its own, and by which an import knows the graph again. */
export const sourceKind = 'Bailiwick'

/** `service_account` is `ServiceAccount`; signs that a kind may not have are left out. */
function pascal(words: string): string {
  return words
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('')
}

const dates = /_at$/
const objects = new Set(['tags', 'attributes', 'owner_hints'])
/** Names that an OpenGraph reader would take for something else, and keys that only this database knows. */
const renamed: Record<string, string> = { name: 'record_name', issued_at: 'created_at', type: 'kind' }
const inner = new Set(['id', 'from_id', 'to_id'])

type Property = string | number | boolean | string[]

/** All that a row says as properties: plain values and lists of texts; what is an object is its JSON. */
function propertiesOf(row: ExportRow): Record<string, Property> {
  const properties: Record<string, Property> = {}
  for (const [column, value] of Object.entries(row)) {
    if (inner.has(column) || value === null || value === undefined) continue
    const name = renamed[column] ?? column
    if (objects.has(column)) properties[`${name}_json`] = JSON.stringify(value)
    else if (value instanceof Date) properties[name] = value.toISOString()
    else if (dates.test(column)) properties[name] = new Date(String(value)).toISOString()
    else if (Array.isArray(value)) properties[name] = value.map(String)
    else if (typeof value === 'number' || typeof value === 'boolean') properties[name] = value
    else properties[name] = String(value)
  }
  return properties
}

const types: Record<ExportedTable, string> = {
  identity: 'Identity',
  human: 'Human',
  role: 'Role',
  resource: 'Resource',
  credential: 'Credential',
}

/** A row of a node table as a node. Its first kind is the record's own (`BW_ServiceAccount`), by which BloodHound draws it. */
export function nodeOf(table: ExportedTable, row: ExportRow): object {
  const { kind, ...properties } = propertiesOf(row)
  const own = typeof kind === 'string' ? pascal(kind) : ''
  const kinds = [own === '' || own === types[table] ? [] : [prefix + own], prefix + types[table], sourceKind].flat()
  const named = { name: String(row.name), record_type: table, ...(kind === undefined ? {} : { kind }) }
  return { id: row.id, kinds, properties: { ...named, ...properties } }
}

const openId = ({ type, ref }: OpenEndRow) => `unresolved:${type}:${ref}`

/** Something that edges name and no source defines: a node of its own, so that no edge hangs in the air. */
export function openNodeOf(end: OpenEndRow): object {
  const properties = { name: end.ref, record_type: end.type, external_id: end.ref, is_unresolved: true }
  return { id: openId(end), kinds: [`${prefix}Unresolved`, sourceKind], properties }
}

/** An edge of the access graph (`BW_MemberOf`). */
export function edgeOf(row: ExportRow): object {
  const { kind, external_id: _hash, ...properties } = propertiesOf(row)
  const end = (name: 'from' | 'to') => {
    const id = row[`${name}_id`]
    const value =
      typeof id === 'string' ? id : openId({ type: String(row[`${name}_type`]), ref: String(row[`${name}_ref`]) })
    return { match_by: 'id', value }
  }
  return {
    kind: prefix + pascal(String(kind)),
    start: end('from'),
    end: end('to'),
    properties: { edge_kind: String(kind), ...properties },
  }
}

/** From a credential to whom it authenticates; the credential's own properties say it too. */
export function holderEdgeOf({ id, holder }: ExportRow): object {
  return {
    kind: `${prefix}AuthenticatesAs`,
    start: { match_by: 'id', value: id },
    end: { match_by: 'id', value: String(holder) },
    properties: {},
  }
}

/** From a resource to one that it covers: what is held on the first is held on the other. No source says so. */
export function coverEdgeOf({ id, covered }: { id: string; covered: string }): object {
  return {
    kind: `${prefix}Covers`,
    start: { match_by: 'id', value: id },
    end: { match_by: 'id', value: covered },
    properties: {},
  }
}

/** Writes the elements of one list of the file, each on a line of its own. */
export function elementWriter(): (element: object) => string {
  let isFirst = true
  return (element) => {
    const text = `${isFirst ? '\n' : ',\n'}${JSON.stringify(element)}`
    isFirst = false
    return text
  }
}
