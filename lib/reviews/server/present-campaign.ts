import type { Context } from '@/lib/platform/context'
import { campaignTarget } from '../rules'
import type { CampaignDetail, CampaignSummary } from '../schema'
import { CampaignRules } from '../templates'
import type { CampaignState, ItemLevel, Silence, TemplateKind } from '../values'
import { type CampaignRow, sumTallies, type Tally } from './store'

export const rulesOf = ({ rules }: { rules: unknown }): CampaignRules => CampaignRules.parse(rules)

/** What happens to what nobody decides, as a sentence. */
export function saySilence({
  silence,
  silenceThen,
  escalateDays,
}: Pick<CampaignRules, 'silence' | 'silenceThen' | 'escalateDays'>): string {
  const what: Record<Silence, string> = {
    keep: 'What nobody signs off by the deadline stays as it is.',
    revoke: 'What nobody signs off by the deadline is revoked, if its reviewer was reminded twice.',
    reduce: 'What nobody signs off by the deadline is reduced to what was used.',
    escalate: `What nobody signs off by the deadline goes to somebody else for ${escalateDays} days.`,
  }
  if (silence !== 'escalate') return what[silence]
  const then = { keep: 'stays as it is', revoke: 'is revoked', reduce: 'is reduced to what was used' }[silenceThen]
  return `${what.escalate} After that it ${then}.`
}

export function countsOf(row: Pick<CampaignRow, 'itemCount'>, tallies: readonly Tally[]) {
  const sum = (of: readonly Tally[]) => of.reduce((all, { count }) => all + count, 0)
  const settled = sum(tallies.filter(({ reviewerNo }) => reviewerNo < 0))
  const unassignable = sum(tallies.filter(({ reviewerNo, state }) => reviewerNo === 0 && state === 'open'))
  return { items: row.itemCount, settled, open: row.itemCount - settled, unassignable }
}

const tones: Record<CampaignState, CampaignSummary['tone']> = {
  draft: 'quiet',
  scheduled: 'quiet',
  snapshotting: 'busy',
  blocked: 'attention',
  active: 'busy',
  deciding_silence: 'busy',
  remediating: 'busy',
  verifying: 'busy',
  closed_effective: 'good',
  closed_with_exceptions: 'attention',
  cancelled: 'quiet',
}

function headline(row: CampaignRow, counts: CampaignSummary['counts']): string {
  const many = (count: number) => `${count} ${count === 1 ? 'item' : 'items'}`
  switch (row.state as CampaignState) {
    case 'draft':
      return 'A draft; nobody has been asked.'
    case 'scheduled':
      return `Begins on ${row.startsAt?.toISOString().slice(0, 10)}.`
    case 'snapshotting':
      return 'The population and its evidence are being frozen.'
    case 'blocked':
      return row.blocked ?? 'It could not be launched.'
    case 'active':
      return counts.unassignable > 0
        ? `${many(counts.open)} to settle, ${counts.unassignable} of them without a reviewer.`
        : `${many(counts.open)} to settle.`
    case 'deciding_silence':
      return 'The deadline has passed; what nobody decided gets its outcome.'
    case 'remediating':
      return 'Decided; what is revoked or reduced is being carried out.'
    case 'verifying':
      return 'Carried out; waits for proof, or for somebody to close it.'
    case 'closed_effective':
      return 'Closed as effective: all that was revoked or reduced is proved.'
    case 'closed_with_exceptions':
      return 'Closed with exceptions.'
    case 'cancelled':
      return `Cancelled${row.closedWhy ? `: ${row.closedWhy}` : '.'}`
  }
}

export function presentSummary(row: CampaignRow, tallies: readonly Tally[]): CampaignSummary {
  const rules = rulesOf(row)
  const counts = countsOf(row, tallies)
  const state = row.state as CampaignState
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    template: row.template as TemplateKind,
    level: row.level as ItemLevel,
    state,
    headline: headline(row, counts),
    tone: state === 'active' && counts.unassignable > 0 ? 'attention' : tones[state],
    scopeSays: row.scopeSays,
    silence: rules.silence,
    silenceSays: saySilence(rules),
    timeZone: rules.timeZone,
    stage: { no: row.stageNo, of: rules.stages.length, name: rules.stages[row.stageNo - 1]?.name ?? '' },
    deadlineAt: row.deadlineAt?.toISOString() ?? null,
    endsAt: row.endsAt?.toISOString() ?? null,
    counts,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    launchedAt: row.launchedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
  }
}

const before: readonly string[] = ['draft', 'blocked', 'scheduled']
const running: readonly string[] = ['active', 'deciding_silence']
/** Every item has its outcome, so there is a report. */
const decided: readonly string[] = ['remediating', 'verifying', 'closed_effective', 'closed_with_exceptions']

export async function presentCampaign(ctx: Context, row: CampaignRow): Promise<CampaignDetail> {
  const [tallies, [may]] = await Promise.all([
    sumTallies(ctx, [row.id]),
    ctx.can(
      ['update', 'launch', 'cancel', 'close', 'delete', 'assign', 'remediate', 'download'],
      [campaignTarget(row)],
    ),
  ])
  const can = (action: string, states: readonly string[]) => may?.[action] === true && states.includes(row.state)
  const trigger = row.trigger as { event: string; says: string } | null
  return {
    ...presentSummary(row, tallies),
    scope: row.scope as Record<string, unknown>,
    rules: rulesOf(row),
    version: row.version,
    templateId: row.templateId,
    parentId: row.parentId,
    trigger: trigger as CampaignDetail['trigger'],
    blocked: row.blocked,
    stages: row.stages.map((stage) => ({
      no: stage.no,
      name: stage.name,
      strategy: stage.strategy as CampaignDetail['stages'][number]['strategy'],
      state: stage.state as CampaignDetail['stages'][number]['state'],
      beginsAt: stage.beginsAt?.toISOString() ?? null,
      deadlineAt: stage.deadlineAt?.toISOString() ?? null,
      endedAt: stage.endedAt?.toISOString() ?? null,
    })),
    freeze:
      row.frozenAt && row.populationHash && row.evidenceHash
        ? {
            at: row.frozenAt.toISOString(),
            by: row.launchedBy ?? '',
            populationHash: row.populationHash,
            evidenceHash: row.evidenceHash,
          }
        : null,
    asOf: new Date().toISOString(),
    can: {
      update: can('update', before),
      launch: can('launch', before),
      cancel: can('cancel', ['scheduled', 'blocked', ...running]),
      close: can('close', ['remediating', 'verifying']),
      delete: can('delete', before),
      assign: can('assign', running),
      remediate: can('remediate', ['active', 'remediating', 'verifying']),
      download: can('download', decided),
    },
  }
}
