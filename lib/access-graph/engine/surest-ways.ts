/** The step from a node to one that is nearer to where a search began. */
export interface Choice {
  node: number
  edge: number
  /** Of the whole way from here. */
  doubt: number
}

type VisitNearer = (node: number, edge: number, doubt: number) => void

/**
 * Of all shortest ways from nodes to where a search began the surest, worked out for those alone that are asked for: the search
 * itself keeps the first way that it finds. `eachNearer` tells the steps that begin a shortest way from a node.
 */
export class SurestWays {
  readonly #known = new Map<number, Choice>()

  constructor(readonly eachNearer: (node: number, visit: VisitNearer) => void) {}

  /** The step to take from each of these nodes, which are equally far; `undefined` where the search began. */
  choose(nodes: readonly number[]): (node: number) => Choice | undefined {
    const layers: number[][] = []
    for (let layer = this.#unknown(nodes); layer.length > 0; ) {
      layers.push(layer)
      const nearer = new Set<number>()
      for (const node of layer) this.eachNearer(node, (next) => nearer.add(next))
      layer = this.#unknown([...nearer])
    }
    for (const layer of layers.reverse()) {
      for (const node of layer) {
        let best: Choice | undefined
        this.eachNearer(node, (next, edge, own) => {
          const doubt = own + (this.#known.get(next)?.doubt ?? 0)
          if (!best || doubt < best.doubt) best = { node: next, edge, doubt }
        })
        if (best) this.#known.set(node, best)
      }
    }
    return (node) => this.#known.get(node)
  }

  #unknown(nodes: readonly number[]): number[] {
    return nodes.filter((node) => !this.#known.has(node))
  }
}

/** Of more edges than this to choose from, the one that the search found stands: looking at all takes longer than an answer may. */
export const mostChoices = 20_000
