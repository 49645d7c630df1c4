import type { LiveConnector } from '@/lib/connectors/live-connector'
import type { DrillHop, DrillTerms, EndState } from '../engine/steps'
import { type DrillFigures, figuresOf, type SeenProbe } from '../engine/verdicts'
import { planOf, type StoredPlan } from './map-run'
import type { ResolvedDrill } from './resolve-drill'
import type { FoundRun } from './store'

export interface ProbeRow {
  hop: string
  at: Date
  tookMs: number
  answer: string
  evidence: string
}

/** From these steps on tries say nothing of the cut any more. */
const closing = ['enable', 'remove', 'withdraw']

/** When the cut was sent, acknowledged and taken back. */
export function cutTimes(steps: FoundRun['steps']) {
  const cuts = steps.filter(({ step }) => step === 'cut')
  return {
    cutAt: cuts[0]?.intendedAt ?? null,
    ackedAt: cuts.find(({ state }) => state === 'done')?.endedAt ?? null,
    closedAt: steps.find(({ step }) => closing.includes(step))?.intendedAt ?? null,
  }
}

/** What a drill's run has shown by its tries. */
export function drillFigures(
  run: Pick<FoundRun, 'plan' | 'steps' | 'hops'>,
  probes: readonly ProbeRow[],
  end: EndState | null,
): DrillFigures {
  const terms = termsOf(run)
  const { cutAt, ackedAt, closedAt } = cutTimes(run.steps)
  const untested = run.hops.filter(({ state, says }) => state === 'not_testable' && says !== null)
  const before = run.steps.find(({ step, code }) => step === 'probe_before' && code === 'not_testable')?.says
  return figuresOf({
    ...{ terms, end },
    cutAt: cutAt?.getTime() ?? null,
    ackedAt: ackedAt?.getTime() ?? null,
    closedAt: closedAt?.getTime() ?? null,
    probes: probes.map(
      ({ hop, at, tookMs, answer, evidence }): SeenProbe => ({
        ...{ hop, at: at.getTime(), tookMs },
        answer: answer as SeenProbe['answer'],
        evidence: evidence as SeenProbe['evidence'],
      }),
    ),
    says: {
      ...(before ? { source: before, sessions: before } : {}),
      ...Object.fromEntries(untested.map(({ hop, says }) => [hop as DrillHop, says ?? ''])),
    },
  })
}

export function termsOf(run: Pick<FoundRun, 'plan'>): DrillTerms {
  const { drill } = planOf(run)
  if (drill === undefined) throw new Error('a run of a drill has its terms')
  return drill
}

type Frozen = Omit<DrillTerms, 'canary' | 'account' | 'documentedSeconds' | 'copies'>

/** The plan of one run of a drill, frozen when it is asked for. */
export function drillPlanFor(
  plan: StoredPlan,
  { canary, connector, subject, secretSubject }: ResolvedDrill,
  frozen: Frozen,
  of: { runId: string; copies: number },
): StoredPlan {
  const name = canaryName(of.runId)
  const ref = connector?.rehearsal?.canaryId(name)
  return {
    ...plan,
    secrets: canary === null ? plan.secrets : 'two',
    // Sessions of a real account are ended only where that account is cut.
    endsSessions: frozen.hops.includes('sessions') && canary !== 'beside' && plan.can.endSessions,
    // How long it is waited for is the drill's to say.
    refusedWithinSeconds: frozen.waitSeconds + 30,
    residualSeconds: 0,
    drill: {
      ...frozen,
      canary,
      account: canary === 'account' && ref !== undefined ? { name, ref } : null,
      documentedSeconds: documentedOf(connector, subject, secretSubject),
      copies: of.copies,
    },
  }
}

/** Seconds until a login is refused, in the words of the source's makers. */
export function documentedOf(
  connector: LiveConnector | null,
  subject: ResolvedDrill['subject'],
  secretSubject: ResolvedDrill['secretSubject'],
): number | null {
  const card = connector?.semantics[subject] ?? (secretSubject ? connector?.semantics[secretSubject] : undefined)
  return card?.refusedWithinSeconds ?? null
}

/** By its end a run's id differs from others of the same moment. */
const canaryName = (runId: string) => `bailiwick_canary_${runId.replaceAll('-', '').slice(-12)}`
