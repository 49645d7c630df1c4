import type { Context } from '@/lib/platform/context'
import type { PathStep } from '../blast-parts'
import { type ExportedTable, exportedTables, listExportRows } from './store'
import { coverEdgeOf, edgeOf, elementWriter, holderEdgeOf, nodeOf, sourceKind } from './write-open-graph'

const pageRows = 2000

/** What the paths go through: ids of rows by their table, of edges, whom credentials authenticate, and what covers what. */
interface Gathered {
  nodes: Map<string, ExportedTable>
  edges: Set<string>
  holders: Map<string, string>
  covers: Map<string, Set<string>>
}

/**
 * The nodes and edges of paths as the text of a BloodHound OpenGraph file, each once with all its fields. That one resource
 * covers another is no edge of a source, and an edge without fields here: without it what is reached so would hang in the air.
 */
export function readPathGraph(ctx: Context, paths: AsyncGenerator<PathStep[][], void>) {
  return {
    head: `{"metadata":{"source_kind":${JSON.stringify(sourceKind)}},"graph":{"nodes":[`,
    tail: '\n]}}\n',
    batches: partsOf(ctx, paths),
  }
}

async function* partsOf(ctx: Context, paths: AsyncGenerator<PathStep[][], void>): AsyncGenerator<string[], void> {
  const { nodes, edges, holders, covers } = await gather(paths)
  const node = elementWriter()
  for (const table of exportedTables) {
    const ids = [...nodes].filter(([, of]) => of === table).map(([id]) => id)
    for await (const rows of rowsOf(ctx, table, ids)) yield rows.map((row) => node(nodeOf(table, row)))
  }
  yield ['\n],"edges":[']
  const edge = elementWriter()
  for await (const rows of rowsOf(ctx, 'entitlement', [...edges])) yield rows.map((row) => edge(edgeOf(row)))
  yield [...holders].map(([id, holder]) => edge(holderEdgeOf({ id, holder })))
  for (const [id, all] of covers) yield [...all].map((covered) => edge(coverEdgeOf({ id, covered })))
}

async function gather(paths: AsyncGenerator<PathStep[][], void>): Promise<Gathered> {
  const found: Gathered = { nodes: new Map(), edges: new Set(), holders: new Map(), covers: new Map() }
  for await (const page of paths) {
    for (const { kind, from, to, edgeId } of page.flat()) {
      for (const { id, type } of [from, to]) if (id !== null) found.nodes.set(id, type)
      if (edgeId !== null) found.edges.add(edgeId)
      if (from.id === null || to.id === null) continue
      if (kind === 'authenticates_as') found.holders.set(from.id, to.id)
      if (kind === 'covers') found.covers.set(from.id, (found.covers.get(from.id) ?? new Set()).add(to.id))
    }
  }
  return found
}

async function* rowsOf(ctx: Context, table: ExportedTable | 'entitlement', ids: readonly string[]) {
  for (let at = 0; at < ids.length; at += pageRows)
    yield await listExportRows(ctx, table, undefined, pageRows, ids.slice(at, at + pageRows))
}
