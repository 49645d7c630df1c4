import type { AccessGraph } from './contract'
import { oncePerGraph } from './graph-index'
import { Scratch } from './reach'
import { ReverseScratch } from './reverse'

/** Room for the searches of one graph, each made when first needed and used again. */
export class Rooms {
  #before: Scratch | undefined
  #after: Scratch | undefined
  #behind: ReverseScratch | undefined
  #keeping: ReverseScratch | undefined

  constructor(readonly graph: AccessGraph) {}

  get before(): Scratch {
    this.#before ??= new Scratch(this.graph)
    return this.#before
  }

  get after(): Scratch {
    this.#after ??= new Scratch(this.graph)
    return this.#after
  }

  get behind(): ReverseScratch {
    this.#behind ??= new ReverseScratch(this.graph)
    return this.#behind
  }

  get keeping(): ReverseScratch {
    this.#keeping ??= new ReverseScratch(this.graph)
    return this.#keeping
  }
}

/** The room of a graph, let go of with it. */
export const roomsOf = oncePerGraph((graph) => new Rooms(graph))
