import type { Context } from '@/lib/platform/context'
import type { Drill, DrillFigures, DrillMode, DrillRun, DrillTarget } from '../drills'
import type { RunState } from '../schema'
import { termsOf } from './map-drill'
import { type DrillRow, type DrillRunRow, findDrillRuns, findIdentityNames } from './store-drills'
import { findConnectionNames } from './store-orders'

/** What is stored of a plan beside its target. */
export type DrillRules = Pick<
  Drill,
  'hops' | 'withinSeconds' | 'waitSeconds' | 'stopsOnFalseCut' | 'unansweredTries'
> & { keepers: string[] }

export const rulesOf = ({ rules }: Pick<DrillRow, 'rules'>) => rules as unknown as DrillRules
export const targetOfDrill = ({ target }: Pick<DrillRow, 'target'>) => target as unknown as DrillTarget

/** What policies read of a drill. */
export const drillTarget = (drill: { id: string; name: string }) => ({
  kind: 'drill_plan' as const,
  id: drill.id,
  label: drill.name,
  attr: {},
})

const actions = ['update', 'delete', 'start'] as const

/** Drills as the contract shows them, each with its latest runs. */
export async function presentDrills(ctx: Context, rows: readonly DrillRow[], runsEach: number): Promise<Drill[]> {
  const targets = rows.map(targetOfDrill)
  const named = [
    ...targets.flatMap((target) => (target.kind === 'identities' ? target.ids : [])),
    ...rows.flatMap((row) => rulesOf(row).keepers),
  ]
  const connections = targets.flatMap((target) => (target.kind === 'cohort' ? [target.connectionId] : []))
  const [may, names, lives, runs] = await Promise.all([
    ctx.can(actions, rows.map(drillTarget)),
    findIdentityNames(ctx, named),
    findConnectionNames(ctx, connections),
    findDrillRuns(
      ctx,
      rows.map(({ id }) => id),
      runsEach,
    ),
  ])
  const name = (id: string) => ({ id, name: names.get(id)?.name ?? 'not there any more' })
  return rows.map((row, index): Drill => {
    const target = targetOfDrill(row)
    const { keepers, ...rules } = rulesOf(row)
    const can = may[index] ?? {}
    return {
      ...{ id: row.id, name: row.name, mode: row.mode as DrillMode, ...rules },
      target:
        target.kind === 'identities'
          ? { kind: 'identities', identities: target.ids.map(name) }
          : {
              ...{ kind: 'cohort', count: target.count },
              connection: { id: target.connectionId, name: lives.get(target.connectionId) ?? 'not there any more' },
            },
      keepers: keepers.map(name),
      ...{ everyDays: row.everyDays, nextAt: row.nextAt?.toISOString() ?? null, problem: row.problem },
      createdBy: row.createdBy,
      runs: (runs.get(row.id) ?? []).map(presentDrillRun),
      asOf: new Date().toISOString(),
      can: { update: can.update === true, delete: can.delete === true, start: can.start === true },
    }
  })
}

export function presentDrillRun(run: DrillRunRow): DrillRun {
  return {
    runId: run.id,
    identity: { id: run.identityId, name: run.identityName },
    connector: run.connector,
    mode: termsOf(run).mode,
    state: run.state as RunState,
    startedAt: run.createdAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
    figures: run.result as DrillFigures | null,
  }
}
