import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { DrillMode, DrillPreview } from '../drills'
import { secondPersonReason } from '../rules'
import type { ById, ImpactTarget } from '../schema'
import { documentedOf } from './map-drill'
import { type DrillRules, drillTarget, rulesOf, targetOfDrill } from './present-drill'
import { hashList, presentImpact } from './present-impact'
import { type ResolvedDrill, resolveDrill } from './resolve-drill'
import { type DrillRow, findCohort, findDrill } from './store-drills'
import { findSettings } from './store-orders'

/** Accounts that a cohort looks at to find so many that can be drilled. */
const looksAt = 60

/** The accounts of a drill as of now. Of a cohort only those that can be drilled; of named ones all, with what is in the way. */
export async function drillTargets(ctx: Context, row: DrillRow): Promise<ResolvedDrill[]> {
  const target = targetOfDrill(row)
  const mode = row.mode as DrillMode
  if (target.kind === 'identities') return resolveDrill(ctx, mode, target.ids)
  const order = await findCohort(ctx, target.connectionId, looksAt)
  const found = await resolveDrill(ctx, mode, order)
  const able = found.filter(({ problems }) => problems.length === 0)
  const sorted = able.sort((a, b) => order.indexOf(a.identity.id) - order.indexOf(b.identity.id))
  if (sorted.length === 0)
    throw new AppError('precondition_failed', 'No account of this connection can be drilled in this way now.')
  return sorted.slice(0, target.count)
}

/** What beginning a drill now would do. Changes nothing. @throws AppError `not_found`, `forbidden`, `precondition_failed` */
export async function previewDrill(ctx: Context, { id }: ById): Promise<DrillPreview> {
  const row = await findDrill(ctx, id)
  const target = drillTarget(row)
  await ctx.authorize('read', target)
  const targets = await drillTargets(ctx, row)
  const isLive = row.mode === 'live'
  const [impact, [may], settings] = await Promise.all([
    presentImpact(ctx, 'drill', targets, {}, isLive),
    ctx.can(['start'], [target]),
    findSettings(ctx),
  ])
  return {
    targets: impact.map((each, index) => presentTarget(each, targets[index], row)),
    listHash: hashList('drill', impact),
    secondPerson: isLive ? secondPersonReason(impact, settings) : null,
    asOf: new Date().toISOString(),
    can: { start: may?.start === true },
  }
}

function presentTarget(
  impact: ImpactTarget,
  target: ResolvedDrill | undefined,
  row: DrillRow,
): DrillPreview['targets'][number] {
  if (target === undefined) throw new Error('each target has its impact')
  const { connector, canary, subject, secretSubject } = target
  return {
    ...impact,
    canary,
    documentedSeconds: documentedOf(connector, subject, secretSubject),
    holdsSessions: connector?.rehearsal !== undefined,
    steps: drillSays(row.mode as DrillMode, canary, rulesOf(row), connector?.rehearsal !== undefined),
  }
}

/** What will be done, as sentences in order. */
function drillSays(
  mode: DrillMode,
  canary: ResolvedDrill['canary'],
  { hops, waitSeconds, withinSeconds }: DrillRules,
  holds: boolean,
): string[] {
  if (mode === 'tabletop')
    return ['Nothing is tried and nothing is changed: the places are listed with what the makers say of them.']
  const begin =
    canary === 'account'
      ? ['An account is made that belongs to the same groups. Nobody knows its password.']
      : canary === 'beside'
        ? ['Another secret of the same account is made. Nobody knows it, and the real one is not touched.']
        : ['The real account is tried first, if its secret is given.']
  const sessions = hops.includes('sessions') && holds ? ['A session of it is opened and stays open.'] : []
  const cut =
    mode === 'live'
      ? 'The real account is switched off. Whatever uses it fails until it is on again.'
      : 'The canary is cut by the same act that would cut the real one.'
  return [
    ...begin,
    ...sessions,
    'Three logins a second apart have to work.',
    cut,
    `Every second it is tried whether anything still gets in, for at most ${waitSeconds} s. It should end within ${withinSeconds} s.`,
    'Five more tries have to be refused.',
    mode === 'live'
      ? 'The account is switched on again, and it is tried whether it works.'
      : 'The canary is cleared away, and it is tried whether it is gone.',
  ]
}
