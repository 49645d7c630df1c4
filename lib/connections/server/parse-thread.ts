import { parentPort, workerData } from 'node:worker_threads'
import { mapFile, type UploadedFile } from './map-file'

/** Entry of the worker thread: maps the files that it was given, one answer for each, in order. */
for (const file of workerData as UploadedFile[]) parentPort?.postMessage(mapFile(file))
