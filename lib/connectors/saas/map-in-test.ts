import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { CredentialRecord, EdgeRecord, IdentityRecord, MapResult, ParsedFile } from '../contract'
import { connectors } from './index'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }

/** Maps a file in a test: throws unless exactly the connector of that format takes it. */
export function mapFile(file: ParsedFile, format: string): MapResult {
  const takers = connectors.filter((connector) => connector.accepts(file)).map(({ id }) => id)
  if (takers.join() !== format) throw new Error(`taken by ${takers.join()}, not by ${format}`)
  const result = connectors.find(({ id }) => id === format)?.map(file, context)
  if (result === undefined || Array.isArray(result)) throw new Error('one result expected')
  return result
}

export function mapValue(value: unknown, format: string): MapResult {
  return mapFile({ kind: 'json', name: 'f', value }, format)
}

export function mapFixture(format: string, name: string): MapResult {
  return mapValue(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', format, name), 'utf8')), format)
}

export const identities = ({ records }: MapResult) => records.filter((r): r is IdentityRecord => r.type === 'identity')
export const credentials = ({ records }: MapResult) =>
  records.filter((r): r is CredentialRecord => r.type === 'credential')
export const edges = ({ records }: MapResult) => records.filter((r): r is EdgeRecord => r.type === 'entitlement')
export const humans = ({ records }: MapResult) =>
  records.flatMap((record) => (record.type === 'human' ? record.externalId : []))

/** Edges as `kind from to privilege`. */
export const arrows = (result: MapResult) =>
  edges(result).map(({ kind, from, to, privilege }) =>
    `${kind} ${from.externalId} ${to.externalId} ${privilege ?? ''}`.trim(),
  )
