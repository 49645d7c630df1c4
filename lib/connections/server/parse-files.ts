import { BoundedQueue } from '@/lib/platform/crypto/bounded-queue'
import { env } from '@/lib/platform/env'
import { defaultLimits } from '@/lib/platform/files/limits'
import type { Spool } from '@/lib/platform/files/spool'
import { noNotes } from '../rules'
import { type MappedFile, sizeOf, type UploadedFile } from './map-file'
import type { ParseOrder } from './parse-thread'

// Not imported: the bundler would take every file of the repository for a possible thread.
const { Worker: Thread } = process.getBuiltinModule('node:worker_threads')

/** Bundled by the build (dist/parse-thread.mjs) or, for tests, by their global set-up; whoever starts the process names it. */
function threadFile(): string {
  const file = env().PARSE_THREAD
  if (!file) throw new Error('PARSE_THREAD is missing: the file of the bundled parsing thread')
  return file
}

/** For any file, and for each megabyte of it, unpacked: of what is packed only the most that may come out is known. */
const secondsPerFile = 30
const secondsPerMegabyte = 3
const memoryMegabytes = 2048
/**
 * What a large file gets at first: as it is read in pieces it needs no more, and what is not needed any more is noticed soon.
 * One that does need more is read again with all.
 */
const thriftyMegabytes = 192
const youngMegabytes = 16

const isPacked = ({ name }: UploadedFile) => /\.(?:gz|zip|xlsx|xlsm)$/i.test(name)
const unpackedSize = (file: UploadedFile) =>
  isPacked(file) ? Math.min(sizeOf(file) * defaultLimits.unpackRatio, defaultLimits.unpackedBytes) : sizeOf(file)
const isLarge = (file: UploadedFile) => sizeOf(file) > defaultLimits.wholeBytes || isPacked(file)

function refused(file: { name: string; size: number }, why: string): MappedFile {
  const unread = {
    sha256: '',
    format: null,
    coverage: 'file' as const,
    header: null,
    columns: null,
    isComplete: false,
    result: null,
    notes: noNotes,
  }
  return { ...unread, name: file.name, upload: file.name, bytes: file.size, error: `${file.name} ${why}` }
}

/** One upload at a time in each process, as its thread may take 2 GB. */
const parsing = new BoundedQueue(
  { running: 1, waiting: 8 },
  'Too many files are being read at this moment. Upload again in a few seconds.',
)

/**
 * Maps files in a thread of its own, each bounded in time (30 s of work, and three more for each MB) and memory (2 GB), so that a hostile file can hurt nothing
 * but itself. A file that breaks a bound is refused and the rest goes on in a new thread. The bytes are handed over to the
 * thread, not copied: afterwards the caller's arrays are empty. A file with several parts gives several answers in its place.
 * `spool`: where the packed records go; without one they come back in memory.
 * @throws AppError `rate_limited` when eight uploads are waiting already
 */
export function parseFiles(files: readonly UploadedFile[], spool?: Spool): Promise<MappedFile[]> {
  return parsing.run(async () => {
    const mapped: MappedFile[] = []
    let thread: ParseThread | undefined
    try {
      for (const file of files) {
        const { name } = file
        const size = sizeOf(file)
        if (isLarge(file)) {
          const apart = await mapThriftily(file, spool)
          if (apart) {
            mapped.push(...apart)
            continue
          }
        }
        thread ??= new ParseThread(memoryMegabytes)
        const answer = await thread.map(file, spool?.fd)
        spool?.refresh()
        if (typeof answer !== 'string') mapped.push(...answer)
        else {
          mapped.push(refused({ name, size }, answer))
          await thread.end()
          thread = undefined
        }
      }
    } finally {
      await thread?.end()
    }
    return mapped
  })
}

/** Undefined when it takes more than a little memory, or its bytes could not be read a second time. */
async function mapThriftily(file: UploadedFile, spool: Spool | undefined): Promise<MappedFile[] | undefined> {
  if ('bytes' in file) return undefined
  const thread = new ParseThread(thriftyMegabytes)
  try {
    const answer = await thread.map(file, spool?.fd)
    if (typeof answer !== 'string') return answer
    return answer === tooMuch ? undefined : [refused({ name: file.name, size: sizeOf(file) }, answer)]
  } finally {
    spool?.refresh()
    await thread.end()
  }
}

/** The file's bytes as a whole buffer, so that they can change hands. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
  return whole ? new Uint8Array(buffer) : new Uint8Array(bytes)
}

const tooMuch = 'needs too much memory to read. Split it and import the parts.'

/** How much longer a file may take on a machine that is busy with something else. */
const patience = 5

/** Calls back when so many seconds have passed and this process has worked so long, or at the latest after five times as many. */
function whenSpent(seconds: number, late: () => void): { timer: NodeJS.Timeout } {
  const began = performance.now()
  const before = process.cpuUsage()
  const look = () => {
    const { user, system } = process.cpuUsage(before)
    const worked = (user + system) / 1e6
    const passed = (performance.now() - began) / 1000
    if (worked >= seconds || passed >= seconds * patience) late()
    else watch.timer = setTimeout(look, Math.max(100, Math.min(seconds - worked, seconds * patience - passed) * 1000))
  }
  const watch = { timer: setTimeout(look, seconds * 1000) }
  return watch
}

class ParseThread {
  private readonly thread: InstanceType<typeof Thread>
  private settle: (answer: MappedFile[] | string | Error) => void = () => {}

  constructor(megabytes: number) {
    this.thread = new Thread(threadFile(), {
      resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: youngMegabytes },
    })
    this.thread.on('message', (mapped: MappedFile[]) => this.settle(mapped))
    this.thread.on('error', (error: Error & { code?: string }) =>
      this.settle(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch : error),
    )
    this.thread.on('exit', () => this.settle(new Error('the parsing thread ended without an answer')))
  }

  /** Answers the file's parts, or why the thread cannot go on. */
  map(file: UploadedFile, spool: number | undefined): Promise<MappedFile[] | string> {
    return new Promise((resolve, reject) => {
      const seconds = secondsPerFile + Math.round((unpackedSize(file) / 1024 / 1024) * secondsPerMegabyte)
      const late = `takes longer than ${seconds} s to read. Split it and import the parts.`
      const watch = whenSpent(seconds, () => this.settle(late))
      this.settle = (answer) => {
        clearTimeout(watch.timer)
        this.settle = () => {}
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      }
      if (!('bytes' in file)) {
        this.thread.postMessage({ file, spool } satisfies ParseOrder)
        return
      }
      const bytes = ownBytes(file.bytes)
      this.thread.postMessage({ file: { ...file, bytes }, spool } satisfies ParseOrder, [bytes.buffer])
    })
  }

  async end(): Promise<void> {
    await this.thread.terminate()
  }
}
