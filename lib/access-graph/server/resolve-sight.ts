import type { Context } from '@/lib/platform/context'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError, isAppError } from '@/lib/platform/errors'

/** What of the graph somebody may know by name. */
export interface Sight {
  /** All of every source. */
  seesSources: boolean
  /** Identities as a predicate on the row `l` of their list; null = all of them, `'none'` = none. */
  identities: Prisma.Sql | null | 'none'
  /** Whoever may read this identity is told, by name, what it does within its own source. */
  nearId: string | null
}

/**
 * What the caller may know by name: the sources and identities that they may list, and the source of the identity that they
 * were allowed to read. Everything else is counted and stays without a name.
 */
export async function resolveSight(ctx: Context, nearId: string | null = null): Promise<Sight> {
  const [sources, identities] = await Promise.all([rowsOf(ctx, 'source'), rowsOf(ctx, 'identity')])
  return { seesSources: sources === null, identities, nearId }
}

/**
 * For answers about the whole organization, such as its choke points: they can be told only to who may see all of it.
 * @throws AppError `forbidden`
 */
export async function resolveWholeSight(ctx: Context): Promise<Sight> {
  const sight = await resolveSight(ctx)
  if (seesAll(sight)) return sight
  throw new AppError('forbidden', 'Only who may see every source and every identity can ask for this.')
}

export function seesAll({ seesSources, identities }: Sight): boolean {
  return seesSources && identities === null
}

async function rowsOf(ctx: Context, kind: 'source' | 'identity'): Promise<Sight['identities']> {
  try {
    return (await ctx.plan('list', kind)).rows
  } catch (error) {
    if (isAppError(error) && error.code === 'forbidden') return 'none'
    throw error
  }
}
