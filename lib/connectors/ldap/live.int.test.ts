import { afterAll, beforeAll, expect, test } from 'vitest'
import { discover, identitiesOf, setting, statusOf } from '../../platform/testing/servers/found'
import { openldapSystems } from '../../platform/testing/servers/openldap'
import type { RunningSystem } from '../../platform/testing/servers/running-system'
import type { LiveConnection } from '../live-connector'
import { makeSecret } from '../secret'
import { ldap } from './live'

// What the script for all systems does not ask of a directory, against a real one with a password policy.

let server: RunningSystem | undefined
let connection: LiveConnection

beforeAll(async () => {
  const started = await openldapSystems[0]?.start()
  if (started === undefined || 'skipped' in started) return
  server = started
  connection = await ldap.connect(started.config, setting)
}, 420_000)
afterAll(async () => {
  connection?.close()
  await server?.stop()
})

test('an account that is locked stays locked when it gets a new password', async (context) => {
  if (server === undefined) return context.skip('slapd cannot be had here')
  const [first, second] = [makeSecret(), makeSecret()]
  const { identity } = await server.createAccount('svc-locked', first)
  const [account, passwords] = [connection.hands.identity, connection.hands.password]
  const target = { identity }
  const verify = async (secret: typeof first) => (await passwords?.verify?.({ target, secret }))?.answer
  expect(await verify(first)).toBe('accepted')
  await account?.disable?.({ target })
  const issued = await passwords?.issue?.({ target, secret: second })
  expect(await verify(second)).toBe('refused')
  expect(statusOf(await discover(connection), identity)).toBe('disabled')
  const ended = await passwords?.delete?.({ target: { identity, credential: issued?.credential ?? '' } })
  expect(ended?.did).toBe('done')
  expect(await verify(first)).toBe('refused')
  await account?.enable?.({ target })
  expect([await verify(first), await verify(second)]).toEqual(['accepted', 'refused'])
})

test('reads past the limit that the instructions lift; where it is not lifted, nothing counts as gone', async (context) => {
  if (server === undefined) return context.skip('slapd cannot be had here')
  const names = Array.from({ length: 45 }, (_, index) => `svc-${index}`)
  for (const name of names) await server.createAccount(name, makeSecret())
  // The server gives others than the connection 40 entries.
  const whole = await discover(connection, 20)
  expect(whole.end.isComplete).toBe(true)
  expect(identitiesOf(whole).length).toBeGreaterThan(45)
  const weak = await ldap.connect(server.powerless, setting)
  const part = await discover(weak, 20)
  weak.close()
  expect(part.end.isComplete).toBe(false)
  expect(part.end.skipped).toMatchObject([{ scope: 'the rest of the accounts' }])
  expect(identitiesOf(part).length).toBeLessThan(45)
})

test('refuses a login without a password, which a directory would let in as nobody', async (context) => {
  if (server === undefined) return context.skip('slapd cannot be had here')
  const attempt = ldap.connect({ ...server.config, password: '' }, setting)
  await expect(attempt).rejects.toMatchObject({ code: 'invalid_config' })
  await expect(ldap.connect({ ...server.config, user: 'EXTERNAL' }, setting)).rejects.toMatchObject({
    code: 'login_refused',
  })
  await expect(ldap.connect({ ...server.config, accounts: '(uid=' }, setting)).rejects.toMatchObject({
    code: 'invalid_config',
  })
})
