import type { Context } from '@/lib/platform/context'
import { nextOpening } from '../engine/window'
import { type DueState, PolicyRules, type RotationPolicy } from '../policies'
import { countDue, findPolicyRuns } from './store-due'
import { findPolicies, type PolicyRow } from './store-policies'

/** What policies of the decision point read of a rotation policy. */
export const policyTarget = ({ id, name }: Pick<PolicyRow, 'id' | 'name'>) => ({
  kind: 'rotation_policy' as const,
  id,
  label: name,
  attr: {},
})

export const rulesOf = ({ rules }: Pick<PolicyRow, 'rules'>): PolicyRules => PolicyRules.parse(rules)

/** The longest time for which anything is due and not yet overdue, by any policy. */
export async function gapDaysOf(ctx: Context): Promise<{ gapDays: number; policies: PolicyRow[] }> {
  const policies = await findPolicies(ctx)
  const gaps = policies.map((row) => rulesOf(row)).map(({ intervalDays, maxAgeDays }) => maxAgeDays - intervalDays)
  return { gapDays: Math.max(0, ...gaps), policies }
}

const states = ['overdue', 'due', 'soon', 'rotating', 'stopped'] as const satisfies readonly DueState[]

/** Policies as the contract shows them, with what is due by each. */
export async function presentPolicies(ctx: Context, rows: readonly PolicyRow[]): Promise<RotationPolicy[]> {
  const now = new Date()
  const may = await ctx.can(['update', 'delete'], rows.map(policyTarget))
  return Promise.all(
    rows.map(async (row, index) => {
      const rules = rulesOf(row)
      const [counts, { halted }] = await Promise.all([
        countDue(ctx, states, now, rules.maxAgeDays - rules.intervalDays, row.id),
        findPolicyRuns(ctx, row.id),
      ])
      const opens = row.isActive && rules.isAutomatic ? nextOpening(rules.window, now.getTime()) : null
      return {
        id: row.id,
        name: row.name,
        filter: row.filter as Record<string, unknown>,
        rules,
        isActive: row.isActive,
        version: row.version,
        createdBy: row.createdBy,
        updatedBy: row.updatedBy,
        updatedAt: row.updatedAt.toISOString(),
        counts: { overdue: 0, due: 0, soon: 0, rotating: 0, stopped: 0, ...counts },
        halted: halted && { ...halted, at: halted.at.toISOString() },
        problem: row.problem,
        nextOpening: opens === null ? null : new Date(opens).toISOString(),
        can: { update: may[index]?.update === true, delete: may[index]?.delete === true },
      }
    }),
  )
}
