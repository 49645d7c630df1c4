import type {
  CredentialRecord,
  IdentityRecord,
  MapContext,
  MapResult,
  NodeRef,
  NormalisedRecord,
  ParsedFile,
} from '../contract'
import { readDate } from './dates'
import { type CsvTarget, checkColumns, guessColumns } from './guess-columns'
import { readCredentialType, readEnvironment, readKind, readPrivilege, readStatus } from './words'

type CsvFile = Extract<ParsedFile, { kind: 'csv' }>
type Dates = Partial<Record<'created' | 'lastUsed' | 'expires' | 'rotated', string | null | undefined>>

/** A row that cannot be taken over; the message is the reason that the user reads. */
class RowRefusal extends Error {}

/** Rows to identities with what the mapping makes of them: credential, system, owner. A bad row is refused alone. */
export function mapCsv(file: CsvFile, context: MapContext): MapResult {
  const name =
    context.instance ??
    (file.name.replace(/^.*[/\\]/s, '').replace(/\.(?:csv|tsv|txt|xls[xm])(?:\.gz)?(?=$| \[)/i, '') || 'csv')
  const result: MapResult = {
    system: name,
    instance: name,
    instanceName: name,
    records: [],
    refused: [...file.malformed],
    unresolved: [],
  }
  const columns = checkColumns(context.columns ?? guessColumns(file.header), file.header)
  if (columns.name === undefined) {
    const titles = file.header.slice(0, 20).map((title) => `"${title.slice(0, 60)}"`)
    result.refused.push({
      at: 'line 1',
      reason: `no column is mapped to the name; the columns are ${titles.join(', ')}`,
    })
    return result
  }
  const seen = new Map<string, number>()
  const systems = new Map<string, NormalisedRecord>()
  for (const { line, cells } of file.rows) {
    try {
      const records = mapRow(cells, columns, systems, context)
      const id = records[0] !== undefined && 'externalId' in records[0] ? records[0].externalId : ''
      const first = seen.get(id)
      if (first !== undefined) throw new RowRefusal(`has the same id as line ${first}`)
      seen.set(id, line)
      for (const record of records) result.records.push(record)
    } catch (problem) {
      if (!(problem instanceof RowRefusal)) throw problem
      result.refused.push({ at: `line ${line}`, reason: problem.message })
    }
  }
  for (const system of systems.values()) result.records.push(system)
  if (file.rows.length === 0 && file.malformed.length === 0)
    result.refused.push({ at: 'file', reason: 'has a header and no rows' })
  return result
}

function mapRow(
  cells: Record<string, string>,
  columns: Partial<Record<CsvTarget, string>>,
  systems: Map<string, NormalisedRecord>,
  { fingerprint }: MapContext,
): NormalisedRecord[] {
  const cell = (target: CsvTarget): string => {
    const column = columns[target]
    return column === undefined || !Object.hasOwn(cells, column) ? '' : (cells[column] ?? '').trim()
  }
  const name = cell('name')
  if (name === '') throw new RowRefusal('has no name')
  const externalId = cell('externalId') || name
  if (name.length > 512 || externalId.length > 512) throw new RowRefusal('has a name or id of more than 512 characters')
  const kind = cell('kind') === '' ? 'service_account' : readKind(cell('kind'))
  if (kind === undefined) throw new RowRefusal(`has the unknown kind "${cell('kind').slice(0, 60)}"`)
  const dates = readDates(cell)
  const owner = cell('owner')
  const self: NodeRef = { type: kind === 'human' ? 'human' : 'identity', externalId }
  const records: NormalisedRecord[] = []
  if (kind === 'human') {
    const email = [name, externalId, owner].find((text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
    records.push({
      type: 'human',
      externalId,
      name,
      reason: 'is called a person by its kind',
      ...(email === undefined ? {} : { email }),
    })
  } else {
    const hasCredential = needsCredential(cell)
    const identity: IdentityRecord = {
      type: 'identity',
      externalId,
      kind,
      name,
      description: cell('description') || undefined,
      environment: readEnvironment(cell('environment')),
      status: columns.status === undefined ? 'unknown' : readStatus(cell('status')),
      createdAt: dates.created ?? undefined,
      lastUsedAt: dates.lastUsed,
      ownerHints: owner === '' ? undefined : [{ value: owner, from: `column:${columns.owner}` }],
    }
    records.push(identity)
    if (hasCredential) records.push(credentialOf(cell, identity, self, dates, fingerprint))
  }
  if (cell('system') !== '') records.push(accessOf(cell, self, systems))
  return records
}

type Cell = (target: CsvTarget) => string

function readDates(cell: Cell): Dates {
  const dates: Dates = {}
  for (const target of ['created', 'lastUsed', 'expires', 'rotated'] as const) {
    const reading = readDate(cell(target))
    if ('reason' in reading) throw new RowRefusal(reading.reason)
    if (reading.instant === null && target === 'created') throw new RowRefusal('cannot have been created "never"')
    dates[target] = reading.instant
  }
  return dates
}

function needsCredential(cell: Cell): boolean {
  return (['credentialType', 'credentialName', 'expires', 'rotated', 'secret'] as const).some(
    (target) => cell(target) !== '',
  )
}

function credentialOf(
  cell: Cell,
  identity: IdentityRecord,
  subject: NodeRef,
  dates: Dates,
  fingerprint: (secret: string) => string,
): CredentialRecord {
  const written = cell('credentialType')
  const credentialType = written === '' ? 'api_key' : readCredentialType(written)
  if (credentialType === undefined) throw new RowRefusal(`has the unknown credential type "${written.slice(0, 60)}"`)
  const secret = cell('secret')
  return {
    type: 'credential',
    externalId: `${identity.externalId}#${cell('credentialName') || credentialType}`,
    subject,
    credentialType,
    name: cell('credentialName') || `${credentialType.replaceAll('_', ' ')} of ${identity.name}`,
    status: identity.status,
    createdAt: identity.createdAt,
    expiresAt: dates.expires,
    lastUsedAt: identity.lastUsedAt,
    rotatedAt: dates.rotated,
    ...(written === '' ? { attributes: { typeAssumed: true } } : {}),
    ...(secret === '' ? {} : { fingerprint: fingerprint(secret) }),
    ...(secret.length >= 16 ? { lastFour: secret.slice(-4) } : {}),
  }
}

function accessOf(cell: Cell, from: NodeRef, systems: Map<string, NormalisedRecord>): NormalisedRecord {
  const name = cell('system').slice(0, 512)
  const externalId = `system:${name.toLowerCase()}`
  if (!systems.has(externalId)) systems.set(externalId, { type: 'resource', externalId, kind: 'system', name })
  const written = cell('privilege')
  const privilege = written === '' ? undefined : readPrivilege(written)
  const scopes = [
    ...new Set(
      cell('scopes')
        .split(/[\s,;|]+/)
        .filter((scope) => scope !== ''),
    ),
  ]
  if (written !== '' && privilege === undefined && scopes.length === 0) scopes.push(written)
  const notEvaluable =
    written === '' ? 'the file does not state the privilege' : `what "${written.slice(0, 60)}" allows is not known`
  return {
    type: 'entitlement',
    kind: 'grants',
    from,
    to: { type: 'resource', externalId },
    effect: 'allow',
    scopes: scopes.slice(0, 200),
    scopeCount: scopes.length,
    basis: 'declared',
    ...(privilege === undefined ? { notEvaluable } : { privilege }),
  }
}
