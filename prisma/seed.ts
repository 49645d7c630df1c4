// Makes the demo organization out of the product's own use cases and real files. May be run again without harm.
import { setTimeout as wait } from 'node:timers/promises'
import { refreshScores } from '../lib/access-graph/server/refresh-scores'
import { closeGraphs } from '../lib/access-graph/server/serve-graph'
import { contextForJob } from '../lib/platform/auth/request-context'
import { listOrganizations } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'
import { isAppError } from '../lib/platform/errors'
import { ensureConnection, moveConnection } from './demo/connection'
import { ensureApiKey, ensureImport, ensureOwners } from './demo/inventory'
import { contextIn, ensureMember, ensureOrganization, ensurePerson, ensureTeam, findPerson } from './demo/people'
import { ensureReviews } from './demo/reviews'

const password = process.env.DEMO_PASSWORD ?? 'bailiwick-demo'

const people = {
  admin: { name: 'Ines Halloran', email: 'admin@demo.example' },
  security: { name: 'Tomasz Wrona', email: 'security@demo.example' },
  reviewer: { name: 'Priya Raman', email: 'reviewer@demo.example' },
  auditor: { name: 'Lukas Brandt', email: 'auditor@demo.example' },
  member: { name: 'Amara Diallo', email: 'member@demo.example' },
}

const teams = {
  platform: { name: 'Platform', description: 'Clusters, delivery and the cloud accounts' },
  data: { name: 'Data', description: 'Warehouse, exports and machine learning' },
  payments: { name: 'Payments', description: 'Ledger, billing and settlement' },
}

/** A machine that is busy starting up may let a decision take too long; then the step is taken once more. */
async function patiently<T>(step: () => Promise<T>, attempts = 6): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (attempts <= 1 || !isAppError(error) || error.code !== 'upstream_failed') throw error
    await wait(1000)
    return patiently(step, attempts - 1)
  }
}

/** What the launcher is told: the services that keep sessions open, or why there is no connection. */
type Seeded = Awaited<ReturnType<typeof ensureConnection>>

async function seedDemo(): Promise<Seeded> {
  const founder = await ensurePerson(people.admin, password)
  const admin = await patiently(() => ensureOrganization(founder, { name: 'Demo', slug: 'demo' }))
  const join = async (role: 'security' | 'reviewer' | 'auditor' | 'member') => {
    const person = await ensurePerson(people[role], password)
    return { person, ctx: await patiently(() => ensureMember(admin, person, role)) }
  }
  const security = await join('security')
  const reviewer = await join('reviewer')
  const auditor = await join('auditor')
  const member = await join('member')

  const platform = await patiently(() => ensureTeam(admin, teams.platform, [security.person, reviewer.person]))
  const data = await patiently(() => ensureTeam(admin, teams.data, [reviewer.person]))
  const payments = await patiently(() => ensureTeam(admin, teams.payments, [member.person]))

  const imports: [places: string[], instance?: string][] = [
    [
      [
        'aws/fixtures/authorization-details/cloudsplaining-example.json',
        'aws/fixtures/credential-report/c7n-account_credential_report.json',
      ],
    ],
    [['kubernetes/fixtures'], 'production'],
    [['mcp/fixtures/mcp-server', 'mcp/fixtures/mcp-docker-server']],
    [['csv/fixtures/identities.csv'], 'Service catalogue'],
  ]
  for (const [places, instance] of imports) await patiently(() => ensureImport(security.ctx, places, instance))

  const owned = [
    { ownerKey: `team:${payments}`, named: 'billing-export', atMost: 1, confirmedBy: admin },
    { ownerKey: `team:${payments}`, named: 'legacy-sync', atMost: 1 },
    { ownerKey: `team:${platform}`, named: 'ci-deployer', atMost: 1, confirmedBy: security.ctx },
    { ownerKey: `team:${platform}`, named: 'prometheus', atMost: 6, confirmedBy: security.ctx },
    { ownerKey: `team:${platform}`, named: 'controller', atMost: 20, confirmedBy: security.ctx },
    { ownerKey: `team:${data}`, named: 'chat-assistant', atMost: 1, confirmedBy: admin },
    { ownerKey: `team:${data}`, named: 'postgres', atMost: 4 },
    { ownerKey: `user:${member.person.id}`, named: 'grafana', atMost: 3, confirmedBy: admin },
    { ownerKey: `user:${security.person.id}`, named: 'aws', atMost: 8, confirmedBy: security.ctx },
  ]
  for (const ownership of owned) await patiently(() => ensureOwners(security.ctx, ownership))
  await patiently(() => ensureApiKey(security.ctx, 'nightly-import', ['imports:write', 'inventory:read']))

  // A second organization, small, in which the first one's administrator is only an auditor.
  const northwind = await patiently(() => ensureOrganization(security.person, { name: 'Northwind', slug: 'northwind' }))
  await patiently(() => ensureMember(northwind, founder, 'auditor'))
  await patiently(() => ensureMember(northwind, auditor.person, 'reviewer'))
  await patiently(() => ensureImport(northwind, ['csv/fixtures/identities.csv'], 'Service catalogue'))

  // A login that may make databases and roles; the launcher names one where the server is its own.
  const url = process.env.DEMO_SERVER_URL ?? process.env.MIGRATE_DATABASE_URL ?? process.env.DATABASE_URL ?? ''
  const job = contextForJob(admin.tenant.orgId, 'sync-connection')
  const seeded = await ensureConnection({ admin, job }, { url, ownerKey: `team:${platform}` })

  // The worker would do it in its own time; whoever looks first finds scores.
  for (const { tenant } of [admin, northwind])
    await patiently(() => refreshScores(contextForJob(tenant.orgId, 'refresh-scores')))
  // Whoever came before the teams were filled acts for them from the next request on.
  const asReviewer = (await contextIn(admin.tenant.orgId, reviewer.person)) ?? reviewer.ctx
  await patiently(() =>
    ensureReviews({
      ...{ security: security.ctx, reviewer: asReviewer, job: contextForJob(admin.tenant.orgId, 'reviews') },
      ...{ reviewerKey: `user:${reviewer.person.id}`, fallbackKey: `team:${platform}` },
    }),
  )
  return seeded
}

/** Tells the demo's connection that its server listens on another port than when it was made. */
async function moveDemo(url: string): Promise<{ moved: boolean }> {
  const admin = await findPerson(people.admin)
  const organization = (await listOrganizations()).find(({ slug }) => slug === 'demo')
  const ctx = admin && organization && (await contextIn(organization.id, admin))
  return { moved: ctx !== undefined && (await patiently(() => moveConnection(ctx, url))) }
}

async function run(): Promise<object> {
  if (process.argv.includes('--move')) return moveDemo(process.env.DEMO_SERVER_URL ?? '')
  const signIns = Object.entries(people).map(([role, { email }]) => ({ email, password, role }))
  return { signIns, ...(await seedDemo()) }
}

run()
  .then((answer) => {
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  })
  .catch((error: unknown) => {
    const text = error instanceof Error ? error.stack : String(error)
    process.stderr.write(`${text}\n`)
    process.exitCode = 1
  })
  .finally(async () => {
    await closeGraphs()
    await closePool()
    // Connections to the decision point would keep the process alive.
    process.exit()
  })
