import type { PictureEdge, PictureNode } from '@/lib/access-graph/blast-radius'

const credentialColumn = -1
/** To the right of all steps. */
const lastColumn = 10_000

/**
 * In which column each node is drawn: credentials, the identity, one column for each further step of roles and identities,
 * and the resources at the right. A resource that leads on is drawn among the steps, where it is come by. Pure.
 */
export function pictureColumns(nodes: readonly PictureNode[], edges: readonly PictureEdge[]): Map<string, number> {
  const layerOf = new Map(nodes.map(({ id, layer }) => [id, layer]))
  const leadsOn = new Set(
    edges
      .filter(({ from, to }) => layerOf.get(from) === 'resource' && layerOf.get(to) !== 'resource')
      .map(({ from }) => from),
  )
  return new Map(
    nodes.map(({ id, layer, depth }) => {
      if (layer === 'resource') return [id, leadsOn.has(id) ? Math.max(1, depth) : lastColumn]
      // Credentials that are found on the way stand beside whoever they lead to.
      if (layer === 'credential') return [id, depth === 0 ? credentialColumn : depth]
      return [id, depth]
    }),
  )
}

/** What stands above a column. */
export function columnWord(column: number): string {
  if (column === credentialColumn) return 'Credentials'
  if (column === lastColumn) return 'Resources'
  if (column === 0) return 'Identity'
  return column === 1 ? 'One step away' : `${column} steps away`
}
