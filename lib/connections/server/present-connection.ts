import { fieldsOf } from '@/lib/connectors/live-config'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import type { Context, Target } from '@/lib/platform/context'
import { type Connection, RightsReport, type SyncRun } from '../live'
import { addChanges, noCounts, underWay } from '../rules'
import { ImportChanges, ImportCounts } from '../schema'
import { type FoundLive, findProgress } from './store-live'

const actions = ['update', 'delete', 'test', 'sync', 'cancel'] as const

export function connectionTarget(live: { id: string; name: string }): Target {
  return { kind: 'connection', id: live.id, label: live.name, attr: {} }
}

type Run = FoundLive['runs'][number]
type Progress = Awaited<ReturnType<typeof findProgress>>[number]

/** Connections as the contract shows them; never anything that is secret. */
export async function presentConnections(ctx: Context, lives: readonly FoundLive[]): Promise<Connection[]> {
  const may = await ctx.can(actions, lives.map(connectionTarget))
  const progress = await findProgress(
    ctx,
    lives.flatMap(({ runs }) => runs.map(({ id }) => id)),
  )
  const owners = await findOwnerNames(
    ctx,
    lives.flatMap(({ ownerKey }) => ownerKey ?? []),
  )
  return lives.map((live, index) => {
    const connector = findLiveConnector(live.connector)
    const [run] = live.runs
    return {
      id: live.id,
      connector: live.connector,
      systemTitle: connector?.title ?? live.connector,
      evidence: connector?.evidence ?? null,
      name: live.name,
      instance: live.instance,
      config: live.config as Record<string, unknown>,
      secretFields: connector ? fieldsOf(connector.config).flatMap(({ name, secret }) => (secret ? [name] : [])) : [],
      environment: live.environment,
      owner: live.ownerKey ? { key: live.ownerKey, label: owners.get(live.ownerKey) ?? 'no longer here' } : null,
      status: live.status as Connection['status'],
      intervalMinutes: live.intervalMinutes,
      nextSyncAt: live.status === 'active' ? (live.nextSyncAt?.toISOString() ?? null) : null,
      rights: live.rights === null ? null : RightsReport.parse(live.rights),
      rightsAt: live.rightsAt?.toISOString() ?? null,
      selfIds: live.selfIds,
      sourceId: live.sourceConnection?.sourceId ?? null,
      asOf: live.syncedAt?.toISOString() ?? null,
      readAllAt: live.mark?.readAllAt?.toISOString() ?? null,
      lastRun: run
        ? presentSync(
            run,
            progress.find(({ runId }) => runId === run.id),
          )
        : null,
      createdBy: live.createdByLabel,
      createdAt: live.createdAt.toISOString(),
      can: may[index] ?? {},
    }
  })
}

/** One sync as the contract shows it. */
export function presentSync(run: Run, progress?: Progress): SyncRun {
  const changes = ImportChanges.parse(run.changes)
  const isRunning = underWay.some((status) => status === run.status)
  return {
    id: run.id,
    status: run.status as SyncRun['status'],
    startedBy: run.createdByLabel,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    ...{ reads: run.reads as SyncRun['reads'], readsBecause: run.readsBecause },
    counts: { ...noCounts, ...ImportCounts.partial().parse(run.counts) },
    changes:
      Object.keys(changes).length > 0
        ? changes
        : addChanges(run.files.map((file) => ImportChanges.parse(file.changes))),
    isPartial: run.isPartial,
    skipped: (run.skipped as SyncRun['skipped']).map(({ scope, reason }) => ({ scope, reason })),
    refusedCount: run.files.reduce((sum, { refusedCount }) => sum + refusedCount, 0),
    error: run.error,
    isCancelling: isRunning && run.cancelAskedAt !== null,
    progress: isRunning && progress ? presentProgress(progress) : null,
  }
}

function presentProgress({ phase, done, total, startedAt, updatedAt }: Progress): SyncRun['progress'] {
  const seconds = (updatedAt.getTime() - startedAt.getTime()) / 1000
  return {
    phase,
    done: Number(done),
    total: total > 0n ? Number(total) : null,
    perSecond: seconds > 0 && done > 0n ? Number(done) / seconds : null,
  }
}

async function findOwnerNames(ctx: Context, keys: readonly string[]): Promise<Map<string, string>> {
  const { orgId } = ctx.tenant
  const idsOf = (kind: string) =>
    keys.flatMap((key) => (key.startsWith(`${kind}:`) ? [key.slice(kind.length + 1)] : []))
  const [teams, users] = [idsOf('team'), idsOf('user')]
  const found = await Promise.all([
    teams.length > 0 ? ctx.db.team.findMany({ where: { orgId, id: { in: teams } } }) : [],
    users.length > 0
      ? ctx.db.membership.findMany({
          where: { orgId, userId: { in: users } },
          include: { user: { select: { name: true } } },
        })
      : [],
  ])
  return new Map([
    ...found[0].map(({ id, name }): [string, string] => [`team:${id}`, name]),
    ...found[1].map(({ userId, user }): [string, string] => [`user:${userId}`, user.name]),
  ])
}
