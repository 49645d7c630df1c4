import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import os from 'node:os'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { CreateApiKeyInput } from '../lib/api-keys/schema'
import { createApiKey } from '../lib/api-keys/server/create-api-key'
import { mapForEngine } from '../lib/decisions/server/map-questions'
import { listOrganizations } from '../lib/platform/auth/resolve-organization'
import { decisionPoint } from '../lib/platform/authz/client'
import { closePool } from '../lib/platform/db/pool'
import { tenantOf } from '../lib/platform/db/tenant'
import { contextOf, warmUp } from '../lib/platform/testing/context'
import { makeMember } from '../prisma/factories/organization'
import { finish, part } from './parts'
import { p50, p95, quantile, round, timed } from './samples'

/**
 * The runtime decision point through HTTP with the full live context, on the large inventory, beside the bare policy engine asked the
 * very same in the same run. Random identities and resources that they hold or do not hold; every answer is logged.
 */

const { values } = parseArgs({
  strict: false,
  options: { n: { type: 'string', default: '2000' }, only: { type: 'string' } },
})
const n = Number(values.n)
const setting = (name: string) => process.env[name] ?? ''
const urls = setting('BENCH_URLS').split(',')
const pids = setting('BENCH_SERVER_PIDS').split(',')
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function post(url: string, token: string, body: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'content-length': Buffer.byteLength(body),
    }
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.once('end', () =>
        response.statusCode === 200
          ? resolve(JSON.parse(text))
          : reject(new Error(`${response.statusCode}: ${text.slice(0, 200)}`)),
      )
    })
    request.once('error', reject)
    request.end(body)
  })
}

const residentMegabytes = (pid: string) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

interface Pair {
  identity: string
  resource: string
  kind: string
}

/** Pairs of which half are in the catalogue: an identity and something that it holds directly, or somebody else's. */
async function pairs(db: pg.Client, orgId: string, count: number): Promise<Pair[]> {
  const sized = await db.query<{ n: number }>(
    `SELECT reltuples::float AS n FROM pg_class WHERE relname = 'entitlement'`,
  )
  const percent = Math.min(100, Math.max(2, 2e8 / Math.max(1, sized.rows[0]?.n ?? 1)))
  const { rows } = await db.query<Pair>(
    `SELECT m.from_id AS identity, r.id AS resource, r.kind FROM entitlement m TABLESAMPLE SYSTEM (${percent})
     JOIN LATERAL (SELECT to_id FROM entitlement e WHERE e.org_id = m.org_id AND e.from_id = m.to_id AND e.kind = 'grants' AND e.deleted_at IS NULL
       ORDER BY e.id LIMIT 1) e ON true
     JOIN resource r ON r.org_id = m.org_id AND r.id = e.to_id AND r.deleted_at IS NULL
     WHERE m.org_id = $1 AND m.kind = 'member_of' AND m.from_type = 'identity' AND m.deleted_at IS NULL LIMIT $2`,
    [orgId, count],
  )
  if (rows.length < 100) throw new Error('the generated inventory has too few grants')
  return rows.map((row, at) =>
    at % 2 === 0 ? row : { ...row, identity: rows[(at * 7) % rows.length]?.identity ?? row.identity },
  )
}

const questionOf = ({ identity, resource, kind }: Pair, name = 'read') => ({
  subject: { type: 'identity', id: identity },
  action: { name },
  resource: { type: kind, id: resource },
  context: { ticket: { id: 'INC-482', state: 'open' }, source_workload: 'spiffe://acme.example/ci/deployer' },
})

