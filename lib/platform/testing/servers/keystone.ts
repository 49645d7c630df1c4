import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import { findProgram, provideProgram } from './debian-packages'
import { KeystoneAdmin } from './keystone-admin'
import { keystoneAlso, keystoneSteps, proveKeystoneSteps } from './keystone-steps'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'

export const keystoneSystems: SystemUnderTest[] = [
  {
    name: 'OpenStack Keystone (Debian)',
    connector: 'keystone',
    credential: 'client_secret',
    principal: 'identity',
    givesOwnIds: true,
    further: keystoneSteps,
    start,
  },
]

const program = '/usr/bin/keystone-wsgi-public'
const [ownPassword, weakPassword, userPassword] = [
  'connection-password-1',
  'powerless-password-1',
  'password-of-users-1',
]

/** 176 packages, minutes: fetched only where somebody says so, used wherever they are. */
function provide(): { path: string } | { skipped: string } {
  if (findProgram(program) !== undefined) return { path: program }
  if (process.env.CONNECTORS_INSTALL_KEYSTONE === 'true') return provideProgram(['keystone'], program)
  return {
    skipped:
      'keystone is not installed; CONNECTORS_INSTALL_KEYSTONE=true installs its 176 packages, which takes some minutes',
  }
}

/** SQLite as Keystone needs it: readers keep no writer out, and the roles of a deleted application credential go with it. */
function prepareDatabase(folder: ServerFolder): void {
  const statements = [
    'pragma journal_mode=wal',
    'create trigger credential_roles after delete on application_credential begin ' +
      'delete from application_credential_role where application_credential_id = old.internal_id; end',
  ]
  const lines = statements.map((statement) => `database.execute("${statement}")`)
  const open = `import sqlite3; database = sqlite3.connect('${folder.at('keystone.db')}')`
  folder.run('/usr/bin/python3', ['-c', [open, ...lines, 'database.commit()'].join('\n')])
}

async function start(): Promise<RunningSystem | { skipped: string }> {
  const found = provide()
  if ('skipped' in found) return found
  const folder = new ServerFolder('keystone')
  const port = await freePort()
  for (const name of ['fernet', 'credential']) {
    fs.mkdirSync(folder.at(name), { mode: 0o700 })
    folder.own(folder.at(name))
    // As keystone-manage would make them: one to come, one in use.
    for (const key of ['0', '1']) folder.write(`${name}/${key}`, randomBytes(32).toString('base64url').concat('='))
  }
  const settings = [
    `[DEFAULT]\ndebug = true\nlog_file = ${folder.at('keystone.log')}\nuse_stderr = false`,
    `[database]\nconnection = sqlite:///${folder.at('keystone.db')}`,
    ...['fernet_tokens', 'fernet_receipts'].map((name) => `[${name}]\nkey_repository = ${folder.at('fernet')}`),
    `[credential]\nkey_repository = ${folder.at('credential')}`,
    // Of the tests' passwords nobody has to fear that they are guessed.
    '[identity]\npassword_hash_rounds = 4',
  ]
  const conf = folder.write('keystone.conf', `${settings.join('\n')}\n`)
  const manage = (args: string[], env: Record<string, string> = {}) =>
    folder.run('/usr/bin/keystone-manage', ['--config-file', conf, ...args], env)
  manage(['db_sync'])
  prepareDatabase(folder)
  const adminPassword = 'administrator-of-tests-1'
  manage(['bootstrap'], { OS_BOOTSTRAP_PASSWORD: adminPassword })
  const server = await startServer(
    folder,
    found.path,
    ['--host', '127.0.0.1', '-p', String(port), '--', '--config-file', conf],
    port,
  )
  const { cert, key, pem } = folder.makeCertificate()
  const safe = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (socket) => {
    const inner = net.connect({ host: '127.0.0.1', port })
    for (const end of [socket, inner]) end.on('error', () => socket.destroy())
    socket.pipe(inner).pipe(socket)
  })
  await new Promise<void>((resolve) => safe.listen(0, '127.0.0.1', resolve))
  const admin = new KeystoneAdmin(`http://127.0.0.1:${port}/v3`, adminPassword)
  await admin.open()
  const [project, other] = [await admin.makeProject('billing'), await admin.makeProject('reports')]
  const own = await admin.makeUser('bailiwick', ownPassword)
  await admin.give('/system', own, 'admin')
  await admin.give(`/projects/${project}`, await admin.makeUser('powerless', weakPassword), 'reader')
  const place = { host: '127.0.0.1', port, tls: 'off' }
  const account = { user: 'bailiwick', password: ownPassword, logins: `svc-billing ${userPassword}` }
  const make = async (name: string, secret: string) => {
    const id = await admin.makeUser(name, userPassword)
    await admin.give(`/projects/${project}`, id, 'member')
    await admin.makeApplicationCredential({ id, password: userPassword, project, name: 'deploy', secret })
    return id
  }
  const tools = { admin, project, other, userPassword, make, config: { ...place, ...account } }
  return {
    version: /[\d.]+(?=-)/.exec(folder.run('/usr/bin/dpkg-query', ['-W', 'keystone']))?.[0] ?? '',
    config: { ...place, ...account },
    encrypted: {
      config: {
        ...place,
        ...account,
        host: 'localhost',
        port: (safe.address() as net.AddressInfo).port,
        tls: 'verify',
      },
      caPem: pem,
    },
    powerless: { ...place, user: 'powerless', password: weakPassword, scope: 'project', project: 'billing' },
    createAccount: async (name, secret) => ({ identity: `user:${await make(name, secret.reveal())}` }),
    openSession: async (name, secret) => {
      const token = await admin.signInByApplication(await admin.findUser(name), secret.reveal())
      return { isAlive: () => admin.isAlive(token), close: async () => {} }
    },
    grantable: {
      on: `project:${other}`,
      scopes: ['reader'],
      mayUse: async (name) => (await admin.signIn(name, userPassword, { project: { id: other } })) !== undefined,
    },
    also: keystoneAlso(tools),
    further: proveKeystoneSteps(tools),
    // Each question is a connection of its own: there is none of the connector's to cut.
    cut: async () => {},
    logs: async () => ['keystone.log', 'server.log'].map((name) => fs.readFileSync(folder.at(name), 'utf8')).join('\n'),
    stop: async () => {
      await server.stop()
      await new Promise((resolve) => safe.close(resolve))
      folder.remove()
    },
  }
}
