import { readFileSync } from 'node:fs'
import { type Cell, measure } from './samples'

/** What `scripts/bench.mjs` passes on. */
export function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is missing: start the benchmark with npm run -s bench`)
  return value
}

/** Asks the server as a program does, with an API key over one kept connection, and reads the answer to its end. */
export async function ask(token: string, path: string): Promise<unknown> {
  const response = await fetch(`${setting('BENCH_URL')}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const text = await response.text()
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text)
}

export function measureRoute(name: string, n: number, token: string, path: string): Promise<Cell> {
  return measure(name, n, () => ask(token, path))
}

export function residentMegabytes(pid: string): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/)
  return Number(line?.[1] ?? 0) / 1024
}

export interface ExportResult {
  rows: number
  rowsPerSecond: number
  firstByteMs: number
  growthMegabytes: number
}

/** Streams the whole inventory as NDJSON and watches the server's memory. */
export async function measureExport(token: string): Promise<ExportResult> {
  const pid = setting('BENCH_SERVER_PID')
  // What the first export of a process loads is not what this one needs.
  await (await exportOf(token, '&kind=ai_agent&status=disabled')).text()
  const before = residentMegabytes(pid)
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(pid))
  }, 100)
  try {
    const began = performance.now()
    const response = await exportOf(token)
    if (!response.body) throw new Error('the export has no body')
    let firstByteMs = 0
    let rows = 0
    for await (const chunk of response.body) {
      firstByteMs ||= performance.now() - began
      for (const byte of chunk as Uint8Array) if (byte === 10) rows += 1
    }
    const seconds = (performance.now() - began) / 1000
    return { rows, rowsPerSecond: rows / seconds, firstByteMs, growthMegabytes: peak - before }
  } finally {
    clearInterval(watch)
  }
}

async function exportOf(token: string, filter = ''): Promise<Response> {
  const response = await fetch(`${setting('BENCH_URL')}/api/v1/identities/export?format=ndjson${filter}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  if (response.ok) return response
  throw new Error(`GET /api/v1/identities/export answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
}
