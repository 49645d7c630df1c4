import { buildGraph } from '../engine/build-graph'
import type { AccessGraph } from '../engine/contract'
import type { IdentityScores } from '../engine/requests'
import { loadGraphRows } from './load-graph'
import { loadScores } from './load-scores'
import { restoreSnapshot, type SoundGraph, writeSnapshot } from './restore-snapshot'

/** Lifetimes count from when a graph was read: one that is older than this is read again though nothing changed. */
const mostAgeMs = 6 * 60 * 60 * 1000

interface Kept extends SoundGraph {
  bytes: number
}

/**
 * The graphs that a process holds, by organization: built when they are asked for, and let go of by memory, the least recently
 * used first. Each build leaves a snapshot, from which the next start or another process goes on as long as its version is that of
 * the database.
 */
export class GraphShelf {
  readonly #kept = new Map<string, Kept>()
  readonly #loading = new Map<string, { least: bigint; done: Promise<AccessGraph> }>()

  readonly #scores = new WeakMap<AccessGraph, { scoring: string; done: Promise<IdentityScores> }>()

  #writing: Promise<void> = Promise.resolve()

  /** @param folder where snapshots lie; `memoryBytes` how much all graphs together may take, but for one that alone takes more */
  constructor(
    private readonly folder: string,
    private readonly memoryBytes: number,
  ) {}

  /** Settles when every snapshot so far is written. */
  settled(): Promise<void> {
    return this.#writing
  }

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
      if (under.least < least) under.least = least
      const graph = await under.done
      // It may have been through when this question came.
      return graph.version < least ? this.load(orgId, least, onWait) : graph
    }
    const loading = { least, done: Promise.resolve<AccessGraph>(undefined as never) }
    loading.done = this.#build(orgId, loading).finally(() => this.#loading.delete(orgId))
    this.#loading.set(orgId, loading)
    return loading.done
  }

  /** The scores of a graph's identities as one scoring wrote them, read once for all who ask. */
  scoresOf(graph: AccessGraph, scoring: string): Promise<IdentityScores> {
    const kept = this.#scores.get(graph)
    if (kept?.scoring === scoring) return kept.done
    const done = loadScores(graph)
    this.#scores.set(graph, { scoring, done })
    done.catch(() => this.#scores.delete(graph))
    return done
  }

  async #build(orgId: string, loading: { least: bigint }): Promise<AccessGraph> {
    let sound = await restoreSnapshot(this.folder, orgId, loading.least)
    if (sound && !isSound(sound, Date.now())) sound = undefined
    while (sound === undefined || sound.graph.version < loading.least) {
      const { soundUntil, ...rows } = await loadGraphRows(orgId)
      sound = { graph: buildGraph(rows), soundUntil }
      this.#writeLater(sound)
    }
    const kept = { ...sound, bytes: bytesOf(sound.graph) }
    this.#kept.delete(orgId)
    this.#kept.set(orgId, kept)
    this.#makeRoom()
    return kept.graph
  }

  /** Nobody waits for it; one after the other. */
  #writeLater(sound: SoundGraph): void {
    this.#writing = this.#writing.then(() => writeSnapshot(this.folder, sound))
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

function isSound({ graph, soundUntil }: SoundGraph, now: number): boolean {
  return now < soundUntil && now - graph.builtAt < mostAgeMs
}

function bytesOf(graph: AccessGraph): number {
  let bytes = 0
  for (const value of Object.values(graph)) if (ArrayBuffer.isView(value)) bytes += value.byteLength
  // Searches need as much room again.
  return bytes * 2
}
