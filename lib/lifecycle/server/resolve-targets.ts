import type { LiveConnector } from '@/lib/connectors/live-connector'
import type { LiveSubject } from '@/lib/connectors/live-contract'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { identityTraits } from '@/lib/identities/values'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { RunKind } from '../engine/steps'
import { canonicalList, withoutAdministrator } from '../rules'
import type { OrderTarget, TargetProblem } from '../schema'
import { secretSubjectOf } from './map-plan'
import { type ResolvedTwin, resolveTwins } from './resolve-twins'
import {
  type ActingConnection,
  type FoundTarget,
  findActingConnections,
  findAdministrators,
  findRunsOn,
  findTargets,
} from './store-targets'

type FoundCredential = FoundTarget['credentials'][number]

/** One target with all that a preview shows and a run is made of. */
export interface ResolvedTarget {
  identity: FoundTarget
  credential: FoundCredential | null
  live: ActingConnection | null
  connector: LiveConnector | null
  /** What is cut, and by what a login is tried. */
  subject: LiveSubject
  secretSubject: LiveSubject | null
  ownerKeys: string[]
  /** Runs on the account that are open. */
  open: { id: string; kind: string; credentialId: string | null }[]
  /** The account that is used in turn with this one. */
  twin?: ResolvedTwin
  problems: TargetProblem[]
}

const breakGlass = 1 << identityTraits.indexOf('break_glass')

/**
 * What an order about these would meet, as of now: each with every reason for which it is refused.
 * @throws AppError `not_found` for an id of another organization, `invalid_input` for a credential that is not the identity's
 */
export async function resolveTargets(
  ctx: Context,
  kind: RunKind,
  given: readonly OrderTarget[],
): Promise<ResolvedTarget[]> {
  const list = canonicalList(given)
  const identities = new Map(
    (
      await findTargets(
        ctx,
        list.map(({ identityId }) => identityId),
      )
    ).map((row) => [row.id, row]),
  )
  const found = list.map((target) => {
    const identity = identities.get(target.identityId)
    if (!identity) throw new AppError('not_found', 'There is no such identity in this organization.')
    const credential =
      target.credentialId === null ? null : (identity.credentials.find(({ id }) => id === target.credentialId) ?? null)
    if (target.credentialId !== null && credential === null)
      throw new AppError('not_found', 'This identity has no such credential (any more).')
    return { identity, credential: credential ?? (kind === 'rotation' ? onlyOne(identity) : null) }
  })
  const sourceIds = [...new Set(found.map(({ identity }) => identity.sourceId))]
  const refs = found.map(({ identity }) => identity.externalId)
  const ids = [...identities.keys()]
  const [lives, admins, open, twins] = await Promise.all([
    findActingConnections(ctx, sourceIds, refs),
    kind === 'rotation' ? [] : findAdministrators(ctx, sourceIds),
    findRunsOn(ctx, ids),
    kind === 'drill' ? new Map<string, ResolvedTwin>() : resolveTwins(ctx, [...identities.values()]),
  ])
  const cut = new Set(found.filter(({ credential }) => credential === null).map(({ identity }) => identity.id))
  const last = withoutAdministrator(admins, cut)
  return found.map(({ identity, credential }) => {
    const twin = twins.get(identity.id)
    const live = lives.find(({ sourceConnection }) => sourceConnection?.sourceId === identity.sourceId) ?? null
    const connector = live ? (findLiveConnector(live.connector) ?? null) : null
    const types = credential ? [credential.type] : identity.credentials.map(({ type }) => type)
    const subject = kind === 'revocation' && credential ? (credential.type as LiveSubject) : 'identity'
    const secretSubject = connector ? secretSubjectOf(connector, types, kind === 'rotation' ? 'issue' : 'verify') : null
    const target = {
      ...{ identity, credential, live, connector, subject, secretSubject },
      ownerKeys: identity.ownerships
        .filter(({ validUntil }) => validUntil === null || validUntil > new Date())
        .map(({ ownerKey }) => ownerKey),
      open: open.filter(({ identityId, twinId }) => identityId === identity.id || twinId === identity.id),
      ...(twin ? { twin } : {}),
    }
    return { ...target, problems: problemsOf(kind, target, last.has(identity.id), open) }
  })
}

