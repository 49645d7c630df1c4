import { z } from 'zod'
import { credentialScope } from '@/lib/identities/server/list-credentials'
import { identityScope } from '@/lib/identities/server/list-identities'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { matchingRows } from '@/lib/platform/db/list/matching-rows'
import { AppError } from '@/lib/platform/errors'
import { readViewFilter } from '@/lib/views/server/read-view-filter'
import { CampaignScope, ReviewIdentityFilter } from '../templates'
import type { ItemLevel } from '../values'

export interface ResolvedScope {
  list: 'identities' | 'credentials'
  /** The ids (`id`) of what matches, for use inside another statement. */
  matching: Prisma.Sql
}

/**
 * What a scope matches for whoever asks, as a query.
 * @throws AppError `invalid_input` for credentials at another level, or a view of one’s own; `forbidden`, `not_found`
 */
export async function resolveScope(
  ctx: Context,
  scope: CampaignScope,
  level: ItemLevel,
  now: Date,
): Promise<ResolvedScope> {
  const refuse = (says: string) => new AppError('invalid_input', says, { fields: { scope: says } })
  const identities = async (filter: Parameters<typeof identityScope>[1]) => ({
    list: 'identities' as const,
    matching: await matchingRows(await identityScope(ctx, filter, now)),
  })
  const credentials = async (filter: Parameters<typeof credentialScope>[1]) => {
    if (level !== 'credential') throw refuse('A list of credentials is reviewed credential by credential.')
    const matching = await matchingRows(await credentialScope(ctx, { ...filter, holder: ['identity'] }, now))
    return { list: 'credentials' as const, matching }
  }
  if (scope.kind === 'identities') return identities(scope.filter)
  if (scope.kind === 'credentials') return credentials(scope.filter)
  if (scope.kind === 'view') {
    const view = await readViewFilter(ctx, { id: scope.viewId })
    if (view.list === 'credentials') return credentials(view.filter)
    if (!ReviewIdentityFilter.safeEncode(view.filter).success)
      throw refuse('This view shows what is yours. A campaign is of nobody: choose another view.')
    return identities(view.filter)
  }
  const all = await identities({})
  const narrowed =
    scope.kind === 'ids'
      ? Prisma.sql`m.id = ANY (${scope.ids}::uuid[])`
      : Prisma.sql`EXISTS (SELECT FROM identity i WHERE i.org_id = ${ctx.tenant.orgId}::uuid AND i.id = m.id
          AND i.first_seen_at > now() - make_interval(days => ${scope.days}::int))`
  return { list: 'identities', matching: Prisma.sql`SELECT m.id FROM (${all.matching}) m WHERE ${narrowed}` }
}

/** A scope as it is stored and shown: the values of the address. */
export const storedScope = (scope: CampaignScope): Record<string, unknown> => z.encode(CampaignScope, scope)

/** What a scope covers, as a sentence. */
export async function sayScope(ctx: Context, scope: CampaignScope, level: ItemLevel): Promise<string> {
  const what = { identity: 'Identities', credential: 'Credentials of identities', entitlement: 'Access of identities' }
  if (scope.kind === 'ids')
    return `${what[level]}: ${scope.ids.length === 1 ? 'one by name' : `${scope.ids.length} by name`}.`
  if (scope.kind === 'new') return `${what[level]} first seen in the last ${scope.days} days.`
  if (scope.kind === 'view') {
    const { name } = await readViewFilter(ctx, { id: scope.viewId })
    return `${what[level]} that the view “${name}” shows.`
  }
  const names = new Map(
    (await ctx.db.source.findMany({ select: { id: true, name: true } })).map(({ id, name }) => [id, name]),
  )
  const { filter } = storedScope(scope) as { filter: Record<string, string> }
  const of = scope.kind === 'credentials' ? 'Credentials' : what[level]
  const parts = Object.entries(filter).map(([name, value]) => sayFacet(name, value, names))
  return parts.length === 0 ? `${of}, all that are known.` : `${of} ${parts.join(', ')}.`
}

const ownerWords: Record<string, string> = {
  none: 'without an owner',
  left: 'whose owner left',
  suggested: 'whose owner is only suggested',
  assigned: 'whose owner has not confirmed it',
  confirmed: 'whose owner confirmed it',
}
const facetWords: Record<string, string> = { source: 'of', ownedBy: 'owned by', environment: 'in', kind: 'of the kind' }

/** One part of a filter in words: `in production`, `with privilege secret read or admin`. */
function sayFacet(name: string, value: string, names: ReadonlyMap<string, string>): string {
  if (name === 'q') return `whose name has “${value}”`
  const values = value
    .split(',')
    .map((each) => (name === 'source' ? (names.get(each) ?? 'a source that is gone') : sayValue(name, each)))
  const list = values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : values.join('')
  if (name === 'owner') return list
  const spelled = name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${facetWords[name] ?? `with ${spelled}`} ${list}`
}

const sayValue = (name: string, value: string) =>
  (name === 'owner' ? ownerWords[value] : undefined) ?? (name === 'ownedBy' ? value : value.replaceAll('_', ' '))
