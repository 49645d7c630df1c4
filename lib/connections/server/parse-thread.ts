import { parentPort } from 'node:worker_threads'
import { mapFile, type UploadedFile } from './map-file'

/**
 * Entry of the worker thread: maps each file that it is sent, and answers with its parts; what is packed is handed over, not
 * copied. It ends when its owner ends it.
 */
parentPort?.on('message', (file: UploadedFile) => {
  const parts = mapFile(file)
  const buffers = parts.flatMap(({ result }) => result?.blocks.map(({ bytes }) => bytes.buffer) ?? [])
  parentPort?.postMessage(parts, buffers)
})
