import type { MappedFile, UploadedFile } from './map-file'

// Not imported: the bundler would take every file of the repository for a possible thread.
const { Worker: Thread } = process.getBuiltinModule('node:worker_threads')

/** Bundled by the build (dist/parse-thread.mjs) or, for tests, by their global set-up; whoever starts the process names it. */
function threadFile(): string {
  const file = process.env.PARSE_THREAD
  if (!file) throw new Error('PARSE_THREAD is missing: the file of the bundled parsing thread')
  return file
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
    const thread = new Thread(threadFile(), {
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
