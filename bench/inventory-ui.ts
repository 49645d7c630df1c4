import { gzipSync } from 'node:zlib'
import { chromium, type Page } from '@playwright/test'
import { organizationSizes, planOrganization } from '../prisma/factories/fleet'
import { fleetPassword } from '../prisma/factories/fleet-people'
import { readArguments } from './read-arguments'
import { round } from './samples'
import { setting } from './server'

/** Runs in the page before anything else: when the first row is there and when React has taken it over, and how long frames take. */
function watchPage(): void {
  const bench = { firstRow: 0, alive: 0, rowsMax: 0, frameMax: 0, isScrolling: false, frames: 0 }
  Object.assign(window, { bench })
  const rows = () => document.querySelectorAll('[role="row"], tbody tr').length
  const isAlive = () =>
    Object.keys(document.querySelector('tbody tr') ?? {}).some((name) => name.startsWith('__reactProps$'))
  let last = performance.now()
  const tick = (now: number) => {
    const count = rows()
    // The header is a row too.
    if (count > 1 && bench.firstRow === 0) bench.firstRow = now
    if (bench.alive === 0 && isAlive()) bench.alive = now
    bench.rowsMax = Math.max(bench.rowsMax, count)
    if (bench.isScrolling) {
      bench.frames += 1
      bench.frameMax = Math.max(bench.frameMax, now - last)
    }
    last = now
    requestAnimationFrame(tick)
  }
  requestAnimationFrame(tick)
}

/** Longer than the page waits before it fetches ahead. */
const idleMs = 6000

interface Watched {
  firstRow: number
  alive: number
  rowsMax: number
  frameMax: number
  isScrolling: boolean
  frames: number
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(setting('BENCH_URL'))
  await page.getByLabel('E-mail', { exact: false }).first().fill(email)
  await page.getByLabel('Password', { exact: false }).first().fill(fleetPassword)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'), { timeout: 30_000 })
}

/** The longest task of the page's main thread in a trace, in milliseconds. */
async function traced(page: Page, work: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page)
  let longest = 0
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as { name: string; dur?: number }[])
      if (event.name.endsWith('RunTask') && event.dur) longest = Math.max(longest, event.dur / 1000)
  })
  await session.send('Tracing.start', {
    categories: 'toplevel,devtools.timeline,disabled-by-default-devtools.timeline',
    transferMode: 'ReportEvents',
  })
  await work()
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await complete
  return longest
}

/** Scrolls down for 10 s, by so many pixels each 40 ms, and says how long its frames took. */
async function scrolled(page: Page, step: number): Promise<Watched> {
  await page.bringToFront()
  await page.mouse.move(720, 600)
  await page.evaluate(() =>
    Object.assign((window as unknown as { bench: Watched }).bench, { isScrolling: true, frameMax: 0, frames: 0 }),
  )
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    await page.mouse.wheel(0, step)
    await page.waitForTimeout(40)
  }
  return page.evaluate(() =>
    Object.assign((window as unknown as { bench: Watched }).bench, { isScrolling: false }),
  ) as Promise<Watched>
}

/** What no list of this browser on this machine can go below: a table that is there already, of text alone, without any script. */
const plainTable = `<table>${Array.from({ length: 6000 }, (_, n) => `<tr style="height:36px"><td>svc-${n}<td>service account<td>production<td>Payments<td>Admin<td>${n}<td>in 4 months</tr>`).join('')}</table>`

async function main(): Promise<number> {
  const { identities, organizations, seed } = readArguments()
  const [size = 0] = organizationSizes(identities, organizations)
  const plan = planOrganization({ seed, identities, organizations, asOf: new Date() }, 0, size)
  const browser = await chromium.launch({
    executablePath: setting('BENCH_BROWSER'),
    // Without a graphics card, painting by the processor is what a person's machine does least badly.
    args: ['--no-sandbox', '--disable-quic', '--disable-gpu'],
  })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await signIn(page, plan.people[0]?.email ?? '')
    await page.goto(`${setting('BENCH_URL')}/inventory`)
    await page.waitForTimeout(2000)

    const fresh = await context.newPage()
    // The loader marks functions with their names by a helper that the page does not have.
    await fresh.addInitScript({ content: `globalThis.__name = (f) => f; (${String(watchPage)})()` })
    const scripts = new Map<string, Promise<number>>()
    fresh.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return
      scripts.set(
        response.url(),
        response.body().then(
          (body) => gzipSync(body).byteLength,
          () => 0,
        ),
      )
    })
    const read = () => fresh.evaluate(() => (window as unknown as { bench: Watched }).bench)
    const firsts: number[] = []
    for (let visit = 0; visit < 5; visit += 1) {
      await fresh.goto(`${setting('BENCH_URL')}/inventory`)
      await fresh.waitForFunction(() => (window as unknown as { bench: Watched }).bench.firstRow > 0, undefined, {
        timeout: 30_000,
      })
      firsts.push((await read()).firstRow)
      if (visit > 0) continue
      await fresh.waitForLoadState('networkidle').catch(() => {})
      await fresh.waitForTimeout(idleMs)
      // The route's own is what was asked for until the rows could be used; what follows is fetched ahead, in idle time.
      const { alive } = await read()
      const begun = new Map(
        await fresh.evaluate(() =>
          performance.getEntriesByType('resource').map(({ name, startTime }) => [name, startTime] as const),
        ),
      )
      const kilobytes = async (isOwn: boolean) => {
        const chosen = [...scripts].filter(([url]) => (begun.get(url) ?? 0) < alive === isOwn)
        return round((await Promise.all(chosen.map(([, size]) => size))).reduce((a, b) => a + b, 0) / 1024, 1)
      }
      Object.assign(results, { js_kb_gzip: await kilobytes(true), js_idle_kb_gzip: await kilobytes(false) })
    }
    // At once, while the page still gets ready, and then as it is for the rest of a day.
    const early = await scrolled(fresh, 600)
    await fresh.waitForTimeout(idleMs)
    const seen = await scrolled(fresh, 600)
    const slow = await scrolled(fresh, 100)
    // A trace costs frames, so it is taken of a scroll of its own.
    const longestTask = await traced(fresh, async () => {
      await scrolled(fresh, 600)
    })
    const plain = await context.newPage()
    await plain.addInitScript({ content: `globalThis.__name = (f) => f; (${String(watchPage)})()` })
    await plain.goto(`${setting('BENCH_URL')}/api/health`)
    await plain.setContent(plainTable)
    const floor = await scrolled(plain, 600)
    firsts.sort((a, b) => a - b)
    Object.assign(results, {
      identities,
      listed: size,
      dom_rows_max: slow.rowsMax,
      frame_max_ms: round(seen.frameMax, 1),
      frames: seen.frames,
      frame_first_max_ms: round(early.frameMax, 1),
      frame_reading_max_ms: round(slow.frameMax, 1),
      frames_reading: slow.frames,
      frame_floor_max_ms: round(floor.frameMax, 1),
      frames_floor: floor.frames,
      longest_task_ms: round(longestTask, 1),
      first_rows_ms: round(firsts[2] ?? Number.NaN, 0),
      first_rows_worst_ms: round(firsts.at(-1) ?? Number.NaN, 0),
    })
    for (const [name, value] of Object.entries(results)) console.log(`  ${name.padEnd(22)} ${value}`)
    console.log(JSON.stringify(results))
    return 0
  } finally {
    await browser.close()
  }
}

const results: Record<string, number> = {}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 1
  })
  .then((code) => process.exit(code))
