import { edgeId } from '@/lib/access-graph/server/merge-access-graph'
import type { NormalisedRecord, Refusal, Unresolved } from '@/lib/connectors/contract'
import type { LiveConnection, MarkFound } from '@/lib/connectors/live-connector'
import type { ChangesEnd, ChangesPage } from '@/lib/connectors/live-contract'
import { LiveError } from '@/lib/connectors/live-error'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import type { Spool } from '@/lib/platform/files/spool'
import { reportProgress } from '@/lib/platform/jobs/progress'
import type { KeptSkipped, RightsReport } from '../live'
import { liveFormat } from '../rules'
import { keptRefusals } from './map-results'
import type { ChangesTold } from './merge-records'
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
  /** What it told beside records, when it read changes alone. */
  changes: ChangesTold | null
  /** Where to go on the next time; null = as before. */
  found: MarkFound | null
  /** Why the source does not tell what changed since the mark: then nothing was read. */
  refusedMark: string | null
}

const tellMs = 500

/**
 * Reads a source to its end, or as far as it lets itself be read, without keeping more in memory than a page; with a mark what
 * changed since alone.
 */
export async function readSource(
  ctx: Context,
  run: FoundSync,
  { spool, signal, permit, mark }: { spool: Spool; signal: AbortSignal; permit: Permit; mark: string | null },
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
    if (mark !== null && open.changes) {
      reader.readsChanges = true
      for await (const part of open.changes.discover(mark, signal)) {
        if (part.kind === 'page') await reader.addChanges(part)
        else reader.end(part)
      }
    } else {
      const begun = await open.changes?.begin(signal)
      for await (const part of open.discover({ signal })) {
        if (part.kind === 'page') await reader.addPage(part)
        else reader.end(part)
      }
      if (begun && reader.isComplete) reader.found = (await open.changes?.finish(begun, signal)) ?? null
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
  readsChanges = false
  found: MarkFound | null = null
  #changesEnd: ChangesEnd | undefined
  readonly #gone: ChangesTold['gone'][number][] = []
  readonly #told: string[] = []
  readonly #present: string[] = []
  readonly #packer: RecordPacker
  readonly #identityRights: RightsPacker
  readonly #notes = new NoteTaker()
  readonly #refused: Refusal[] = []
  readonly #unresolved: Unresolved[] = []
  #refusedCount = 0
  #unresolvedCount = 0
  #rows = 0
  #toldAt = 0
  #end: { isComplete: boolean; skipped: KeptSkipped[]; problem: LiveError | null } | undefined

  constructor(
    private readonly ctx: Context,
    private readonly run: FoundSync,
    spool: Spool,
  ) {
    // A page that comes twice must not count twice.
    this.#packer = new RecordPacker({ isRepeating: true, spool, withHeads: true })
    this.#identityRights = new RightsPacker(spool)
  }

  get isComplete(): boolean {
    return this.#end?.isComplete === true && this.#refusedCount === 0
  }

  async addChanges(page: ChangesPage): Promise<void> {
    for (const each of page.gone ?? [])
      this.#gone.push(
        each.type === 'entitlement'
          ? { type: each.type, id: edgeId(each).toString() }
          : { type: each.type, id: each.externalId },
      )
    this.#told.push(...(page.told ?? []))
    this.#present.push(...(page.present ?? []))
    if (page.end) this.#changesEnd = page.end
    await this.addPage(page)
  }

  async addPage(page: Pick<ChangesPage, 'records' | 'rights' | 'refused' | 'unresolved'>): Promise<void> {
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
    this.#end = { isComplete: end.isComplete, skipped: end.skipped, problem: end.problem ?? null }
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
    const end = isWhole ? this.#changesEnd : undefined
    // After a part of the changes nothing is marked gone, as after a part of everything: they are all told again.
    const changes: ChangesTold = end
      ? { whole: end.whole, present: end.listsIdentities ? this.#present : null, gone: this.#gone, told: this.#told }
      : { whole: [], present: null, gone: [], told: [] }
    return {
      ...{ file, total: this.#rows, isComplete: isWhole, skipped: skipped.slice(0, keptRefusals) },
      problem: problem?.message ?? null,
      refusedMark: problem?.code === 'mark_refused' ? problem.message : null,
      changes: this.readsChanges ? changes : null,
      found: isWhole ? (end ? { mark: end.mark } : this.found) : null,
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
