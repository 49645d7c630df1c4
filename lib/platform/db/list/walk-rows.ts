import { type ListScope, listRows, type OrderRequest, readCounts, withoutSearch } from './list-rows'
import { totalOf } from './matching'

/**
 * All rows of an order, as batches of ids, each asked for when the one before was used: nothing is held in the database
 * between two batches, however slow the reader. Rows that are there throughout come exactly once. What counts say of the
 * filter is worked out once, at the beginning, and given as `total`.
 */
export async function walkRows(
  scope: ListScope,
  order: OrderRequest,
  batchRows: number,
): Promise<{ total: number; batches: AsyncGenerator<string[], void> }> {
  const found = await readCounts(scope)
  // A search that finds more than it counts is walked by its words as conditions, as it would be anew for each batch.
  const walked = found.isWhole ? scope : withoutSearch(scope)
  const counts = found.isWhole ? found : await readCounts(walked)
  return { total: totalOf(walked.query, counts.matching, counts.others), batches: batchesOf() }

  async function* batchesOf(): AsyncGenerator<string[], void> {
    let cursor: string | undefined
    do {
      const page = await listRows(walked, { ...order, cursor, skip: 0, limit: batchRows }, Promise.resolve(counts))
      if (page.ids.length > 0) yield page.ids
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
  }
}
