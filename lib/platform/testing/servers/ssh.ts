import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import ssh2 from 'ssh2'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import { findLiveConnector } from '../../../connectors/live-registry'
import type { Secret } from '../../../connectors/secret'
import { provideProgram } from './debian-packages'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'
import { proveSshSteps, sshSteps } from './ssh-steps'

export const sshSystems: SystemUnderTest[] = [
  {
    name: 'OpenSSH (Debian)',
    connector: 'ssh',
    credential: 'ssh_key',
    principal: 'identity',
    further: sshSteps,
    start,
  },
]

/** Accounts of the tests, which are nobody's on this machine; another run has others. */
const firstUid = 100_000 + Math.floor(Math.random() * 900_000) * 10

async function start(): Promise<RunningSystem | { skipped: string }> {
  const found = provideProgram(['openssh-server'], '/usr/sbin/sshd')
  if ('skipped' in found) return found
  const sudo = provideProgram(['sudo'], '/usr/bin/sudo')
  if ('skipped' in sudo) return sudo
  if (process.getuid?.() !== 0 || spawnSync('unshare', ['--mount', 'true']).status !== 0)
    return { skipped: 'sshd lets other accounts in only as root, with accounts of its own (unshare --mount)' }
  const folder = new ServerFolder('ssh', { privileged: true })
  const port = await freePort()
  const keygen = (...args: string[]) => folder.run('ssh-keygen', ['-q', ...args])
  const makeKey = (name: string) => {
    keygen('-t', 'ed25519', '-N', '', '-C', `${name}@tests`, '-f', folder.at(name))
    return fs.readFileSync(folder.at(name), 'utf8')
  }
  for (const name of ['keys', 'revoked', 'sbin', 'homes']) fs.mkdirSync(folder.at(name))
  const accounts = new Map<string, number>()
  const own = (name: string, ...files: string[]) => {
    for (const file of files) fs.chownSync(file, accounts.get(name) ?? 0, accounts.get(name) ?? 0)
  }
  const lines = (write: (name: string, uid: number) => string) => [...accounts].map(([name, uid]) => write(name, uid))
  /** Accounts that only this server knows: its own files stand in the place of those in /etc. */
  const writeAccounts = () => {
    const before = ['root:x:0:0::/root:/bin/sh', 'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin']
    const passwd = lines((name, uid) => `${name}:x:${uid}:${uid}:Tests:${folder.at('homes')}:/bin/sh`)
    // Written over, not anew: the server sees this very file.
    fs.writeFileSync(folder.at('passwd'), `${[...before, ...passwd, 'nobody:x:65534:65534::/:/bin/sh'].join('\n')}\n`)
    const group = ['root:x:0:', ...lines((name, uid) => `${name}:x:${uid}:`), 'nogroup:x:65534:']
    fs.writeFileSync(folder.at('group'), `${group.join('\n')}\n`)
    const shadow = ['root', 'sshd', 'nobody', ...accounts.keys()].map((name) => `${name}:*:19000:0:99999:7:::`)
    fs.writeFileSync(folder.at('shadow'), `${shadow.join('\n')}\n`, { mode: 0o600 })
  }
  const addAccount = (name: string, publicKey: string) => {
    accounts.set(name, accounts.get(name) ?? firstUid + accounts.size)
    writeAccounts()
    fs.writeFileSync(folder.at('keys', name), `# keys of ${name}\n${publicKey.trim()}\n`, { mode: 0o644 })
    own('bailiwick', folder.at('keys', name))
  }
  const [ownKey, weakKey] = [makeKey('bailiwick'), makeKey('powerless')]
  for (const name of ['bailiwick', 'powerless']) addAccount(name, fs.readFileSync(folder.at(`${name}.pub`), 'utf8'))
  keygen('-t', 'ed25519', '-N', '', '-f', folder.at('host'))
  makeKey('authority')
  keygen('-k', '-f', folder.at('revoked', 'keys.krl'))
  own('bailiwick', folder.at('keys'), folder.at('revoked'), folder.at('revoked', 'keys.krl'))
  folder.write('register', '')
  fs.chmodSync(folder.at('register'), 0o644)
  // As the instructions give it to everybody.
  const endSessions = findLiveConnector('ssh')?.instructions.at(-1)?.text
  fs.writeFileSync(folder.at('sbin', 'bailiwick-end-sessions'), `${endSessions}\n`, { mode: 0o755 })
  const right = 'bailiwick ALL=(root) NOPASSWD: /usr/local/sbin/bailiwick-end-sessions ""\n'
  fs.writeFileSync(folder.at('sudoers'), right, { mode: 0o440 })
  const settings = [
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${folder.at('host')}\nPidFile none\nLogLevel DEBUG3`,
    'AuthorizedKeysFile none\nAuthorizedKeysCommandUser nobody\nUsePAM no\nPasswordAuthentication no',
    `AuthorizedKeysCommand /usr/bin/cat ${folder.at('keys')}/%u\nRevokedKeys ${folder.at('revoked', 'keys.krl')}`,
    `TrustedUserCAKeys ${folder.at('authority.pub')}\nSubsystem sftp internal-sftp\nMaxStartups 100:30:200`,
  ]
  const conf = folder.write('sshd_config', `${settings.join('\n')}\n`)
  const place = (from: string, to: string) => `mount --bind '${folder.at(from)}' ${to}`
  const script = [
    ...['passwd', 'group', 'shadow', 'sudoers'].map((name) => place(name, `/etc/${name}`)),
    ...[place('sbin', '/usr/local/sbin'), 'mkdir -p /run/sshd', `exec ${found.path} -D -e -f '${conf}'`],
  ].join(' && ')
  const args = ['--mount', '--propagation', 'private', '/bin/sh', '-c', script]
  const server = await startServer(folder, '/usr/bin/unshare', args, port)
  const version = spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr
  const prints = keygen('-l', '-f', folder.at('host.pub')).trim()
  const config = {
    ...{ host: '127.0.0.1', port, hostFingerprints: prints, keyFiles: `${folder.at('keys')}/%u` },
    ...{ revokedKeys: folder.at('revoked', 'keys.krl'), certificates: folder.at('register') },
    accounts: 'svc-billing, svc-deploy, bailiwick, powerless',
  }
  const connect = async (name: string, secret: Secret) => {
    const client = new ssh2.Client()
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve).on('error', reject)
      client.connect({ host: '127.0.0.1', port, username: name, privateKey: secret.reveal() })
    })
    return client
  }
  const tools = { folder, keygen, addAccount, logIn: (...words: string[]) => logIn(port, words) }
  return {
    version: /OpenSSH_(\S+?),?\s/.exec(version)?.[1] ?? '',
    config: { ...config, user: 'bailiwick', privateKeyPem: ownKey },
    powerless: { ...config, user: 'powerless', privateKeyPem: weakKey },
    createAccount: async (name, secret) => {
      const key = ssh2.utils.parseKey(secret.reveal())
      if (key instanceof Error) throw key
      const line = `${key.type} ${key.getPublicSSH().toString('base64')} ${name}@tests`
      addAccount(name, `restrict,pty,environment="TOKEN=of-the-tests" ${line}`)
      return { identity: `account:${name}` }
    },
    openSession: async (name, secret) => {
      const client = await connect(name, secret)
      let isOpen = true
      client.once('close', () => {
        isOpen = false
      })
      const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) =>
        client.exec('cat', (error, opened) => (error ? reject(error) : resolve(opened))),
      )
      const echo = () =>
        new Promise<boolean>((resolve) => {
          const late = setTimeout(() => resolve(false), 1000)
          channel.once('data', () => {
            clearTimeout(late)
            resolve(true)
          })
          channel.write('alive?')
        })
      return { isAlive: async () => isOpen && echo(), close: async () => void client.destroy() }
    },
    further: proveSshSteps(tools, { ...config, user: 'bailiwick', privateKeyPem: ownKey }),
    cut: async () => {
      for (const pid of childrenOf(server.pid)) if (titleOf(pid).includes('bailiwick')) process.kill(pid, 'SIGKILL')
    },
    logs: async () => fs.readFileSync(folder.log, 'utf8'),
    stop: async () => {
      const left = childrenOf(server.pid)
      await server.stop()
      for (const pid of left) if (titleOf(pid).startsWith('sshd')) process.kill(pid, 'SIGKILL')
      folder.remove()
    },
  }
}

const childrenOf = (parent: number) =>
  fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const [, after = ''] = /^.*\) (.*)$/s.exec(fs.readFileSync(path.join('/proc', name, 'stat'), 'utf8')) ?? []
      return after.split(' ')[1] === String(parent) ? [Number(name)] : []
    } catch {
      return []
    }
  })

function titleOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Whether the client of OpenSSH is let in. */
function logIn(port: number, args: string[]): Promise<boolean> {
  const fixed = ['-F', 'none', '-p', String(port), '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes']
  const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'IdentityAgent=none']
  return new Promise((resolve) => {
    const child = spawn('ssh', [...fixed, ...trust, ...args, 'true'], { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
