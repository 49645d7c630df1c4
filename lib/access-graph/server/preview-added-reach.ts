import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { uuidAt } from '../engine/ids'
import { privilegeOfLevel } from '../rules'
import { cellCount, levels, scoreOf, sensitivityClasses } from '../score'
import { askGraph } from './serve-graph'
import { findAddedResources } from './store-added'

/** What is thought of as given: to be in roles, and rights on resources, each at a level from 1 (unknown) to 5. */
export interface ThoughtGiven {
  roleIds: readonly string[]
  resources: readonly { id: string; level: number }[]
}

export interface AddedReach {
  scoreBefore: number | null
  scoreAfter: number | null
  added: { id: string; name: string; kind: string; sensitivity: string | null; before: string | null; after: string }[]
  addedTotal: number
  /** Of everything that is added, also what is not told. */
  privileges: (string | null)[]
  sensitivities: (string | null)[]
}

/** Names are read of so many; the rest is counted. */
const mostTold = 50

/**
 * What would be reached on top of what is reached today, with the score before and after; of somebody who is no identity, what is
 * added alone. What a resource itself leads on to is not followed. Nothing is changed. The caller must have been allowed to see the
 * identity. @throws AppError `upstream_failed` when the graph cannot be asked
 */
export async function previewAddedReach(
  ctx: Context,
  startId: string | null,
  { roleIds, resources }: ThoughtGiven,
): Promise<AddedReach> {
  const [own, figures, given] = await Promise.all([
    startId === null ? new Map<string, number>() : reachedOf(ctx, startId),
    startId === null ? null : askGraph(ctx, { op: 'reach', startId }),
    Promise.all(roleIds.map((id) => reachedOf(ctx, id))),
  ])
  const more = new Map<string, number>()
  const all = [...given.flatMap((reached) => [...reached]), ...resources.map(({ id, level }) => [id, level] as const)]
  for (const [id, level] of all) if (level > (more.get(id) ?? own.get(id) ?? 0)) more.set(id, level)
  const found = await findAddedResources(ctx, [...more.keys()])
  const cells = [...(figures?.answer.figures.cells ?? new Array<number>(cellCount).fill(0))]
  const move = (row: { sensitivity: string | null }, level: number, by: number) => {
    const at = cellOf(row.sensitivity, level)
    cells[at] = Math.max(0, (cells[at] ?? 0) + by)
  }
  for (const row of found) {
    const before = own.get(row.id) ?? 0
    if (before > 0) move(row, before, -1)
    move(row, more.get(row.id) ?? 0, 1)
  }
  const inputs = figures?.answer.figures
  const told = found.toSorted(
    (a, b) => (more.get(b.id) ?? 0) - (more.get(a.id) ?? 0) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  )
  return {
    scoreBefore: inputs ? Math.round(inputs.score * 10) / 10 : null,
    scoreAfter: inputs
      ? Math.max(inputs.score, scoreOf({ cells, identities: inputs.identities, hours: inputs.hours }))
      : null,
    added: told.slice(0, mostTold).map((row) => ({
      ...row,
      before: levels[(own.get(row.id) ?? 0) - 1] ?? null,
      after: levels[(more.get(row.id) ?? 1) - 1] ?? 'unknown',
    })),
    addedTotal: found.length,
    privileges: [...new Set(found.map(({ id }) => privilegeOfLevel(more.get(id) ?? 0)))],
    sensitivities: [...new Set(found.map(({ sensitivity }) => sensitivity))],
  }
}

function cellOf(sensitivity: string | null, level: number): number {
  const known = sensitivityClasses.indexOf((sensitivity ?? 'unknown') as (typeof sensitivityClasses)[number])
  return Math.max(0, known) * levels.length + level - 1
}

/** What a row reaches, by resource, with the level; nothing where the graph does not have it. */
async function reachedOf(ctx: Context, startId: string): Promise<Map<string, number>> {
  const told = await askGraph(ctx, { op: 'reachedAll', startId }).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'not_found') return null
    throw error
  })
  const reached = new Map<string, number>()
  if (told === null) return reached
  const { ids, levels: at } = told.answer
  for (let no = 0; no < at.length; no += 1) reached.set(uuidAt(ids, no), at[no] ?? 0)
  return reached
}
