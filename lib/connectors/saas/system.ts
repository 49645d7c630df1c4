import type { FileConnector, MapContext, MapResult, ParsedFile, Production } from '../contract'
import { Graph } from '../record-graph'
import { type Entry, someObject, unfinishedPages, walkObjects } from '../walk-answers'

/** One kind of entry that a system lists: how it is known by its shape, and what becomes of it. */
export interface EntryKind {
  /** As refusals call it: `API key`. */
  name: string
  is: (entry: Entry) => boolean
  /** True for shapes that other systems share: read when the file is known by another entry, never the reason to take it. */
  weak?: boolean
  /** Returns why the entry is refused, or nothing. */
  read: (entry: Entry, graph: Graph, context: MapContext) => string | undefined
}

/** A small system: one listing after another in one file, told apart by the shape of their entries. */
export interface SaasSystem {
  /** `saas-<system>` */
  id: string
  system: string
  title: string
  expects: string
  yields: string
  production: Production[]
  /** Read in this order, whatever the order in the file: what others point at comes first. */
  kinds: EntryKind[]
  /** The account, organization or workspace that an entry belongs to, when it says so. */
  instanceOf?: (entry: Entry) => string | undefined
  /** True when listings are also downloaded as CSV; the columns come as lower-case fields. */
  csv?: boolean
}

/** The connector of a small system. */
export function connectorOf(system: SaasSystem): FileConnector {
  const { id, title, expects, yields, production, kinds } = system
  const strong = kinds.filter(({ weak }) => weak !== true)
  return {
    id,
    title,
    expects,
    yields,
    production,
    coverage: 'file',
    accepts: (file) =>
      roots(file, system)
        .slice(0, 200)
        .some(({ value }) => someObject(value, (entry) => strong.some(({ is }) => is(entry)))),
    map: (file, context) => mapSystem(file, system, context),
  }
}

function mapSystem(file: ParsedFile, system: SaasSystem, context: MapContext): MapResult {
  const graph = new Graph()
  const found = system.kinds.map((): Entry[] => [])
  const instances = new Map<string, number>()
  for (const { value, at } of roots(file, system)) {
    walkObjects(
      value,
      {
        take: (entry) => {
          const kind = system.kinds.findIndex(({ is }) => is(entry))
          const instance = system.instanceOf?.(entry)
          if (instance !== undefined) instances.set(instance, (instances.get(instance) ?? 0) + 1)
          found[kind]?.push(entry)
          return kind >= 0
        },
        leave: (place, count) =>
          graph.refuse(
            place,
            `${count === 1 ? 'is no entry' : `holds ${count} entries, none`} of a kind that is read here`,
          ),
      },
      at,
    )
  }
  for (const [index, { name, read }] of system.kinds.entries()) {
    for (const entry of found[index] ?? []) {
      const reason = read(entry, graph, context)
      if (reason !== undefined) graph.refuse(entry.at, `the ${name} ${reason}`)
    }
  }
  for (const { at, reason } of unfinishedPages(roots(file, system))) graph.refuse(at, reason)
  if (graph.isEmpty) graph.refuse('file', `holds nothing that ${system.title} lists`)
  const [instance = context.instance ?? system.system] = instances.size === 1 ? [...instances.keys()] : []
  return graph.finish(system.system, instance, `${system.title} ${instance === system.system ? '' : instance}`.trim())
}

/** The values of a file with the place of each. */
function roots(file: ParsedFile, { csv }: SaasSystem): { value: unknown; at: string }[] {
  if (file.kind === 'json') return [{ value: file.value, at: '$' }]
  if (file.kind === 'yaml') return file.documents.map(({ line, value }) => ({ value, at: `line ${line}` }))
  if (file.kind !== 'csv' || csv !== true) return []
  return file.rows.map(({ line, cells }) => ({
    value: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name.trim().toLowerCase(), cell])),
    at: `line ${line}`,
  }))
}
