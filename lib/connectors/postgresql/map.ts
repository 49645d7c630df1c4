import type { MapContext, MapResult, NodeRef, NormalisedRecord, ParsedFile } from '../contract'
import { Cluster } from './cluster'
import { type Table, tablesIn } from './psql-tables'
import { readSql } from './read-sql'
import { kindOfTable, readTable } from './read-tables'
import { recordsOf } from './records'

/** As much of a text is looked at to tell what it is. */
const lookedAt = 400_000

// Blanks of one line only: a run of line ends, of which Unicode has several, must not be gone through from each of them.
const roleStatement =
  /^[^\S\n\r\u2028\u2029]*(?:(?:CREATE|ALTER)\s+(?:ROLE|USER|GROUP)\s+(?!MAPPING\b)["\w\u0080-\uffff]|GRANT\s+["\w][^;`@]{0,2000}?\sTO\s+["\w][^;`@]{0,2000};|ALTER\s+DEFAULT\s+PRIVILEGES\b)/im
const roleList = /^[^\S\n\r\u2028\u2029]*(?:List of (?:roles|role grants)|Liste der Rollen)[^\S\n\r\u2028\u2029]*$/m
const dumpHeader = /^-- PostgreSQL database (?:cluster )?dump/m
const otherDatabase = /^-- (?:MySQL|MariaDB) dump|^\/\*!\d{5}|`@`|'@'|^-- (?:Dump|Host): .*MySQL/m

/** Whether a text is a script of PostgreSQL's roles or grants, or holds what psql prints of them. */
export function acceptsPostgres(file: ParsedFile): boolean {
  if (file.kind === 'csv')
    return kindOfTable(file.header) !== undefined && file.header.length > 1 && isTelling(file.header)
  if (file.kind === 'json') return rowsOf(file.value) !== undefined
  if (file.kind !== 'text') return false
  const head = file.text.slice(0, lookedAt)
  if (otherDatabase.test(head)) return false
  if (dumpHeader.test(head) || roleList.test(head)) return true
  if (roleStatement.test(head)) return true
  return tablesIn(head).some(({ header }) => kindOfTable(header) !== undefined)
}

/** Of a CSV only what no other format would call its columns. */
function isTelling(header: string[]): boolean {
  const kind = kindOfTable(header)
  const names = header.map((name) => name.trim().toLowerCase())
  return kind !== 'memberships' || names.some((name) => /(?:admin|inherit|set)_option|^is_grantable$/.test(name))
}

/** Rows of a system view as JSON, which `json_agg` makes. */
function rowsOf(value: unknown): Record<string, string>[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const rows: Record<string, string>[] = []
  for (const entry of value) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue
    const cells = Object.entries(entry).flatMap(([name, cell]): [string, string][] =>
      cell === null || typeof cell === 'object'
        ? Array.isArray(cell) && cell.every((item) => item === null || typeof item !== 'object')
          ? [[name, `{${cell.join(',')}}`]]
          : []
        : [[name, String(cell)]],
    )
    rows.push(Object.fromEntries(cells))
  }
  const header = Object.keys(rows[0] ?? {})
  const kind = kindOfTable(header)
  return kind === 'catalog' || kind === 'table_grants' ? rows : undefined
}

/** Everything that a file says of a server's roles. The server's name is what the user calls the source: no file tells it. */
export function mapPostgres(file: ParsedFile, context: MapContext): MapResult {
  const cluster = new Cluster(context)
  const instance = context.instance ?? 'default'
  for (const table of tablesOf(file)) readTable(table, cluster)
  if (
    file.kind === 'text' &&
    (dumpHeader.test(file.text.slice(0, lookedAt)) || /\b(?:CREATE|ALTER|GRANT|REVOKE|COMMENT)\s/i.test(file.text)) &&
    !/List of roles/.test(file.text)
  )
    readSql(file.text, cluster)
  const result = recordsOf(cluster, { system: 'postgresql', instance, instanceName: `PostgreSQL server ${instance}` })
  if (result.records.length === 0 && result.refused.length === 0)
    result.refused.push({
      at: 'file',
      reason: 'The file holds no role, no membership and no grant; make it with pg_dumpall --roles-only',
    })
  return result
}

function tablesOf(file: ParsedFile): Table[] {
  if (file.kind === 'csv')
    return [{ title: undefined, header: file.header, rows: file.rows, malformed: file.malformed }]
  if (file.kind === 'text') return dumpHeader.test(file.text.slice(0, lookedAt)) ? [] : tablesIn(file.text)
  const rows = file.kind === 'json' ? rowsOf(file.value) : undefined
  if (rows === undefined) return []
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [{ title: undefined, header, malformed: [], rows: rows.map((cells, no) => ({ line: no + 1, cells })) }]
}

/** Files of one server that came together: whether a role may log in is known from any of them, and then so everywhere. */
export function joinPostgres(results: readonly MapResult[]): MapResult[] {
  const types = new Map<string, NodeRef['type']>()
  // What only a membership tells of a role is its name; a description counts for more, and a person's most.
  for (const type of ['role', 'identity', 'human'] as const)
    for (const { records } of results)
      for (const record of records)
        if (record.type === type && (type !== 'role' || !types.has(record.externalId)))
          types.set(record.externalId, type)
  const known = (ref: NodeRef): NodeRef =>
    ref.type === 'resource' || ref.type === 'credential' ? ref : { ...ref, type: types.get(ref.externalId) ?? ref.type }
  return results.map((result) => {
    const records = result.records.flatMap((record): NormalisedRecord[] => {
      if (record.type === 'credential' && record.subject !== undefined)
        return [{ ...record, subject: known(record.subject) }]
      if (record.type === 'role' && (types.get(record.externalId) ?? 'role') !== 'role') return []
      if (record.type !== 'entitlement') return [record]
      const to = known(record.to)
      const kind =
        record.kind === 'member_of' || record.kind === 'assumes'
          ? to.type === 'role'
            ? 'member_of'
            : 'assumes'
          : record.kind
      return [{ ...record, kind, from: known(record.from), to }]
    })
    const unresolved = result.unresolved.filter(({ reference }) => !types.has(reference))
    return { ...result, records, unresolved }
  })
}