/** A rotation is of one credential; where an account has just one, it need not be named. */
function onlyOne({ credentials }: FoundTarget): FoundCredential | null {
  const used = credentials.filter(({ status }) => status !== 'disabled')
  return used.length === 1 ? (used[0] ?? null) : null
}

function problemsOf(
  kind: RunKind,
  target: Omit<ResolvedTarget, 'problems'>,
  isLastAdministrator: boolean,
  open: Awaited<ReturnType<typeof findRunsOn>>,
): TargetProblem[] {
  const { identity, credential, live, connector } = target
  const problems: TargetProblem[] = []
  const add = (problem: TargetProblem['kind'], says: string) => problems.push({ kind: problem, says })
  if (identity.deletedAt !== null) add('gone', `${identity.name} is not at its source any more.`)
  if (live === null || connector === null) {
    add('no_connection', `No live connection reads the source of ${identity.name}. Connect it, or act there by hand.`)
    return problems
  }
  const isOwn =
    live.selfIds.includes(identity.externalId) || (credential !== null && live.selfIds.includes(credential.externalId))
  if (isOwn)
    add(
      'own_credential',
      `The connection ${live.name} itself signs in as ${identity.name}. Change it at the source, then store the new secret in the connection.`,
    )
  const right = live.identityRights.find(({ externalId }) => externalId === identity.externalId)
  const may = kind === 'rotation' ? right?.rotate : right?.revoke
  if (!isOwn && may === 'no')
    add(
      'no_right',
      `The connection ${live.name} may not do that with ${identity.name}${right?.why ? `: ${right.why}` : '.'}`,
    )
  if (kind !== 'rotation' && isLastAdministrator)
    add(
      'last_administrator',
      `${identity.name} is the last administrator of ${identity.source.name}. Make another one first.`,
    )
  const traits = identity.listing?.traits ?? 0
  if (kind !== 'rotation' && (traits & breakGlass) !== 0)
    add(
      'break_glass',
      `${identity.name} is a break-glass account: it is what remains when nothing else lets anybody in.`,
    )
  if (kind === 'rotation')
    for (const says of target.twin ? twinProblems(identity.name, target.twin) : []) add('cannot', says)
  const cannot = kind === 'rotation' ? rotationHindrance(target) : cutHindrance(target)
  if (cannot) add('cannot', cannot)
  const same = open.filter(
    (run) =>
      (run.identityId === identity.id || run.twinId === identity.id) &&
      run.kind === kind &&
      (kind === 'rotation' || run.credentialId === (credential?.id ?? null)),
  )
  if (same.length > 0) add('run_open', `The same is under way for ${identity.name} already.`)
  if (kind === 'rotation' && open.some((run) => run.identityId === identity.id && run.kind === 'revocation'))
    add('being_revoked', `${identity.name} is being revoked.`)
  return problems
}

/** The idle one gets a new secret when the one in use is rotated. */
function twinProblems(name: string, { row, other, problems }: ResolvedTwin): string[] {
  if (row.isInUse || other === undefined) return problems
  return [`${name} is the idle twin of ${other.name}: it gets a new secret when that one is rotated.`]
}

function cutHindrance({ connector, subject }: Omit<ResolvedTarget, 'problems'>): string | null {
  const can = connector?.capabilities[subject] ?? []
  return can.includes('disable') || can.includes('delete')
    ? null
    : `${connector?.title} lets nobody switch this off from here.`
}

function rotationHindrance({
  connector,
  credential,
  identity,
  secretSubject,
}: Omit<ResolvedTarget, 'problems'>): string | null {
  if (credential === null)
    return `${identity.name} has ${identity.credentials.length === 0 ? 'no credential' : 'several credentials: name one'}.`
  if (secretSubject === null)
    return `${connector?.title} lets nobody set a new ${credential.type.replaceAll('_', ' ')} from here.`
  const isTwo = connector?.semantics[secretSubject]?.twoSecrets.can
  const can = connector?.capabilities[secretSubject] ?? []
  return isTwo && !can.includes('disable') && !can.includes('delete')
    ? `${connector?.title} could not end the old one.`
    : null
}
