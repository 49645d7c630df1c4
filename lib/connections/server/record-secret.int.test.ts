import { afterAll, beforeAll, expect, it } from 'vitest'
import { Secret } from '@/lib/connectors/secret'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import type { Config, Connection } from '../live'
import { createConnection } from './create-connection'
import { getSync } from './get-sync'
import { openLive } from './open-live'
import { connectionTarget } from './present-connection'
import { openConfig, requireConnector } from './read-live-config'
import { secretKeeper } from './record-secret'
import { requestSync } from './request-sync'
import { findLive } from './store-live'
import { syncConnection } from './sync-connection'
import { updateConnection } from './update-connection'

// A server that changes the token by which a client is managed, each time that it is used to change something.

let org: TestOrganization
let system: RunningSystem
let made: Connection

beforeAll(async () => {
  org = await testOrganization()
  const started = await systemsUnderTest.find(({ connector }) => connector === 'oauth')?.start()
  if (!started || 'skipped' in started) throw new Error('the OAuth server did not start')
  system = started
  await system.createAccount('svc-billing', new Secret('secret-of-billing'))
  made = await createConnection(org.as.security, {
    ...{ connector: 'oauth', name: 'Sign-in', instance: 'auth.example' },
    config: system.config as Config,
  })
})

afterAll(async () => {
  await system.stop()
  await closePool()
})

async function sync() {
  const { id } = await requestSync(org.as.security, { id: made.id })
  await syncConnection(org.job, { id })
  return getSync(org.as.auditor, { id })
}

const registrationsNow = async () =>
  String(openConfig(await findLive(org.as.security, made.id)).registrations).split('\n')

it('stores what a hand made the server change, so that the next sync can read with it', async () => {
  expect(await sync()).toMatchObject({ status: 'applied', isPartial: false, counts: { identities: 3 } })
  const ctx = org.as.security
  const live = await findLive(ctx, made.id)
  const permit = await ctx.authorize('test', connectionTarget(live))
  const open = await openLive(requireConnector('oauth'), {
    ...{ config: openConfig(live), instance: live.instance, signal: AbortSignal.timeout(10_000) },
    keep: secretKeeper(ctx, permit, live),
  })
  const before = await registrationsNow()
  const target = { identity: 'client:svc-billing', credential: 'client:svc-billing#secret' }
  const issued = await open.hands.client_secret?.issue?.({ target })
  open.close()
  expect(issued?.replacesFormer).toBe(true)
  const after = await registrationsNow()
  expect(after.map((line, at) => line === before[at])).toEqual([true, true, false])
  // With the token of before, the client would not be seen, and the sync would be a part.
  expect(await sync()).toMatchObject({ status: 'applied', isPartial: false })
})

it('keeps what somebody else changed in between', async () => {
  const ctx = org.as.security
  const live = await findLive(ctx, made.id)
  const keep = secretKeeper(ctx, await ctx.authorize('test', connectionTarget(live)), live)
  const add = (line: string) => (text: string) => `${text}\n# ${line}`
  await Promise.all([keep('registrations', add('first')), keep('registrations', add('second'))])
  expect((await registrationsNow()).slice(3).sort()).toEqual(['# first', '# second'])
  expect(openConfig(await findLive(ctx, made.id)).secret).toBe(system.config.secret)
})

it('loses nothing to somebody who edits the connection in the same moment', async () => {
  const ctx = org.as.security
  const live = await findLive(ctx, made.id)
  const keep = secretKeeper(ctx, await ctx.authorize('test', connectionTarget(live)), live)
  const config = { secret: String(system.config.secret) }
  for (let round = 0; round < 5; round += 1) {
    const line = `# changed in round ${round}`
    const [edit] = await Promise.allSettled([
      updateConnection(ctx, { id: made.id, config }),
      keep('registrations', (text) => `${text}\n${line}`),
    ])
    expect(await registrationsNow()).toContain(line)
    if (edit.status === 'rejected') expect(edit.reason).toMatchObject({ code: 'conflict' })
  }
})
