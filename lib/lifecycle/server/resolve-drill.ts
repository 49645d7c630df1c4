import type { LiveConnector } from '@/lib/connectors/live-connector'
import type { LiveSubject } from '@/lib/connectors/live-contract'
import type { Context } from '@/lib/platform/context'
import type { DrillMode, DrillTerms } from '../engine/steps'
import type { TargetProblem } from '../schema'
import { secretSubjectOf } from './map-plan'
import { type ResolvedTarget, resolveTargets } from './resolve-targets'

export interface ResolvedDrill extends ResolvedTarget {
  canary: DrillTerms['canary']
}

/** What only a cut of the real account meets. */
const ofRealCuts: readonly TargetProblem['kind'][] = ['last_administrator', 'break_glass', 'no_right', 'cannot']

/** What a drill on these accounts would meet, as of now. @throws AppError `not_found` */
export async function resolveDrill(ctx: Context, mode: DrillMode, ids: readonly string[]): Promise<ResolvedDrill[]> {
  const found = await resolveTargets(
    ctx,
    'drill',
    ids.map((identityId) => ({ identityId, credentialId: null })),
  )
  return found.map((target) => (mode === 'canary' ? withCanary(target) : withoutCanary(target, mode)))
}

function withoutCanary(target: ResolvedTarget, mode: DrillMode): ResolvedDrill {
  const { connector, identity } = target
  if (mode === 'tabletop')
    return { ...target, canary: null, problems: target.problems.filter(({ kind }) => !ofRealCuts.includes(kind)) }
  const problems = [...target.problems, ...beingRevoked(target)]
  const can = connector?.capabilities.identity ?? []
  if (connector && !(can.includes('disable') && can.includes('enable')))
    problems.push({ kind: 'cannot', says: `${connector.title} could not switch ${identity.name} on again from here.` })
  return { ...target, canary: null, problems }
}

const beingRevoked = ({ open, identity }: ResolvedTarget): TargetProblem[] =>
  open.some(({ kind }) => kind === 'revocation')
    ? [{ kind: 'being_revoked', says: `${identity.name} is being revoked.` }]
    : []

function withCanary(target: ResolvedTarget): ResolvedDrill {
  const { connector, identity, live } = target
  const problems = [...target.problems.filter(({ kind }) => !ofRealCuts.includes(kind)), ...beingRevoked(target)]
  const way = connector
    ? canaryOf(
        connector,
        identity.credentials.map(({ type }) => type),
      )
    : null
  if (way === null) {
    if (connector)
      problems.push({
        kind: 'cannot',
        says: `${connector.title} gives no way to make a canary for ${identity.name} from here. Rehearse it on paper, or live.`,
      })
    return { ...target, canary: null, problems }
  }
  const right = live?.identityRights.find(({ externalId }) => externalId === identity.externalId)
  if (way.canary === 'beside' && right?.rotate === 'no')
    problems.push({
      kind: 'no_right',
      says: `The connection ${live?.name} may not set a secret of ${identity.name}${right.why ? `: ${right.why}` : '.'}`,
    })
  return { ...target, ...way, problems }
}

/** An account of its own where the system lets one be made; else another secret of the same account, where two work side by side. */
function canaryOf(
  connector: LiveConnector,
  types: readonly string[],
): Pick<ResolvedDrill, 'canary' | 'subject' | 'secretSubject'> | null {
  if (connector.rehearsal) {
    const known = secretSubjectOf(connector, types, 'verify')
    const secretSubject = known ?? (connector.capabilities.password?.includes('verify') ? 'password' : null)
    return secretSubject === null ? null : { canary: 'account', subject: 'identity', secretSubject }
  }
  const fits = (type: string) => {
    const can = connector.capabilities[type as LiveSubject] ?? []
    return (
      can.includes('issue') &&
      can.includes('verify') &&
      can.includes('delete') &&
      connector.semantics[type as LiveSubject]?.twoSecrets.can === true
    )
  }
  const type = types.find(fits) as LiveSubject | undefined
  return type === undefined ? null : { canary: 'beside', subject: type, secretSubject: type }
}