async function main(): Promise<number> {
  const db = new pg.Client({ connectionString: setting('BENCH_SUPERUSER_URL') })
  await db.connect()
  const org =
    (await listOrganizations()).find(({ slug }) => slug === (setting('BENCH_ORG') || 'fleet-1')) ?? (await largest(db))
  const orgId = org.id
  const admin = contextOf(orgId, await makeMember(db, orgId, 'admin', 'Bench'))
  await warmUp(admin)
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const scopes = ['decisions:ask_any']
  const { token } = await createApiKey(
    admin,
    CreateApiKeyInput.parse({ name: `bench ${process.pid}`, scopes, expiresAt }),
  )
  const all = await pairs(db, orgId, 20_000)
  const at = (index: number) => all[index % all.length] as Pair
  const [url = ''] = urls
  const logged = async () =>
    Number(
      (await db.query(`SELECT count(*) AS n FROM decision WHERE org_id = $1 AND at >= $2`, [orgId, began])).rows[0].n,
    )
  const began = new Date()
  let given = 0

  await part(
    ['single_p50_ms', 'single_p95_ms', 'single_p99_ms', 'pdp_p50_ms', 'pdp_p95_ms', 'single_over_pdp_p95'],
    async () => {
      const bodies = Array.from({ length: n + 100 }, (_, index) => JSON.stringify(questionOf(at(index))))
      for (const body of bodies.slice(0, 100)) await post(`${url}/access/v1/evaluation`, token, body)
      const samples: number[] = []
      const bare: number[] = []
      const inputs = await mapForEngine(
        tenantOf(orgId),
        Array.from({ length: 200 }, (_, index) => questionOf(at(index))),
      )
      for (const [index, body] of bodies.slice(100).entries()) {
        samples.push(await timed(() => post(`${url}/access/v1/evaluation`, token, body)))
        const input = inputs[index % inputs.length]
        if (input) bare.push(await timed(() => decisionPoint().check(input.principal, [input.check])))
      }
      given += bodies.length
      return {
        single_p50_ms: round(p50(samples)),
        single_p95_ms: round(p95(samples)),
        single_p99_ms: round(quantile(samples, 0.99)),
        pdp_p50_ms: round(p50(bare)),
        pdp_p95_ms: round(p95(bare)),
        single_over_pdp_p95: round(p95(samples) / p95(bare)),
      }
    },
  )
  await part(
    ['batch50_p50_ms', 'batch50_p99_ms', 'batch50_decisions_per_s', 'pdp_batch50_decisions_per_s'],
    async () => {
      const batch = (index: number) => {
        const { identity } = at(index * 50)
        const { subject, action, context } = questionOf(at(index * 50))
        const evaluations = Array.from({ length: 50 }, (_, no) => ({
          resource: { type: at(index * 50 + no).kind, id: at(index * 50 + no).resource },
        }))
        return { body: JSON.stringify({ subject, action, context, evaluations }), identity }
      }
      const rounds = Math.max(200, Math.floor(n / 2))
      const bodies = Array.from({ length: rounds }, (_, index) => batch(index).body)
      const samples: number[] = []
      const run = async (from: number, step: number) => {
        for (let index = from; index < bodies.length; index += step)
          samples.push(
            await timed(() => post(`${urls[index % urls.length]}/access/v1/evaluations`, token, bodies[index] ?? '')),
          )
      }
      for (let index = 0; index < 20; index += 1)
        await post(`${urls[index % urls.length]}/access/v1/evaluations`, token, bodies[index] ?? '')
      const seconds = (await timed(() => Promise.all(Array.from({ length: 8 }, (_, from) => run(from, 8))))) / 1000
      given += (rounds + 20) * 50
      const inputs = await mapForEngine(
        tenantOf(orgId),
        JSON.parse(bodies[0] ?? '').evaluations.map((each: object) => ({ ...JSON.parse(bodies[0] ?? ''), ...each })),
      )
      const [first] = inputs
      const checks = inputs.map(({ check }) => check)
      const bareSeconds =
        (await timed(() =>
          Promise.all(
            Array.from({ length: 8 }, async () => {
              for (let index = 0; index < 50; index += 1)
                if (first) await decisionPoint().check(first.principal, checks)
            }),
          ),
        )) / 1000
      return {
        batch50_p50_ms: round(p50(samples)),
        batch50_p99_ms: round(quantile(samples, 0.99)),
        batch50_decisions_per_s: round((rounds * 50) / seconds, 0),
        pdp_batch50_decisions_per_s: round((8 * 50 * 50) / bareSeconds, 0),
      }
    },
  )
  await part(['revoke_to_deny_p50_ms', 'revoke_to_deny_p99_ms'], async () => {
    const samples: number[] = []
    const [one] = (
      await db.query<Pair>(
        `SELECT i.id AS identity, r.id AS resource, r.kind
         FROM entitlement m JOIN identity i ON i.org_id = m.org_id AND i.id = m.from_id AND i.status = 'active' AND i.deleted_at IS NULL
         JOIN entitlement e ON e.org_id = m.org_id AND e.from_id = m.to_id AND e.kind = 'grants' AND e.effect = 'allow' AND e.privilege IS NOT NULL
         JOIN resource r ON r.org_id = m.org_id AND r.id = e.to_id AND r.deleted_at IS NULL
         WHERE m.org_id = $1 AND m.kind = 'member_of' AND m.effect = 'allow' AND m.deleted_at IS NULL AND e.deleted_at IS NULL
           AND coalesce(m.condition, m.not_evaluable, e.condition, e.not_evaluable) IS NULL AND coalesce(m.expires_at, e.expires_at) IS NULL
           AND coalesce(i.environment, 'production') = 'production' AND coalesce(i.issued_at, now()) <= now()
           AND NOT EXISTS (SELECT FROM entitlement d WHERE d.org_id = m.org_id AND d.from_id = i.id AND d.to_id = r.id AND d.effect = 'deny') LIMIT 1`,
        [orgId],
      )
    ).rows
    if (!one) throw new Error('nobody may anything')
    const body = JSON.stringify(questionOf(one))
    const decide = async (place: string) => {
      given += 1
      return ((await post(`${place}/access/v1/evaluation`, token, body)) as { decision: boolean }).decision
    }
    for (let round = 0; round < 50; round += 1) {
      for (const place of urls) if (!(await decide(place))) throw new Error('it was denied before')
      await db.query(`UPDATE identity SET status = 'disabled' WHERE org_id = $1 AND id = $2`, [orgId, one.identity])
      const since = performance.now()
      await Promise.all(
        urls.map(async (place) => {
          while (await decide(place));
          samples.push(performance.now() - since)
        }),
      )
      await db.query(`UPDATE identity SET status = 'active' WHERE org_id = $1 AND id = $2`, [orgId, one.identity])
    }
    return { revoke_to_deny_p50_ms: round(p50(samples), 1), revoke_to_deny_p99_ms: round(quantile(samples, 0.99), 1) }
  })
  await part(['log_lost', 'logged', 'rss_mb', 'cerbos_rss_mb', 'web_processes', 'load_average'], async () => {
    const until = Date.now() + 15_000
    while ((await logged()) < given && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 200))
    const written = await logged()
    const cerbos = execFileSync('pgrep', ['-f', `grpcListenAddr=${setting('CERBOS_ADDRESS')}`], { encoding: 'utf8' })
      .trim()
      .split('\n')
    return {
      ...{ log_lost: given - written, logged: written },
      rss_mb: round(Math.max(...pids.map(residentMegabytes)), 0),
      cerbos_rss_mb: round(residentMegabytes(cerbos[0] ?? ''), 0),
      ...{ web_processes: urls.length, load_average: round(os.loadavg()[0] ?? 0, 1) },
    }
  })
  await db.end()
  decisionPoint().close()
  await closePool()
  return finish()
}

async function largest(db: pg.Client): Promise<{ id: string }> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT org_id AS id FROM identity_listing GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`,
  )
  if (!rows[0]) throw new Error('no inventory was generated')
  return rows[0]
}

process.exitCode = await main()
