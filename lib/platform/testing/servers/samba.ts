import { execFile } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { promisify } from 'node:util'
import { Attribute, Change, Client } from 'ldapts'
import type { Secret } from '../../../connectors/secret'
import { provideProgram } from './debian-packages'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { sambaEdits } from './samba-edits'
import { ServerFolder, startServer } from './server-process'

const [adminPassword, ownPassword, weakPassword] = [
  'Admin-of-the-tests-1',
  'Connection-password-1',
  'Powerless-password-1',
]
const base = 'DC=example,DC=org'
/** Fixed by the protocol: one domain controller for each machine. */
const ports = [389, 636, 88, 135, 464, 3268, 3269]

export const sambaSystems: SystemUnderTest[] = [
  {
    name: 'Samba AD (Debian)',
    connector: 'active-directory',
    credential: 'password',
    principal: 'identity',
    givesOwnIds: true,
    hidesSessions: true,
    start,
  },
]

async function start(): Promise<RunningSystem | { skipped: string }> {
  if (process.getuid?.() !== 0) return { skipped: 'only root can listen on the ports of a domain controller' }
  const found = provideProgram(['samba-ad-dc', 'samba-ad-provision', 'samba-dsdb-modules'], '/usr/sbin/samba')
  if ('skipped' in found) return found
  for (const port of ports) if (await isTaken(port)) return { skipped: `something listens on port ${port} already` }
  const folder = new ServerFolder('samba', { privileged: true })
  const { cert, key, pem } = folder.makeCertificate()
  const options = [
    `posix:eadb=${folder.at('eadb.tdb')}`,
    'vfs objects=dfs_samba4 acl_xattr xattr_tdb',
    'interfaces=lo',
    'bind interfaces only=yes',
    // Without it the old password is let in for an hour, and a test would take as long.
    'old password allowed period=0',
    // The usual range is one that the system gives to whoever asks for any port: another server of the tests may have one of it.
    'rpc server dynamic port range=21000-21999',
    ...[`tls certfile=${cert}`, `tls keyfile=${key}`, `tls cafile=${cert}`],
  ].map((option) => `--option=${option}`)
  folder.run('/usr/bin/samba-tool', [
    ...['domain', 'provision', '--realm=EXAMPLE.ORG', '--domain=EXAMPLE', '--server-role=dc', '--host-name=dc1'],
    ...[`--adminpass=${adminPassword}`, `--targetdir=${folder.path}`, '--dns-backend=NONE', ...options],
  ])
  const conf = folder.at('etc', 'smb.conf')
  const run = () =>
    startServer(
      folder,
      found.path,
      [
        '-i',
        '-M',
        'single',
        '-d',
        '5',
        `--configfile=${conf}`,
        '--option=server services=rpc ldap cldap kdc',
        ...options,
      ],
      636,
    )
  let server = await run()
  const tool = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, LC_ALL: 'C', HOME: folder.path, NODE_ENV: 'test' as const }
    return (await promisify(execFile)('/usr/bin/samba-tool', [...args, `--configfile=${conf}`], { env })).stdout
  }
  const connect = async (user: string, password: string) => {
    const client = new Client({
      url: 'ldaps://127.0.0.1:636',
      timeout: 20_000,
      tlsOptions: { ca: pem, servername: 'localhost' },
    })
    await client.bind(user, password)
    return client
  }
  const administer = async <T>(work: (client: Client) => Promise<T>) => {
    const admin = await connect('administrator@example.org', adminPassword)
    try {
      return await work(admin)
    } finally {
      await admin.unbind()
    }
  }
  const nameOf = (name: string) => `CN=${name},OU=Services,${base}`
  const addAccount = (dn: string, name: string, password: string, services: string[]) =>
    administer((admin) =>
      admin.add(dn, [
        new Attribute({ type: 'objectClass', values: ['user'] }),
        new Attribute({ type: 'sAMAccountName', values: [name] }),
        new Attribute({ type: 'userPrincipalName', values: [`${name}@example.org`] }),
        new Attribute({ type: 'userAccountControl', values: ['512'] }),
        new Attribute({ type: 'unicodePwd', values: [Buffer.from(`"${password}"`, 'utf16le')] }),
        ...(services.length === 0 ? [] : [new Attribute({ type: 'servicePrincipalName', values: services })]),
      ]),
    )
  const sidOf = async (dn: string) => {
    const shown = await tool('user', 'show', dn.split(',')[0]?.slice(3) ?? '', '--attributes=objectSid')
    return /objectSid: (S-[\d-]+)/.exec(shown)?.[1] ?? ''
  }
  await administer(async (admin) => {
    for (const unit of ['Services', 'Groups', 'Reports'])
      await admin.add(`OU=${unit},${base}`, { objectClass: 'organizationalUnit' })
    await admin.add(`CN=readers,OU=Groups,${base}`, { objectClass: 'group', sAMAccountName: 'readers' })
  })
  await addAccount(`CN=bailiwick,CN=Users,${base}`, 'bailiwick', ownPassword, [])
  await addAccount(`CN=powerless,CN=Users,${base}`, 'powerless', weakPassword, [])
  const own = await sidOf('CN=bailiwick')
  const readers =
    /objectSid: (S-[\d-]+)/.exec(await tool('group', 'show', 'readers', '--attributes=objectSid'))?.[1] ?? ''
  const allow = (unit: string, sddl: string) =>
    tool('dsacl', 'set', `--objectdn=OU=${unit},${base}`, '--action=allow', `--sddl=${sddl}`)
  // What dsacls writes for the instructions: a right, to what it is bound, for which entries below, and to whom.
  const [user, group] = ['bf967aba-0de6-11d0-a285-00aa003049e2', 'bf967a9c-0de6-11d0-a285-00aa003049e2']
  await allow('Services', `(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;${user};${own})`)
  await allow('Services', `(OA;CIIO;RPWP;bf967a68-0de6-11d0-a285-00aa003049e2;${user};${own})`)
  await allow('Services', `(OA;CIIO;SD;;${user};${own})`)
  await allow('Groups', `(OA;CIIO;RPWP;bf9679c0-0de6-11d0-a285-00aa003049e2;${group};${own})`)
  await allow('Reports', `(A;;WP;;;${readers})`)
  const settings = { host: 'localhost', port: 636, tls: 'verify', base }
  const config = { ...settings, user: 'bailiwick@example.org', password: ownPassword }
  return {
    version: /Version (\S+)/.exec(folder.run(found.path, ['--version']))?.[1] ?? '',
    config: { ...config, caPem: pem },
    encrypted: { config, caPem: pem },
    powerless: { ...settings, caPem: pem, user: 'powerless@example.org', password: weakPassword },
    createAccount: async (name, secret) => {
      await addAccount(nameOf(name), name, secret.reveal(), [`HTTP/${name}.example.org`])
      return { identity: await sidOf(nameOf(name)) }
    },
    openSession: async (name, secret: Secret) => {
      const client = await connect(nameOf(name), secret.reveal())
      return {
        isAlive: async () =>
          client.isConnected &&
          client.search(nameOf(name), { scope: 'base', attributes: ['cn'] }).then(
            ({ searchEntries }) => searchEntries.length === 1,
            () => false,
          ),
        close: () => client.unbind(),
      }
    },
    grantable: {
      on: readers,
      scopes: [],
      mayUse: async (name, secret) => {
        const client = await connect(nameOf(name), secret.reveal())
        const description = new Attribute({ type: 'description', values: ['figures'] })
        const may = await client
          .modify(`OU=Reports,${base}`, new Change({ operation: 'replace', modification: description }))
          .then(
            () => true,
            () => false,
          )
        await client.unbind()
        return may
      },
    },
    edits: sambaEdits(administer, base),
    cut: async () => {
      await server.stop()
      server = await run()
    },
    logs: async () => fs.readFileSync(folder.log, 'utf8'),
    stop: async () => {
      await server.stop()
      folder.remove()
    },
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
