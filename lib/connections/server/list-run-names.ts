import type { Context } from '@/lib/platform/context'

/** By whom and from which files imports were, by their ids; for what names the import that brought a change. */
export async function listRunNames(
  ctx: Context,
  ids: readonly string[],
): Promise<Map<string, { by: string; files: string[] }>> {
  if (ids.length === 0) return new Map()
  const runs = await ctx.db.syncRun.findMany({
    where: { id: { in: [...ids] } },
    select: {
      id: true,
      createdByLabel: true,
      files: { select: { upload: true, name: true }, orderBy: { no: 'asc' }, take: 20 },
    },
  })
  return new Map(
    runs.map(({ id, createdByLabel, files }) => [
      id,
      { by: createdByLabel, files: [...new Set(files.map(({ upload, name }) => upload || name))] },
    ]),
  )
}
