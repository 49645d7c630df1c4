import { parentPort } from 'node:worker_threads'
import { Spool } from '@/lib/platform/files/spool'
import { mapFile, type UploadedFile } from './map-file'

/** A file, and where its packed records go: the number of an open temporary file, or nowhere but back. */
export interface ParseOrder {
  file: UploadedFile
  spool: number | undefined
}

/**
 * Entry of the worker thread: maps each file that it is sent, and answers with its parts; what is packed is handed over, not
 * copied. It ends when its owner ends it.
 */
parentPort?.on('message', ({ file, spool }: ParseOrder) => {
  const parts = mapFile(file, spool === undefined ? undefined : new Spool(spool))
  const buffers = parts
    .flatMap(({ result }) => result?.blocks ?? [])
    .flatMap(({ packed }) => (packed instanceof Uint8Array ? [packed.buffer] : []))
  parentPort?.postMessage(parts, buffers)
})
