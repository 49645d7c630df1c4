import type { ListSource } from '@/lib/platform/browser/list-pages'

export interface AnswerPage<Row> {
  items: Row[]
  total: number
  at: number
}

/**
 * A list that is worked out in memory, as a source of pages: every row can be begun at, so no anchors are needed. Pure but
 * for what `ask` does.
 */
export function reachedSource<Row>(
  key: readonly unknown[],
  ask: (page: { at: number; limit: number }) => Promise<AnswerPage<Row>>,
): ListSource<{ items: Row[]; nextCursor: string | null }> {
  return {
    key,
    page: async ({ cursor, skip = 0, limit }) => {
      const { items, total, at } = await ask({ at: Number(cursor ?? 0) + skip, limit })
      const next = at + items.length
      return { items, nextCursor: next < total && items.length > 0 ? String(next) : null }
    },
    // One beginning, the first row; how far behind it a page begins does not matter.
    anchors: async () => ({ total: 0, every: Number.MAX_SAFE_INTEGER, anchors: [] }),
  }
}
