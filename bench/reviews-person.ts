import type pg from 'pg'
import { hashPassword } from '../lib/platform/crypto/password'
import { AuthBrowser } from '../lib/platform/testing/auth-browser'
import { verifyReport } from '../lib/reviews/server/verify-report'
import type { MadeMember } from '../prisma/factories/organization'
import { round } from './samples'
import { residentMegabytes, setting } from './server'

const password = 'measured by a benchmark'

interface Person {
  /** Asks the server as the product's own pages do; with a body it is a POST. */
  ask: (path: string, body?: object) => Promise<unknown>
  get: (path: string) => Promise<Response>
}

/** Somebody who has signed in at the server. */
export async function enter(db: pg.Client, { userId, email }: MadeMember): Promise<Person> {
  await db.query('UPDATE user_account SET password_hash = $2 WHERE id = $1', [userId, await hashPassword(password)])
  const site = setting('BENCH_URL')
  const browser = new AuthBrowser((request) => fetch(request, { redirect: 'manual' }), site)
  const { error } = await browser.signIn(email, password)
  if (error) throw new Error(`signing in failed: ${error}`)
  const cookie = browser.cookieHeader()
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${site}${path}`, { ...init, headers: { cookie, origin: site, ...init.headers } })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
    return response
  }
  return {
    get,
    async ask(path, body) {
      const headers = { 'content-type': 'application/json' }
      const response = await get(path, body ? { method: 'POST', body: JSON.stringify(body), headers } : {})
      return JSON.parse(await response.text())
    },
  }
}

/** Reads a report as it is written, verifies it on the way, and watches the server's memory. */
export async function measureReport(person: Promise<Person>, path: string): Promise<Record<string, number>> {
  const pid = setting('BENCH_SERVER_PID')
  const { get } = await person
  const before = residentMegabytes(pid)
  let [peak, bytes] = [before, 0]
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(pid))
  }, 100)
  try {
    const began = performance.now()
    const { body } = await get(path)
    if (!body) throw new Error('the report has no body')
    const counted = async function* () {
      for await (const chunk of body) {
        bytes += chunk.length
        yield Buffer.from(chunk)
      }
    }
    const verdict = await verifyReport(counted())
    const seconds = (performance.now() - began) / 1000
    if (!verdict.isIntact) throw new Error(`the report is broken: ${verdict.problems.join(' ')}`)
    return {
      report_1m_s: round(seconds, 1),
      report_mb: round(bytes / 1e6, 0),
      report_items: verdict.items,
      report_growth_mb: round(peak - before, 0),
      server_rss_mb: round(peak, 0),
    }
  } finally {
    clearInterval(watch)
  }
}
