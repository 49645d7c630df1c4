import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { MailServer, type MailServerOptions } from '@/lib/platform/testing/servers/mail-server'
import { getMailSettings } from './get-mail-settings'
import { updateMailSettings } from './update-mail-settings'
import { verifyMailServer } from './verify-mail-server'

let org: TestOrganization
let db: pg.Client
const servers: MailServer[] = []
const login = { user: 'bailiwick', password: 'correct horse battery staple' }

async function start(options: MailServerOptions): Promise<MailServer> {
  const server = await MailServer.start(options)
  servers.push(server)
  return server
}

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  org = await testOrganization()
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})
afterAll(async () => {
  await db.end()
  await closePool()
})

const test = () => verifyMailServer(org.as.admin)

describe('a test e-mail', () => {
  it.each(['tls', 'starttls', 'off'] as const)('arrives by %s', async (tls) => {
    const server = await start({ tls, login })
    await updateMailSettings(org.as.admin, server.settings(tls, login))
    expect(await test()).toEqual({
      isSent: true,
      to: org.users.admin.email,
      says: `localhost took the e-mail. Look whether it arrives at ${org.users.admin.email}.`,
    })
    expect(server.received).toMatchObject([{ to: [org.users.admin.email], isSecure: tls !== 'off', user: 'bailiwick' }])
  })

  it('says plainly what failed', async () => {
    const server = await start({ tls: 'starttls', login })
    const settings = server.settings('starttls', login)
    const says = async (change: object) => {
      await updateMailSettings(org.as.admin, { ...settings, ...change } as never)
      const { isSent, says: words } = await test()
      expect(isSent).toBe(false)
      return words
    }
    expect(await says({ password: 'hunter2' })).toMatch(
      /^localhost refused the user name or the password\. It said: 535/,
    )
    expect(await says({ caPem: null })).toContain('not signed by an authority that is known here')
    expect(await says({ tls: 'tls' })).toContain('does not speak TLS')
    expect(await says({ host: '127.0.0.1' })).toContain('is for another name')
    expect(await says({ port: 9 })).toContain('Nothing at localhost answers at port 9')
    expect(await says({ host: 'nowhere.invalid' })).toContain('No address is known for nowhere.invalid')
    expect(await says({ host: '169.254.169.254' })).toContain('does not connect to')
    expect(await says({ tls: 'off', host: '192.0.2.1' })).toMatch(/needs TLS|does not connect to/)
    server.refusals.set(org.users.admin.email, { code: 550, says: 'We do not know them' })
    expect(await says({})).toContain('refused the address')
    const plain = await start({ tls: 'off' })
    expect(await says({ port: plain.port, username: null, password: undefined })).toContain('does not offer STARTTLS')
    expect(server.received).toEqual([])
  })

  it('is given up when a server says nothing', async () => {
    const server = await start({ tls: 'off' })
    server.greetingMs = 15_000
    await updateMailSettings(org.as.admin, server.settings('off'))
    expect(await test()).toMatchObject({ isSent: false, says: expect.stringContaining('did not answer in time') })
  }, 40_000)

  it('goes to the caller, who is a person and an administrator', async () => {
    await expect(verifyMailServer(org.as.security)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(verifyMailServer(org.job)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await test()).toMatchObject({ isSent: false, says: 'No mail server is set up, so nothing was sent.' })
  })
})

describe('the settings', () => {
  it('hold the password sealed and never give it out', async () => {
    const server = await start({ tls: 'off', login })
    await updateMailSettings(org.as.admin, server.settings('off', login))
    const shown = await getMailSettings(org.as.auditor)
    expect(shown).toMatchObject({ way: 'own', isOn: true, own: { hasPassword: true }, can: { update: false } })
    expect(JSON.stringify(shown)).not.toContain(login.password)
    const { rows } = await db.query(`SELECT password FROM mail_setting WHERE org_id = $1`, [org.orgId])
    expect(rows[0].password.toString('utf8')).not.toContain(login.password)
    const trail = await db.query(`SELECT e::text AS row FROM audit_event e WHERE org_id = $1`, [org.orgId])
    expect(JSON.stringify(trail.rows)).not.toContain(login.password)
    await expect(getMailSettings(org.as.security)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(updateMailSettings(org.as.auditor, { way: 'off' })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('send a stored password to no other server than that for which it was given', async () => {
    const server = await start({ tls: 'off', login })
    const { password: _, ...rest } = { password: '', ...server.settings('off', login) }
    await updateMailSettings(org.as.admin, server.settings('off', login))
    await updateMailSettings(org.as.admin, { ...rest, fromName: 'Another name' })
    expect(await test()).toMatchObject({ isSent: true })
    await expect(updateMailSettings(org.as.admin, { ...rest, host: 'evil.example' })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { password: expect.any(String) },
    })
    await updateMailSettings(org.as.admin, { ...rest, username: null })
    expect((await getMailSettings(org.as.admin)).own).toMatchObject({ hasPassword: false })
  })
})
