import { buildGraph } from '../engine/build-graph'
import type { AccessGraph } from '../engine/contract'
import { loadGraphRows } from './load-graph'

/** Lifetimes count from when a graph was read: one that is older than this is read again though nothing changed. */
const mostAgeMs = 6 * 60 * 60 * 1000

interface Kept {
  graph: AccessGraph
  bytes: number
  /** Milliseconds since 1970: until then none of its edges and credentials has ended. */
  soundUntil: number
}

/**
 * The graphs that a process holds, by organization: built when they are asked for, and let go of by memory, the least recently
 * used first.
 */
export class GraphShelf {
  readonly #kept = new Map<string, Kept>()
  readonly #loading = new Map<string, { least: bigint; done: Promise<AccessGraph> }>()

  /** @param memoryBytes how much all graphs together may take, but for one that alone takes more */
  constructor(private readonly memoryBytes: number) {}

  /** The organization's graph when it is here and has at least this version. */
  find(orgId: string, least: bigint): AccessGraph | undefined {
    const kept = this.#kept.get(orgId)
    if (!kept || kept.graph.version < least || !isSound(kept, Date.now())) return undefined
    this.#kept.delete(orgId)
    this.#kept.set(orgId, kept)
    return kept.graph
  }

  /** Builds the graph; whoever asks meanwhile shares it, and one that has grown old under way is built again. */
  async load(orgId: string, least: bigint, onWait: () => void): Promise<AccessGraph> {
    onWait()
    const under = this.#loading.get(orgId)
    if (under) {
      under.least = under.least < least ? least : under.least
      return under.done
    }
    const loading = { least, done: Promise.resolve(undefined as unknown as AccessGraph) }
    loading.done = this.#build(orgId, loading).finally(() => this.#loading.delete(orgId))
    this.#loading.set(orgId, loading)
    return loading.done
  }

  async #build(orgId: string, loading: { least: bigint }): Promise<AccessGraph> {
    let kept: Kept | undefined
    while (kept === undefined || kept.graph.version < loading.least) {
      const { soundUntil, ...rows } = await loadGraphRows(orgId)
      const graph = buildGraph(rows)
      kept = { graph, bytes: bytesOf(graph), soundUntil }
    }
    this.#kept.delete(orgId)
    this.#kept.set(orgId, kept)
    this.#makeRoom()
    return kept.graph
  }

  #makeRoom(): void {
    let used = 0
    for (const { bytes } of this.#kept.values()) used += bytes
    for (const [orgId, { bytes }] of this.#kept) {
      if (used <= this.memoryBytes || this.#kept.size === 1) return
      this.#kept.delete(orgId)
      used -= bytes
    }
  }
}

function isSound({ graph, soundUntil }: Kept, now: number): boolean {
  return now < soundUntil && now - graph.builtAt < mostAgeMs
}

function bytesOf(graph: AccessGraph): number {
  let bytes = 0
  for (const value of Object.values(graph)) if (ArrayBuffer.isView(value)) bytes += value.byteLength
  // Searches need as much room again.
  return bytes * 2
}
