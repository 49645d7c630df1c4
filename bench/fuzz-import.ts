import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { connectors } from '../lib/connectors/registry'
import { contextForJob } from '../lib/platform/auth/request-context'
import { resolveOrganization } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'
import { PreviewCheck } from './fuzz/check-previews'
import { readCorpus } from './fuzz/corpus'
import { makeInput } from './fuzz/make-input'
import { type Lost, runInputs } from './fuzz/run-inputs'
import type { Outcome } from './fuzz/thread'

const began = performance.now()
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '7' },
    previews: { type: 'string', default: '200' },
    threads: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
})
const whole = (name: 'inputs' | 'seed' | 'previews' | 'threads') => {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < 0) throw new RangeError(`--${name} must be a whole number`)
  return number
}
const [inputs, seed, previews] = [whole('inputs'), whole('seed'), whole('previews')]
const root = path.join(process.env.FUZZ_ROOT ?? '.', 'lib', 'connectors')
const corpus = readCorpus(root)

/** Each kind of trouble once, with the first input that showed it and how many did. */
const findings = new Map<string, { count: number; first: Outcome | Lost | { no: number }; what: string }>()
const found = (what: string, first: Outcome | Lost | { no: number }) => {
  const key = what.replace(/\d+/g, 'N').slice(0, 160)
  const known = findings.get(key)
  if (known) known.count += 1
  else findings.set(key, { count: 1, first, what })
}

const perFormat: Record<string, { inputs: number; read: number; refused: number; crashes: number; hangs: number }> = {}
const unread = { inputs: 0, read: 0, refused: 0, crashes: 0, hangs: 0 }
const totals = { crashes: 0, hangs: 0, partial: 0, slowest: 0, done: 0 }

/** The formats that inputs were taken for. */
const reached = new Set<string>()

function take(outcome: Outcome | Lost): void {
  totals.done += 1
  if ('format' in outcome && outcome.format !== null) reached.add(outcome.format)
  const group = 'group' in outcome ? outcome.group : makeInput(corpus, seed, outcome.no).group
  const line = perFormat[group] ?? { ...unread }
  perFormat[group] = line
  line.inputs += 1
  if ('why' in outcome) {
    const isHang = outcome.why === 'hang'
    if (isHang) totals.hangs += 1
    else totals.crashes += 1
    line[isHang ? 'hangs' : 'crashes'] += 1
    found(`${outcome.why} in ${group}: ${outcome.detail}`, outcome)
  } else {
    totals.slowest = Math.max(totals.slowest, outcome.ms)
    line[outcome.came === 'crash' ? 'crashes' : outcome.came] += 1
    if (outcome.came === 'crash') {
      totals.crashes += 1
      found(`crash in ${group}: ${outcome.crash}\n${outcome.stack ?? ''}`, outcome)
    }
  }
  if (totals.done % 500 === 0) tell()
}

function tell(): void {
  const seconds = (performance.now() - began) / 1000
  const rate = totals.done / seconds
  const left = Math.ceil((inputs - totals.done) / Math.max(rate, 0.001))
  const line = `${totals.done} of ${inputs} inputs · ${Math.round(rate)} a second · about ${left} s left · ${totals.crashes} crashes, ${totals.hangs} hangs`
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K  ${line}` : `  ${line}\n`)
}

async function checkPreviews(): Promise<number> {
  const url = process.env.BENCH_SUPERUSER_URL
  if (!url || previews === 0) return 0
  const ctx = contextForJob((await resolveOrganization('trial')).id, 'fuzz')
  const check = new PreviewCheck(url, ctx)
  await check.open()
  const count = Math.min(previews, inputs)
  for (let n = 0; n < count; n++) {
    const input = makeInput(corpus, seed, Math.floor((n * inputs) / count))
    const outcome = await check.check(input, n % 2 === 0)
    const line = perFormat[outcome.group]
    if (outcome.partial) totals.partial += 1
    if (outcome.crash) totals.crashes += 1
    if (outcome.crash && line) line.crashes += 1
    const what = outcome.partial ?? outcome.crash
    if (what) found(`${what} in ${outcome.group}`, outcome)
  }
  await check.close()
  return count
}

async function main(): Promise<number> {
  const numbers =
    values.only === undefined ? Array.from({ length: inputs }, (_, no) => no) : values.only.split(',').map(Number)
  const threads = Math.max(1, whole('threads'))
  await runInputs(
    numbers,
    { file: process.env.FUZZ_THREAD ?? '', connectors: root, seed, threads, hangMs: 2_000 },
    take,
  )
  const previewed = values.only === undefined ? await checkPreviews() : 0
  const folder = process.env.FUZZ_FINDINGS ?? ''
  for (const { count, first, what } of findings.values()) {
    const { from, name, told, bytes } = makeInput(corpus, seed, first.no)
    console.error(
      `\n${count} × ${what}\n  first: --only ${first.no} --seed ${seed}, ${from} as ${name}: ${told.join('; ')}`,
    )
    if (folder === '') continue
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, `${seed}-${first.no}-${name.replace(/[^\w.-]/g, '_')}`), bytes)
  }
  const result = {
    inputs: numbers.length,
    crashes: totals.crashes,
    hangs: totals.hangs,
    partial_writes: totals.partial,
    seed,
    seconds: Math.round((performance.now() - began) / 1000),
    previewed,
    slowest_ms: totals.slowest,
    formats_not_reached: connectors.map(({ id }) => id).filter((id) => !reached.has(id)),
    formats: Object.fromEntries(Object.entries(perFormat).sort(([a], [b]) => a.localeCompare(b))),
  }
  console.log(JSON.stringify(result))
  return totals.crashes + totals.hangs + totals.partial === 0 ? 0 : 1
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
