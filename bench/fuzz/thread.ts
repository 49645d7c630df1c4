import { parentPort, workerData } from 'node:worker_threads'
import { mapFile } from '@/lib/connections/server/map-file'
import { unpackRecords } from '@/lib/connections/server/write-records'
import { findBreach } from './check-records'
import { readCorpus } from './corpus'
import { makeInput } from './make-input'

/** What one input came to. `crash`: what was thrown, or what the results break. */
export interface Outcome {
  no: number
  group: string
  format: string | null
  /** `read`: something of it is usable; `refused`: it was told why not; `crash`: neither. */
  came: 'read' | 'refused' | 'crash'
  crash?: string
  stack?: string
  from: string
  name: string
  told: string[]
  ms: number
}

/** First the thread says that the input is made, so that only its reading is timed; then what became of it. */
export type Message = { started: number } | Outcome

const { connectors, seed } = workerData as { connectors: string; seed: number }
const corpus = readCorpus(connectors)

parentPort?.on('message', (no: number) => {
  const { group, name, from, told, bytes } = makeInput(corpus, seed, no)
  parentPort?.postMessage({ started: no } satisfies Message)
  const began = performance.now()
  const facts = { no, group, from, name, told }
  const ms = () => Math.round(performance.now() - began)
  try {
    const mapped = mapFile({ name, bytes: new Uint8Array(bytes), instance: 'fuzz' })
    const took = ms()
    const results = mapped.flatMap(({ result }) =>
      result === null ? [] : { ...result, records: [...unpackRecords(result.blocks)] },
    )
    const breach = findBreach(results)
    const format = mapped.find((part) => part.format !== null)?.format ?? null
    const isRead = mapped.some(({ error }) => error === null)
    const answer: Outcome = { ...facts, format, came: isRead ? 'read' : 'refused', ms: took }
    parentPort?.postMessage(breach === undefined ? answer : { ...answer, came: 'crash', crash: breach })
  } catch (error) {
    const crash = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 7).join('\n') : ''
    parentPort?.postMessage({
      ...facts,
      format: null,
      came: 'crash',
      crash: crash.slice(0, 500),
      stack,
      ms: ms(),
    } satisfies Message)
  }
})
