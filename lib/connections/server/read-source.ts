import type { NormalisedRecord, Refusal, Unresolved } from '@/lib/connectors/contract'
import type { LiveConnection } from '@/lib/connectors/live-connector'
import type { IdentityRights } from '@/lib/connectors/live-contract'
import { LiveError } from '@/lib/connectors/live-error'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import type { Spool } from '@/lib/platform/files/spool'
import { reportProgress } from '@/lib/platform/jobs/progress'
import type { KeptSkipped, RightsReport } from '../live'
import { liveFormat } from '../rules'
import { keptRefusals } from './map-results'
import { openLive } from './open-live'
import { openConfig, requireConnector } from './read-live-config'
import { NoteTaker } from './record-notes'
import { secretKeeper } from './record-secret'
import type { NewFile } from './store'
import type { FoundSync } from './store-live'
import { countBlocks, RecordPacker } from './write-records'
import { RightsPacker } from './write-rights'

/** What a sync has read, on disk. */
export interface ReadSource {
  /** Its one part; with the packed records as blocks. */
  file: NewFile
  /** Records in all. */
  total: number
  /** Everything but the skipped parts was read and understood: what it no longer holds may be gone. */
  isComplete: boolean
  skipped: KeptSkipped[]
  /** Why it ended before the end. */
  problem: string | null
  rights: RightsReport | null
  selfIds: string[]
  identityRights: RightsPacker
}

const tellMs = 500

/** Reads a source to its end, or as far as it lets itself be read, without keeping more in memory than a page. */
export async function readSource(
  ctx: Context,
  run: FoundSync,
  { spool, signal, permit }: { spool: Spool; signal: AbortSignal; permit: Permit },
): Promise<ReadSource> {
  const reader = new SourceReader(ctx, run, spool)
  let open: LiveConnection | undefined
  try {
    const { live } = run
    const connector = requireConnector(live.connector)
    const keep = secretKeeper(ctx, permit, live)
    open = await openLive(connector, { config: openConfig(live), instance: live.instance, signal, keep })
    reader.rights = await open.describeRights(signal)
    reader.selfIds = [...open.self()]
    for await (const part of open.discover({ signal })) {
      if (part.kind === 'page') await reader.addPage(part)
      else reader.end(part)
    }
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    reader.end({ isComplete: false, skipped: [], problem: error })
  } finally {
    open?.close()
  }
  return reader.result()
}

class SourceReader {
  rights: RightsReport | null = null
  selfIds: string[] = []
  readonly #packer: RecordPacker
  readonly #identityRights: RightsPacker
  readonly #notes = new NoteTaker()
  readonly #refused: Refusal[] = []
  readonly #unresolved: Unresolved[] = []
  #refusedCount = 0
  #unresolvedCount = 0
  #rows = 0
  #toldAt = 0
  #end: { isComplete: boolean; skipped: KeptSkipped[]; problem: string | null } | undefined

  constructor(
    private readonly ctx: Context,
    private readonly run: FoundSync,
    spool: Spool,
  ) {
    // A page that comes twice must not count twice.
    this.#packer = new RecordPacker({ isRepeating: true, spool, withHeads: true })
    this.#identityRights = new RightsPacker(spool)
  }

  async addPage(page: {
    records: NormalisedRecord[]
    rights: IdentityRights[]
    refused: Refusal[]
    unresolved: Unresolved[]
  }): Promise<void> {
    for (const given of page.records) {
      const record = this.#placed(given)
      if (this.#packer.add(record)) {
        this.#rows += 1
        this.#notes.addRecord(record)
      }
    }
    for (const entry of page.rights) this.#identityRights.add(entry)
    for (const entry of page.refused) {
      this.#refusedCount += entry.count ?? 1
      this.#notes.addRefusal(entry)
      if (this.#refused.length < keptRefusals) this.#refused.push(entry)
    }
    this.#unresolvedCount += page.unresolved.length
    this.#unresolved.push(...page.unresolved.slice(0, keptRefusals - this.#unresolved.length))
    await this.#tell()
  }

  end(end: { isComplete: boolean; skipped: KeptSkipped[]; problem?: LiveError }): void {
    this.#end = { isComplete: end.isComplete, skipped: end.skipped, problem: end.problem?.message ?? null }
  }

  result(): ReadSource {
    const { isComplete, skipped, problem } = this.#end ?? { isComplete: false, skipped: [], problem: null }
    const { live } = this.run
    const blocks = this.#packer.end()
    // More skipped parts than are kept could not all be spared.
    const isWhole = isComplete && this.#refusedCount === 0 && skipped.length <= keptRefusals
    const sizeOf = ({ packed }: (typeof blocks)[number]) => ('byteLength' in packed ? packed.byteLength : packed.size)
    const file: NewFile = {
      ...{ name: live.name, upload: '', sha256: '', format: liveFormat(live.connector), header: null, columns: null },
      ...{ system: live.connector, instance: live.instance, instanceName: live.name },
      bytes: blocks.reduce((sum, block) => sum + sizeOf(block), 0),
      counts: { ...countBlocks(blocks), unresolved: this.#unresolvedCount },
      changes: {},
      refused: this.#refused.map(({ at, reason }) => ({ at, reason })),
      refusedCount: this.#refusedCount,
      isComplete: isWhole,
      notes: this.#notes.end(),
      unresolved: this.#unresolved,
      error: null,
      blocks,
    }
    this.#identityRights.end()
    return {
      ...{ file, total: this.#rows, isComplete: isWhole, skipped: skipped.slice(0, keptRefusals), problem },
      ...{ rights: this.rights, selfIds: this.selfIds, identityRights: this.#identityRights },
    }
  }

  /** What the source does not say of an identity's environment, whoever set up the connection has said. */
  #placed(record: NormalisedRecord): NormalisedRecord {
    const { environment } = this.run.live
    if (environment === null || record.type !== 'identity' || record.environment !== undefined) return record
    return { ...record, environment } as NormalisedRecord
  }

  /** At most twice a second; out of as many as the sync before found. */
  async #tell(): Promise<void> {
    if (Date.now() - this.#toldAt < tellMs) return
    this.#toldAt = Date.now()
    await reportProgress(this.ctx.tenant, this.run.id, { phase: 'Reading', done: this.#rows, total: 0 })
  }
}
