import { parentPort } from 'node:worker_threads'
import { mapFile, type UploadedFile } from './map-file'

/** Entry of the worker thread: maps each file that it is sent, and answers. It ends when its owner ends it. */
parentPort?.on('message', (file: UploadedFile) => parentPort?.postMessage(mapFile(file)))
