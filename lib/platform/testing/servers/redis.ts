import fs from 'node:fs'
import { createClient } from '@redis/client'
import { expect } from 'vitest'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import { makeSecret, type Secret } from '../../../connectors/secret'
import { provideProgram } from './debian-packages'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'

const [adminPassword, ownPassword, weakPassword] = [
  'admin-of-the-tests',
  'connection-password-1',
  'powerless-password-1',
]

const unsaved = 'keeps off over a restart who was switched off by somebody who could not save it'

export const redisSystems: SystemUnderTest[] = [
  {
    ...{ name: 'Redis (Debian)', connector: 'redis', credential: 'password', principal: 'identity', start },
    further: [{ title: unsaved, proves: [['identity', 'disable']] }],
  },
]

async function start(): Promise<RunningSystem | { skipped: string }> {
  const found = provideProgram(['redis-server'], '/usr/bin/redis-server')
  if ('skipped' in found) return found
  const folder = new ServerFolder('redis')
  const [port, tlsPort] = [await freePort(), await freePort()]
  const { cert, key, pem } = folder.makeCertificate()
  const acl = folder.write('users.acl', `user default on >${adminPassword} ~* &* +@all\n`)
  const settings = {
    dir: folder.path,
    aclfile: acl,
    bind: '127.0.0.1',
    save: '',
    loglevel: 'debug',
    'slowlog-log-slower-than': '0',
  }
  const encryption = {
    ...{ 'tls-port': String(tlsPort), 'tls-cert-file': cert, 'tls-key-file': key },
    ...{ 'tls-ca-cert-file': cert, 'tls-auth-clients': 'no' },
  }
  const options = Object.entries({ ...settings, ...encryption }).flatMap(([name, value]) => [`--${name}`, value])
  const run = () => startServer(folder, found.path, ['--port', String(port), ...options], port)
  let server = await run()
  const connect = async (username: string, password: string) => {
    const socket = { host: '127.0.0.1', port, reconnectStrategy: false as const }
    const client = createClient({ username, password, RESP: 2, disableClientInfo: true, socket })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  let admin = await connect('default', adminPassword)
  const send = (line: string) => admin.sendCommand(line.split(' '))
  await send(
    `ACL SETUSER bailiwick on >${ownPassword} +acl|list +acl|cat +acl|whoami +acl|setuser +acl|deluser +acl|save +client|list +client|id +client|kill +info`,
  )
  await send(`ACL SETUSER powerless on >${weakPassword} +acl|list +acl|cat +acl|whoami +client|list +client|id +info`)
  await send('ACL SAVE')
  await send('SET reports:1 figures')
  const info = String(await admin.sendCommand(['INFO', 'server']))
  const monitor: string[] = []
  const watch = async () => {
    const client = await connect('default', adminPassword)
    await client.monitor((line: unknown) => monitor.push(String(line)))
    return client
  }
  let watcher = await watch()
  const restart = async () => {
    for (const client of [watcher, admin]) if (client.isOpen) client.destroy()
    await server.stop('SIGKILL')
    server = await run()
    admin = await connect('default', adminPassword)
    watcher = await watch()
    await send('SET reports:1 figures')
  }
  const config = { host: '127.0.0.1', port, tls: 'off' }
  const reads = async (name: string, secret: Secret) => {
    const client = await connect(name, secret.reveal())
    const may = await client.sendCommand(['GET', 'reports:1']).then(
      () => true,
      () => false,
    )
    client.destroy()
    return may
  }
  return {
    version: /redis_version:(\S+)/.exec(info)?.[1] ?? '',
    config: { ...config, user: 'bailiwick', password: ownPassword },
    encrypted: {
      config: { host: 'localhost', port: tlsPort, tls: 'verify', user: 'bailiwick', password: ownPassword },
      caPem: pem,
    },
    powerless: { ...config, user: 'powerless', password: weakPassword },
    createAccount: async (name, secret) => {
      await send(`ACL SETUSER ${name} on >${secret.reveal()} ~app:* +@read +ping`)
      await send('ACL SAVE')
      return { identity: `user:${name}` }
    },
    openSession: async (name, secret) => {
      const client = await connect(name, secret.reveal())
      return {
        isAlive: () =>
          client.ping().then(
            () => true,
            () => false,
          ),
        close: async () => {
          if (client.isOpen) client.destroy()
        },
      }
    },
    grantable: { on: 'keys:reports:*', scopes: ['+get'], mayUse: reads },
    cut: async () => {
      await send('CLIENT KILL USER bailiwick')
    },
    further: {
      [unsaved]: async (connection) => {
        const [name, secret] = ['svc-unsaved', makeSecret()]
        await send(`ACL SETUSER ${name} on >${secret.reveal()} ~app:* +ping`)
        await send('ACL SAVE')
        await send(`ACL SETUSER ${name} off`)
        const target = { identity: `user:${name}` }
        expect(await connection.hands.identity?.disable?.({ target })).toMatchObject({ did: 'already' })
        await restart()
        // The connection's own went with the server: the next question opens another.
        await connection.describeRights().catch(() => {})
        expect(await connection.hands.password?.verify?.({ target, secret })).toMatchObject({ answer: 'refused' })
        await send(`ACL DELUSER ${name}`)
        await send('ACL SAVE')
      },
    },
    // Not asked to end: what is not in the ACL file is gone.
    restart,
    // What MONITOR, the slow log and the list of refusals show is what an operator of the server sees.
    logs: async () =>
      [
        fs.readFileSync(folder.log, 'utf8'),
        ...monitor.filter((line) => !line.includes('default')),
        JSON.stringify(await send('SLOWLOG GET 1000')),
        JSON.stringify(await send('ACL LOG 1000')),
      ].join('\n'),
    stop: async () => {
      watcher.destroy()
      admin.destroy()
      await server.stop()
      folder.remove()
    },
  }
}
