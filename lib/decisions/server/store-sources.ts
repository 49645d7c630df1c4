import { openSealed, rewrapSealed, type Sealed, sealText } from '@/lib/platform/crypto/seal'
import type { BulkTx } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import type { DirectorySourceInput } from '../schema'

const sourcePlace = (orgId: string, row: string) => ({ orgId, table: 'access_source', column: 'sealed', row })

/** Its rows as the contracts have them, for a statement that reads them as `s`. */
export const sourceJson = `json_build_object('kind', s.kind, 'name', s.name, 'url', s.url, 'types', s.types, 'timeoutMs', s.timeout_ms,
  'freshSeconds', s.fresh_seconds, 'whenAbsent', s.when_absent)::jsonb || s.config`

/** Where a secret is sent to: given for one place it goes to no other. */
const goesTo = (source: Pick<DirectorySourceInput, 'kind'> & Record<string, unknown>): string =>
  JSON.stringify([
    source.kind,
    source.url ?? null,
    source.host ?? null,
    source.port ?? null,
    source.tls ?? null,
    source.user ?? null,
  ])

/**
 * Puts these in the place of all sources. A secret that is not given again stays as long as it goes where it went.
 * @throws AppError `invalid_input` naming the source whose secret must be given again
 */
export async function writeSources(bulk: BulkTx, sources: readonly DirectorySourceInput[]): Promise<void> {
  const { client, orgId } = bulk
  const { rows } = await client.query<{ name: string; source: Record<string, unknown>; sealed: Buffer | null }>(
    `DELETE FROM access_source s WHERE s.org_id = $1 RETURNING s.name, ${sourceJson} AS source, s.sealed`,
    [orgId],
  )
  const before = new Map(rows.map((row) => [row.name, row]))
  for (const [at, given] of sources.entries()) {
    const { secret, name, kind, timeoutMs, freshSeconds, whenAbsent, ...own } = given
    const { url = null, types = [], ...config } = { url: undefined, types: undefined, ...own }
    const known = before.get(name)
    const kept = secret === undefined && known?.sealed ? new Uint8Array(known.sealed) : null
    if (kept && goesTo(known?.source as never) !== goesTo(given)) {
      const problem = 'Give its secret again, or null: it goes elsewhere than it was given for.'
      throw new AppError('invalid_input', problem, { fields: { [`sources.${at}.secret`]: problem } })
    }
    const sealed: Sealed | null = typeof secret === 'string' ? sealText(secret, sourcePlace(orgId, name)) : kept
    await client.query(
      `INSERT INTO access_source (org_id, name, kind, url, types, timeout_ms, fresh_seconds, when_absent, config, sealed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [orgId, name, kind, url, types, timeoutMs, freshSeconds, whenAbsent, JSON.stringify(config), sealed],
    )
  }
}

/** Brings the secrets of all sources under the current key. Answers how many were under an older one, and how many were not. */
export async function rewrapSources({ client, orgId }: BulkTx): Promise<{ rewrapped: number; current: number }> {
  const counts = { rewrapped: 0, current: 0 }
  const { rows } = await client.query<{ name: string; sealed: Buffer }>(
    `SELECT name, sealed FROM access_source WHERE org_id = $1 AND sealed IS NOT NULL FOR UPDATE`,
    [orgId],
  )
  for (const { name, sealed } of rows) {
    const to = rewrapSealed(new Uint8Array(sealed), sourcePlace(orgId, name))
    if (to)
      await client.query(`UPDATE access_source SET sealed = $3 WHERE org_id = $1 AND name = $2`, [orgId, name, to])
    counts[to ? 'rewrapped' : 'current'] += 1
  }
  return counts
}

/** The secret of a source as whoever asks it needs it. */
export const openSource = (orgId: string, name: string, sealed: string): string =>
  openSealed(new Uint8Array(Buffer.from(sealed, 'base64')), sourcePlace(orgId, name))
