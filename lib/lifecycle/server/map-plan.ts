import type { LiveConnector } from '@/lib/connectors/live-connector'
import type { Capability, LiveSubject } from '@/lib/connectors/live-contract'
import type { Plan, RunKind } from '../engine/steps'
import type { Window } from '../engine/window'
import type { StoredPlan } from './map-run'

/** What was asked for, as far as the steps depend on it. */
export interface Wish {
  delivers?: boolean
  overlapSeconds?: number
  holdSeconds?: number
  endsSessions?: boolean
  removes?: boolean
  notBefore?: number
  outlives?: boolean
  window?: Window
  quietSeconds?: number
}

const canOf = (connector: LiveConnector, subject: LiveSubject) => (act: Capability) =>
  connector.capabilities[subject]?.includes(act) === true

/** Of the types of credentials that an account has, the one by which a login can be tried, and a new secret be made. */
export function secretSubjectOf(
  connector: LiveConnector,
  types: readonly string[],
  act: 'verify' | 'issue',
): LiveSubject | null {
  const known = types.find((type) => connector.capabilities[type as LiveSubject]?.includes(act))
  return (known as LiveSubject | undefined) ?? null
}

/**
 * The plan of a run, frozen when it begins: what the source can do with what is cut or replaced, and what was asked for.
 * @param subject what is cut: the account as a whole, or one type of its credentials
 */
export function planFor(
  kind: RunKind,
  connector: LiveConnector,
  { subject, secretSubject }: { subject: LiveSubject; secretSubject: LiveSubject },
  wish: Wish,
): StoredPlan {
  const acted = kind === 'rotation' ? secretSubject : subject
  const can = canOf(connector, acted)
  const secret = canOf(connector, secretSubject)
  const card = connector.semantics[acted]
  const secretCard = connector.semantics[secretSubject] ?? card
  const endsSessions = wish.endsSessions === true && canOf(connector, 'identity')('endSessions')
  const secrets = secretCard?.twoSecrets.can ? 'two' : 'one'
  const plan: Plan = {
    kind,
    secrets,
    makes: connector.propose === undefined ? 'source' : 'we',
    can: {
      disable: can('disable'),
      enable: can('enable'),
      remove: can('delete'),
      restore: can('restore'),
      endSessions: canOf(connector, 'identity')('endSessions'),
      verify: secret('verify'),
    },
    delivers: wish.delivers === true,
    // Where only one works at a time nothing overlaps.
    overlapSeconds: secrets === 'two' ? (wish.overlapSeconds ?? 0) : 0,
    holdSeconds: wish.holdSeconds ?? 0,
    endsSessions,
    removes: wish.removes === true,
    refusedWithinSeconds: card?.refusedWithinSeconds ?? 60,
    // Where sessions are ended, what was opened before ends with them.
    residualSeconds: residualOf(card?.residualSeconds, endsSessions),
    ...(wish.notBefore === undefined ? {} : { notBefore: wish.notBefore }),
    ...(wish.window ? { window: wish.window } : {}),
    ...(wish.quietSeconds ? { quietSeconds: wish.quietSeconds } : {}),
    outlives: wish.outlives === true,
  }
  return { ...plan, secretSubject }
}

function residualOf(said: number | null | undefined, endsSessions: boolean): number | null {
  if (said === undefined) return null
  return said === null && endsSessions ? 0 : said
}

/** What a plan will do, as sentences in order. */
export function planSays({
  can,
  secrets,
  endsSessions,
  removes,
  kind,
  holdSeconds,
  delivers,
  overlapSeconds,
  quietSeconds,
}: StoredPlan): string[] {
  const hours = (seconds: number) =>
    seconds >= 3600 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 60)} minutes`
  if (kind === 'revocation')
    return [
      can.disable ? 'It is switched off at the source.' : 'It is deleted at the source.',
      ...(endsSessions ? ['Open sessions are ended.'] : []),
      'It is tried whether anything still gets in.',
      ...(holdSeconds > 0 ? [`It can be brought back for ${hours(holdSeconds)}.`] : []),
      ...(removes && can.remove ? ['Then it is deleted at the source.'] : []),
    ]
  const handed = delivers ? ['It is handed over.'] : []
  if (secrets === 'one')
    return [
      'A new secret is set. From then on the old one opens nothing.',
      'A login with the new one is tried at once; if it fails, the old one is brought back where the source allows it.',
      ...handed,
      ...(endsSessions ? ['Open sessions are ended.'] : []),
      'It is tried whether the old one is dead.',
    ]
  return [
    'A new secret is set beside the old one.',
    'A login with the new one is tried; if it fails, it is taken away again and the old one stays.',
    ...handed,
    ...(overlapSeconds > 0 ? [`Both work for ${hours(overlapSeconds)}.`] : []),
    ...(quietSeconds ? [`The old one stays until nobody has used it for ${hours(quietSeconds)}.`] : []),
    can.disable ? 'The old one is switched off.' : 'The old one is removed.',
    'It is tried whether the old one is dead.',
    ...(can.disable && can.remove && removes ? ['Then it is removed for good.'] : []),
  ]
}
