import { type GrantDifference, listGrantDifferences } from '@/lib/access-graph/server/list-grant-differences'
import type { LiveConnector } from '@/lib/connectors/live-connector'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { identityTraits } from '@/lib/identities/values'
import type { Context } from '@/lib/platform/context'
import type { Twin } from '../engine/steps'
import { secretSubjectOf } from './map-plan'
import { type ActingConnection, type FoundTarget, findActingConnections, findTargets } from './store-targets'
import { findTwins, type TwinRow } from './store-twins'

const breakGlass = 1 << identityTraits.indexOf('break_glass')

/** Why an account of a system needs no twin, or can have none; null = it may have one. */
export function twinHindrance(
  connector: LiveConnector | null,
  account: Pick<FoundTarget, 'credentials' | 'name'>,
): string | null {
  if (connector === null) return `No live connection reads the source of ${account.name}.`
  const subject = secretSubjectOf(
    connector,
    account.credentials.map(({ type }) => type),
    'issue',
  )
  if (subject === null) return `${connector.title} lets nobody set a new secret of ${account.name} from here.`
  if (connector.semantics[subject]?.twoSecrets.can)
    return `At ${connector.title} an old and a new secret work side by side: no twin is needed.`
  const can = connector.capabilities.identity ?? []
  const has = can.includes('disable') && can.includes('enable') && connector.capabilities[subject]?.includes('verify')
  return has && connector.propose !== undefined
    ? null
    : `${connector.title} cannot switch accounts off and on again from here, so they cannot be used in turn.`
}

/** The one secret of an account that can be set anew. */
export function secretOf(connector: LiveConnector, account: FoundTarget): FoundTarget['credentials'][number] | null {
  const subject = secretSubjectOf(
    connector,
    account.credentials.map(({ type }) => type),
    'issue',
  )
  const own = account.credentials.filter(({ type, status }) => type === subject && status !== 'deleted')
  return own.length === 1 ? (own[0] ?? null) : null
}

/** Why these two cannot be used in turn, each as a sentence. */
export function pairProblems(
  pair: readonly [FoundTarget, FoundTarget],
  live: ActingConnection | null,
  differences: readonly string[],
): string[] {
  const connector = live ? (findLiveConnector(live.connector) ?? null) : null
  const [first, second] = pair
  if (first.id === second.id) return ['Choose another account: one cannot be its own twin.']
  if (first.sourceId !== second.sourceId)
    return [
      `${first.name} and ${second.name} are accounts of two sources. A program can use them in turn only where both are of one.`,
    ]
  const problems = pair.flatMap((each) => {
    const found: string[] = []
    if (each.deletedAt !== null) found.push(`${each.name} is not at its source any more.`)
    const hindrance = twinHindrance(connector, each)
    if (hindrance !== null) return [...found, hindrance]
    if (connector === null || live === null) return found
    const secret = secretOf(connector, each)
    if (secret === null) found.push(`It is not known which of the credentials of ${each.name} would be set anew.`)
    if (live.selfIds.includes(each.externalId))
      found.push(`The connection ${live.name} itself signs in as ${each.name}.`)
    const right = live.identityRights.find(({ externalId }) => externalId === each.externalId)
    if (right?.rotate === 'no' || right?.revoke === 'no')
      found.push(`The connection ${live.name} may not do that with ${each.name}${right.why ? `: ${right.why}` : '.'}`)
    if (((each.listing?.traits ?? 0) & breakGlass) !== 0)
      found.push(`${each.name} is a break-glass account: it is used by people, when nothing else lets anybody in.`)
    return found
  })
  return [...new Set(problems), ...(differences.length > 0 ? ['They are not granted the same.'] : [])]
}

/** What one of two is granted and the other is not, as sentences. */
export function differenceWords(
  pair: readonly [FoundTarget, FoundTarget],
  found: readonly GrantDifference[],
): string[] {
  return found.map(({ side, kind, on, scopes }) => {
    const [has, lacks] = side === 'first' ? [pair[0], pair[1]] : [pair[1], pair[0]]
    const what = kind === 'grants' ? `${scopes.slice(0, 5).join(', ') || 'a right'} on ${on}` : `${wordOf(kind)} ${on}`
    return `Only ${has.name} has: ${what}. ${lacks.name} does not.`
  })
}
const wordOf = (kind: string) => (kind === 'member_of' ? 'membership of' : kind.replaceAll('_', ' '))

/** The pair of an account, as of now. */
export interface ResolvedTwin {
  row: TwinRow
  /** The other one; absent = it is not in the inventory any more. */
  other: FoundTarget | undefined
  /** Why the two cannot be used in turn (any more). */
  problems: string[]
  plan: Twin | null
  credentialId: string | null
}

/** The pairs of these accounts. */
export async function resolveTwins(ctx: Context, accounts: readonly FoundTarget[]): Promise<Map<string, ResolvedTwin>> {
  const rows = await findTwins(
    ctx,
    accounts.map(({ id }) => id),
  )
  if (rows.size === 0) return new Map()
  const own = accounts.filter(({ id }) => rows.has(id))
  const others = new Map(
    (
      await findTargets(
        ctx,
        [...rows.values()].map(({ twinId }) => twinId),
      )
    ).map((each) => [each.id, each]),
  )
  const pairs = own.flatMap((account) => {
    const other = others.get(rows.get(account.id)?.twinId ?? '')
    return other ? [[account, other] as [FoundTarget, FoundTarget]] : []
  })
  const [lives, differences] = await Promise.all([
    findActingConnections(
      ctx,
      [...new Set(own.map(({ sourceId }) => sourceId))],
      pairs.flatMap((pair) => pair.map(({ externalId }) => externalId)),
    ),
    listGrantDifferences(
      ctx,
      pairs.map(([first, second]) => ({ first: first.id, second: second.id })),
    ),
  ])
  return new Map(
    own.flatMap((account): [string, ResolvedTwin][] => {
      const row = rows.get(account.id)
      if (!row) return []
      const index = pairs.findIndex(([first]) => first.id === account.id)
      const pair = pairs[index]
      if (!pair)
        return [
          [
            account.id,
            {
              row,
              other: undefined,
              problems: ['Its twin is not in the inventory any more.'],
              plan: null,
              credentialId: null,
            },
          ],
        ]
      const live = lives.find(({ sourceConnection }) => sourceConnection?.sourceId === account.sourceId) ?? null
      const words = differenceWords(
        pair,
        differences.filter((each) => each.pair === index),
      )
      const connector = live ? (findLiveConnector(live.connector) ?? null) : null
      const [, other] = pair
      const secret = connector && secretOf(connector, other)
      const place = row.isFirst ? account : other
      const plan = secret && {
        ...{ identityId: other.id, ref: other.externalId, credentialRef: secret.externalId, name: other.name },
        place: { id: place.id, name: place.name },
      }
      const problems = pairProblems(pair, live, words)
      return [[account.id, { row, other, problems: [...problems, ...words], plan, credentialId: secret?.id ?? null }]]
    }),
  )
}
