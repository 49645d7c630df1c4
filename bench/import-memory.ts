import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { parseFiles } from '../lib/connections/server/parse-files'
import { previewImport } from '../lib/connections/server/preview-import'
import { resolveReferences } from '../lib/connections/server/resolve-references'
import { contextForJob } from '../lib/platform/auth/request-context'
import { resolveOrganization } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'
import { openSpool } from '../lib/platform/files/spool'
import { largeFormats, makeLargeFile } from './large/make-file'
import { round } from './samples'

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '200' },
    only: { type: 'string' },
    file: { type: 'string' },
    warm: { type: 'string' },
    reading: { type: 'boolean', default: false },
  },
})
const megabyte = 1024 * 1024

interface Measured {
  file_mb: number
  rss_growth_mb: number
  seconds: number
  records: number
  refused: number
  error: string | null
}

interface Read {
  records: number
  refused: number
  error: string | null
}

const sizedFile = (from: string) => ({
  name: path.basename(from),
  path: from,
  size: statSync(from).size,
  instance: 'large',
})

/** The whole preview, merge and all. */
async function preview(from: string): Promise<Read> {
  const ctx = contextForJob((await resolveOrganization('trial')).id, 'import memory')
  const run = await previewImport(ctx, [sizedFile(from)])
  const { unresolved: _open, ...counts } = run.counts
  return {
    records: Object.values(counts).reduce((sum, count) => sum + count, 0),
    refused: run.files.reduce((sum, { refusedCount }) => sum + refusedCount, 0),
    error: run.files.find(({ error }) => error)?.error ?? null,
  }
}

/** What a preview does before it asks the database: the file becomes packed records in a spool. */
async function read(from: string): Promise<Read> {
  const spool = openSpool()
  try {
    const parts = resolveReferences(await parseFiles([sizedFile(from)], spool), spool)
    const blocks = parts.flatMap(({ result }) => result?.blocks ?? [])
    return {
      records: blocks.reduce((sum, { count }) => sum + count, 0),
      refused: parts.reduce((sum, { result }) => sum + (result?.refusedCount ?? 0), 0),
      error: parts.find(({ error }) => error)?.error ?? null,
    }
  } finally {
    spool.close()
  }
}

/** What the process holds at most while a file is previewed, beyond what it held after a small one. */
async function measureOne(file: string, warm: string): Promise<Measured> {
  const take = values.reading ? read : preview
  await take(warm)
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  const began = performance.now()
  const came = await take(file)
  const seconds = (performance.now() - began) / 1000
  clearInterval(timer)
  return {
    file_mb: round(statSync(file).size / megabyte, 1),
    rss_growth_mb: round((Math.max(most, process.memoryUsage.rss()) - before) / megabyte, 1),
    seconds: round(seconds, 1),
    ...came,
  }
}

/** Each format in a process of its own: what one left behind is not the next one's. */
function measureApart(file: string, warm: string): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const args = ['--file', file, '--warm', warm, ...(values.reading ? ['--reading'] : [])]
    const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(said) as Measured)
      else reject(new Error(`the preview ended with ${code}`))
    })
  })
}

async function main(): Promise<number> {
  if (values.file !== undefined) {
    console.log(JSON.stringify(await measureOne(values.file, values.warm ?? values.file)))
    return 0
  }
  const megabytes = Number(values.megabytes)
  if (!(megabytes > 0)) throw new RangeError('--megabytes must be a number above 0')
  const wanted = values.only?.split(',')
  const root = process.env.BENCH_ROOT ?? '.'
  const folder = mkdtempSync(path.join(tmpdir(), 'import-memory-'))
  const formats: Record<string, Measured> = {}
  try {
    console.log(`  ${'MB'.padStart(6)} ${'RSS + MB'.padStart(9)} ${'s'.padStart(7)} ${'records'.padStart(10)}`)
    for (const format of largeFormats.filter(({ name }) => !wanted || wanted.includes(name))) {
      const extension = [format.extension, format.packing ?? ''].filter(Boolean).join('.')
      const [file, warm] = ['large', 'small'].map((name) => path.join(folder, `${name}.${extension}`))
      if (file === undefined || warm === undefined) continue
      makeLargeFile(format, root, file, megabytes * megabyte)
      makeLargeFile(format, root, warm, 1)
      const measured = await measureApart(file, warm)
      rmSync(file)
      formats[format.name] = measured
      const { file_mb: size, rss_growth_mb: growth, seconds, records, error } = measured
      const cells = [String(size).padStart(6), String(growth).padStart(9), String(seconds).padStart(7)]
      console.log(
        `  ${cells.join(' ')} ${String(records).padStart(10)}  ${format.name}${error === null ? '' : `: ${error}`}`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const all = Object.values(formats)
  const most = Math.max(...all.map(({ rss_growth_mb }) => rss_growth_mb))
  const isRead = all.every(({ error, records }) => error === null && records > 0)
  console.log(JSON.stringify({ megabytes, reading_alone: values.reading, rss_growth_mb_max: most, formats }))
  return isRead ? 0 : 1
}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 2
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })
