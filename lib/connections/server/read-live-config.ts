import { fieldsOf } from '@/lib/connectors/live-config'
import type { LiveConnector } from '@/lib/connectors/live-connector'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { Secret } from '@/lib/connectors/secret'
import { openSealed, type Sealed, sealText } from '@/lib/platform/crypto/seal'
import { AppError } from '@/lib/platform/errors'
import type { Config } from '../live'

/** A configuration in two parts: what may be seen, and what is sealed before it is stored. */
export interface ReadConfig {
  plain: Config
  secrets: Record<string, Secret>
}

/** @throws AppError `invalid_input` when there is no such system */
export function requireConnector(id: string): LiveConnector {
  const connector = findLiveConnector(id)
  if (connector) return connector
  throw new AppError('invalid_input', 'This system cannot be connected to.', {
    fields: { connector: 'must be one of those that GET /api/v1/systems lists' },
  })
}

/**
 * Checks a configuration against its system's fields.
 * @throws AppError `invalid_input`, naming each field that is wrong and never what was in it
 */
export function readLiveConfig(connector: LiveConnector, given: Config): ReadConfig {
  const fields = fieldsOf(connector.config)
  const unknown = Object.keys(given).filter((name) => !fields.some((field) => field.name === name))
  const parsed = connector.config.safeParse(given)
  if (!parsed.success || unknown.length > 0) {
    const problems = [
      ...unknown.map((name): [string, string] => [`config.${name}`, 'is no field of this system']),
      ...(parsed.error?.issues ?? []).map((issue): [string, string] => [
        `config.${issue.path.map(String).join('.')}`,
        isMissing(issue.path, given) ? 'is needed' : issue.message,
      ]),
    ]
    throw new AppError('invalid_input', 'The configuration is not complete, or not right.', {
      fields: Object.fromEntries(problems),
    })
  }
  const values = parsed.data as Record<string, unknown>
  const config: ReadConfig = { plain: {}, secrets: {} }
  for (const { name } of fields) {
    const value = values[name]
    if (value instanceof Secret) config.secrets[name] = value
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      config.plain[name] = value
  }
  return config
}

function isMissing(path: PropertyKey[], given: Config): boolean {
  return path.length === 1 && !Object.hasOwn(given, String(path[0]))
}

interface SealedRow {
  orgId: string
  id: string
  config: unknown
  secrets: Uint8Array | null
}

export const placeOf = ({ orgId, id }: Pick<SealedRow, 'orgId' | 'id'>) => ({
  orgId,
  table: 'live_connection',
  column: 'secrets',
  row: id,
})

export function sealSecrets(row: Pick<SealedRow, 'orgId' | 'id'>, secrets: ReadConfig['secrets']): Sealed {
  const text = JSON.stringify(
    Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()])),
  )
  return sealText(text, placeOf(row))
}

/** The whole configuration of a stored connection, for the one call that opens it. */
export function openConfig(row: SealedRow): Config {
  if (row.secrets === null) throw new AppError('conflict', 'This connection was removed.')
  const secrets = JSON.parse(openSealed(row.secrets, placeOf(row))) as Config
  return { ...(row.config as Config), ...secrets }
}

/**
 * What a change makes of a stored configuration. Secrets that are not given stay, but go nowhere else than before: when any
 * other setting differs, they have to be entered again.
 * @throws AppError `invalid_input`
 */
export function mergeConfig(connector: LiveConnector, row: SealedRow, given: Config): ReadConfig {
  const secretNames = fieldsOf(connector.config).flatMap(({ name, secret }) => (secret ? [name] : []))
  const stored = row.config as Config
  const open = openConfig(row)
  // What was emptied is as if it had never been said.
  const plain = Object.fromEntries(
    Object.entries({ ...stored, ...given }).filter(([name, value]) => !secretNames.includes(name) && value !== ''),
  )
  const said = Object.fromEntries(Object.entries(given).filter(([name]) => secretNames.includes(name)))
  const kept = Object.fromEntries(Object.entries(open).filter(([name]) => secretNames.includes(name)))
  const merged = readLiveConfig(connector, { ...kept, ...plain, ...said })
  const scopes = fieldsOf(connector.config).flatMap(({ name, isScope }) => (isScope ? [name] : []))
  const place = (config: Config) => JSON.stringify(sorted(config).filter(([name]) => !scopes.includes(name)))
  const isElsewhere = place(merged.plain) !== place(stored)
  const missing = secretNames.filter((name) => Object.hasOwn(open, name) && !Object.hasOwn(said, name))
  if (isElsewhere && missing.length > 0)
    throw new AppError('invalid_input', 'Enter the secret again: it would be sent elsewhere than before.', {
      fields: Object.fromEntries(
        missing.map((name) => [`config.${name}`, 'is needed again when another setting changes']),
      ),
    })
  return merged
}

const sorted = (config: Config) => Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1))
