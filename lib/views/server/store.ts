import type { Context } from '@/lib/platform/context'
import type { Reader } from '@/lib/platform/db/client'
import type { Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { ViewedList, ViewQuery } from '../schema'

const withAuthor = {
  author: { select: { user: { select: { name: true } } } },
} as const satisfies Prisma.SavedViewInclude

export type ViewRow = Prisma.SavedViewGetPayload<{ include: typeof withAuthor }>

/** Everybody's views together stay few: what one person may keep is limited. */
const mostRows = 5000

export function listViewRows(db: Reader, where: Prisma.SavedViewWhereInput): Promise<ViewRow[]> {
  return db.savedView.findMany({
    where: { AND: [{ deletedAt: null }, where] },
    include: withAuthor,
    orderBy: { id: 'asc' },
    take: mostRows,
  })
}

/** @throws AppError `not_found`, also for another organization's id and, unless asked for, for one that was deleted */
export async function findView(ctx: Context, id: string, withDeleted = false): Promise<ViewRow> {
  const row = await ctx.db.savedView.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: withAuthor,
  })
  if (row && (withDeleted || row.deletedAt === null)) return row
  throw new AppError('not_found', 'There is no such view. It may have been deleted.')
}

export function listPreferences(db: Reader, userId: string) {
  return db.viewPreference.findMany({ where: { userId } })
}

export function countViews(db: Reader, authorId: string): Promise<number> {
  return db.savedView.count({ where: { authorId, deletedAt: null } })
}

export interface NewView {
  orgId: string
  id: string
  authorId: string
  list: ViewedList
  name: string
  query: ViewQuery
  isShared: boolean
}

/** How many of these were inserted; one whose name its author uses already is left out. */
export async function insertViews(tx: Tx, rows: NewView[]): Promise<number> {
  const { count } = await tx.savedView.createMany({ data: rows, skipDuplicates: true })
  return count
}

interface Key {
  orgId: string
  id: string
}

/** False when the view is gone, or another of its author's for the same list has the name. */
export async function writeView(
  tx: Tx,
  key: Key,
  next: { name: string; query: ViewQuery; isShared: boolean },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE saved_view v SET name = ${next.name}, query = ${JSON.stringify(next.query)}::jsonb, is_shared = ${next.isShared},
      updated_at = now()
    WHERE v.org_id = ${key.orgId}::uuid AND v.id = ${key.id}::uuid AND v.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM saved_view o WHERE o.org_id = v.org_id AND o.author_id = v.author_id AND o.list = v.list
        AND lower(o.name) = lower(${next.name}) AND o.id <> v.id AND o.deleted_at IS NULL)`
  return count === 1
}

export async function removeView(tx: Tx, key: Key): Promise<boolean> {
  const { count } = await tx.savedView.updateMany({
    where: { ...key, deletedAt: null },
    data: { deletedAt: new Date() },
  })
  return count === 1
}

/** False when it is not deleted any more, or its name was taken in the meantime. */
export async function reviveView(tx: Tx, key: Key): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE saved_view v SET deleted_at = NULL, updated_at = now()
    WHERE v.org_id = ${key.orgId}::uuid AND v.id = ${key.id}::uuid AND v.deleted_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM saved_view o WHERE o.org_id = v.org_id AND o.author_id = v.author_id AND o.list = v.list
        AND lower(o.name) = lower(v.name) AND o.id <> v.id AND o.deleted_at IS NULL)`
  return count === 1
}

export async function writePreference(
  tx: Tx,
  key: { orgId: string; userId: string; list: ViewedList },
  change: { defaultView?: string | null; viewOrder?: string[] },
): Promise<void> {
  await tx.viewPreference.upsert({
    where: { orgId_userId_list: key },
    create: { ...key, ...change },
    update: change,
  })
}
