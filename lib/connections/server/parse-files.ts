import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { MappedFile, UploadedFile } from './map-file'

/** Bundled next to the server by the build; tests bundle it in their global set-up. */
function threadFile(): string {
  return process.env.PARSE_THREAD ?? path.join(process.cwd(), 'dist', 'parse-thread.mjs')
}

const secondsPerFile = 30
const memoryMegabytes = 2048

function refused(file: UploadedFile, why: string): MappedFile {
  const unread = { sha256: '', format: null, coverage: 'file' as const, header: null, columns: null, result: null }
  return { ...unread, name: file.name, bytes: file.bytes.byteLength, error: `${file.name} ${why}` }
}

/**
 * Maps files in a thread of its own, each bounded in time (30 s) and memory (2 GB), so that a hostile file can hurt nothing
 * but itself. A file that breaks a bound is refused and the rest goes on in a new thread.
 */
export async function parseFiles(files: readonly UploadedFile[]): Promise<MappedFile[]> {
  const mapped: MappedFile[] = []
  while (mapped.length < files.length) {
    const failure = await parseInThread(files.slice(mapped.length), (file) => mapped.push(file))
    const culprit = files[mapped.length]
    if (failure && culprit) mapped.push(refused(culprit, failure))
  }
  return mapped
}

/** Answers why the thread was stopped at the file after the last one that it answered, or null when it did them all. */
function parseInThread(files: readonly UploadedFile[], answer: (file: MappedFile) => void): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let left = files.length
    const thread = new Worker(threadFile(), {
      workerData: files,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    })
    const onTimeout = () => {
      resolve(`takes longer than ${secondsPerFile} s to read. Split it and import the parts.`)
      void thread.terminate()
    }
    let timer = setTimeout(onTimeout, secondsPerFile * 1000)
    thread.on('message', (file: MappedFile) => {
      clearTimeout(timer)
      answer(file)
      left -= 1
      if (left > 0) timer = setTimeout(onTimeout, secondsPerFile * 1000)
      else resolve(null)
    })
    thread.once('error', (error: Error & { code?: string }) => {
      clearTimeout(timer)
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
        resolve('needs too much memory to read. Split it and import the parts.')
      else reject(error)
    })
    thread.once('exit', () => {
      clearTimeout(timer)
      reject(new Error('the parsing thread ended without an answer'))
    })
  })
}
