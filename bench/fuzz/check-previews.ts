import pg from 'pg'
import { applyNow } from '@/lib/connections/server/apply-import'
import { getImport } from '@/lib/connections/server/get-import'
import { previewImport } from '@/lib/connections/server/preview-import'
import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import type { FuzzInput } from './make-input'

/** What an import may write only as a whole; a run, its files and the audit are the product's own notes. */
const catalogue = [
  'source',
  'connection',
  'presence',
  'identity',
  'credential',
  'human',
  'role',
  'resource',
  'entitlement',
  'sighting',
]

export interface PreviewOutcome {
  no: number
  group: string
  /** What was written although nothing or all of it should have been. */
  partial?: string
  /** What was thrown that is no answer to a user. */
  crash?: string
}

/** Sends inputs through previews and applies on a real database, and compares the catalogue before and after. */
export class PreviewCheck {
  private readonly db: pg.Client
  private readonly ctx: Context

  /** `url`: a login that sees every row. */
  constructor(url: string, ctx: Context) {
    this.db = new pg.Client({ connectionString: url })
    this.ctx = ctx
  }

  async open(): Promise<void> {
    await this.db.connect()
  }

  async close(): Promise<void> {
    await this.db.end()
  }

  /** `isApplied`: the preview is applied as well. */
  async check(input: FuzzInput, isApplied: boolean): Promise<PreviewOutcome> {
    const facts = { no: input.no, group: input.group }
    const before = await this.snapshot()
    let id: string | undefined
    try {
      const run = await previewImport(this.ctx, [
        { name: input.name, bytes: new Uint8Array(input.bytes), instance: 'fuzz' },
      ])
      id = run.status === 'previewed' ? run.id : undefined
    } catch (error) {
      if (!isAppError(error)) return { ...facts, crash: `preview: ${String(error).slice(0, 300)}` }
    }
    if ((await this.snapshot()) !== before) return { ...facts, partial: 'a preview changed the catalogue' }
    if (id === undefined || !isApplied) return facts
    try {
      await applyNow(this.ctx, { id, acceptVanished: true })
    } catch (error) {
      if ((await this.snapshot()) !== before) return { ...facts, partial: 'an apply that failed changed the catalogue' }
      return isAppError(error) ? facts : { ...facts, crash: `apply: ${String(error).slice(0, 300)}` }
    }
    const applied = await getImport(this.ctx, { id })
    const counted = Object.values(applied.changes).reduce((sum, part) => sum + part.new + part.changed, 0)
    const isWhole = applied.status === 'applied' && (counted === 0 || (await this.snapshot()) !== before)
    return isWhole
      ? facts
      : { ...facts, partial: `applied, but ${applied.status} with ${counted} changes not to be found` }
  }

  /** A digest of every row of the catalogue's tables. */
  private async snapshot(): Promise<string> {
    const one = (table: string) =>
      `SELECT '${table}' AS name, count(*)::text AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS digest FROM ${table} t`
    const { rows } = await this.db.query(`${catalogue.map(one).join(' UNION ALL ')} ORDER BY name`)
    return JSON.stringify(rows)
  }
}
