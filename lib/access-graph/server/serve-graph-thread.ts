import { parentPort, workerData } from 'node:worker_threads'
import { answerInTurns } from '../engine/answer-graph'
import type { AccessGraph } from '../engine/contract'
import { UnknownNodeError } from '../engine/node-ids'
import type { GraphAnswers, GraphRequest } from '../engine/requests'
import { GraphShelf } from './load-graph-shelf'

export interface ThreadAsk {
  id: number
  orgId: string
  /** The version that the graph must have at least. */
  version: string
  request: GraphRequest
}

export type ThreadAnswer =
  | { kind: 'loading'; id: number }
  | {
      kind: 'answer'
      id: number
      answer: GraphAnswers[keyof GraphAnswers]
      version: string
      builtAt: number
      by: 'engine'
    }
  | { kind: 'failure'; id: number; code: 'not_found' | 'failed'; message: string }

/**
 * Entry of the worker thread: holds the graphs of this process and answers questions about them, one after the other; those that
 * take seconds in turns, between which others are answered. Questions about a graph that is being built wait for it, those about
 * others are answered meanwhile. It ends when its owner ends it.
 */
const { folder, memoryBytes } = (workerData ?? {}) as { folder: string; memoryBytes: number }
const shelf = new GraphShelf(folder, memoryBytes)

parentPort?.on('message', (ask: ThreadAsk) => void serve(ask))

async function serve({ id, orgId, version, request }: ThreadAsk): Promise<void> {
  try {
    const least = BigInt(version)
    const graph =
      shelf.find(orgId, least) ??
      (await shelf.load(orgId, least, () => send({ kind: 'loading', id } satisfies ThreadAnswer)))
    const turns = answerInTurns(graph, await withScores(graph, request))
    let turn = turns.next()
    while (!turn.done) {
      await new Promise(setImmediate)
      turn = turns.next()
    }
    const answer = turn.value
    const { version: built, builtAt } = graph
    send({ kind: 'answer', id, answer, version: String(built), builtAt, by: 'engine' }, buffersOf(answer))
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    send({ kind: 'failure', id, code: error instanceof UnknownNodeError ? 'not_found' : 'failed', message })
  }
}

/** The request, with the scores that it wants to be answered by. */
async function withScores(graph: AccessGraph, request: GraphRequest): Promise<GraphRequest> {
  if (request.op !== 'reachers' || request.scoring === undefined) return request
  return { ...request, scores: await shelf.scoresOf(graph, request.scoring) }
}

function send(answer: ThreadAnswer, buffers: ArrayBuffer[] = []): void {
  parentPort?.postMessage(answer, buffers)
}

/** The buffers of long columns, which are handed over and not copied. */
function buffersOf(answer: object): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const visit = (value: unknown) => {
    if (!ArrayBuffer.isView(value)) return
    const { buffer } = value
    if (buffer instanceof ArrayBuffer && buffer.byteLength === value.byteLength) found.add(buffer)
  }
  for (const value of Object.values(answer)) {
    visit(value)
    if (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value)) Object.values(value).forEach(visit)
  }
  return [...found]
}
