import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { Client } from 'ldapts'
import { freePort } from '../../../../scripts/lib/processes.mjs'
import { findLiveConnector } from '../../../connectors/live-registry'
import type { Secret } from '../../../connectors/secret'
import { provideProgram } from './debian-packages'
import { openldapEdits } from './openldap-edits'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'

const [adminPassword, ownPassword, weakPassword] = [
  'admin-of-the-tests',
  'connection-password-1',
  'powerless-password-1',
]
const base = 'dc=example,dc=org'
const policy = `cn=usual,${base}`

export const openldapSystems: SystemUnderTest[] = [true, false].map((withPolicy) => ({
  name: withPolicy ? 'OpenLDAP with a password policy (Debian)' : 'OpenLDAP without one (Debian)',
  connector: 'ldap',
  credential: 'password',
  principal: 'identity',
  givesOwnIds: true,
  start: () => start(withPolicy),
}))

function configuration(folder: ServerFolder, withPolicy: boolean): string {
  const { cert, key } = folder.makeCertificate()
  const modules = ['back_mdb', 'back_monitor', 'auditlog', withPolicy ? 'ppolicy' : 'syncprov']
  return [
    ...['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`),
    'modulepath /usr/lib/ldap',
    ...modules.map((name) => `moduleload ${name}`),
    `pidfile ${folder.at('slapd.pid')}`,
    `TLSCertificateFile ${cert}`,
    `TLSCertificateKeyFile ${key}`,
    'sizelimit 40',
    'database config',
    'database mdb',
    `suffix ${base}`,
    `rootdn cn=admin,${base}`,
    `rootpw ${adminPassword}`,
    `directory ${folder.at('data')}`,
    'index objectClass,entryUUID,uid eq',
    'lastbind on',
    'access to attrs=userPassword by anonymous auth by * none',
    `access to dn.subtree="ou=reports,${base}" by group.exact="cn=readers,ou=groups,${base}" read by * none`,
    `access to * by dn.exact="cn=powerless,${base}" read by self read by * none`,
    // One of the two says how far it has the changes of which server, as one that others copy does.
    ...(withPolicy ? ['overlay ppolicy', `ppolicy_default "${policy}"`] : ['overlay syncprov']),
    'overlay auditlog',
    `auditlog ${folder.at('audit.ldif')}`,
    'database monitor',
    `access to * by dn.exact="cn=admin,${base}" read by * none`,
    '',
  ].join('\n')
}

async function start(withPolicy: boolean): Promise<RunningSystem | { skipped: string }> {
  const found = provideProgram(['slapd'], '/usr/sbin/slapd')
  if ('skipped' in found) return found
  const folder = new ServerFolder('openldap')
  fs.mkdirSync(folder.at('data'))
  fs.mkdirSync(folder.at('slapd.d'))
  folder.own(folder.at('data'), folder.at('slapd.d'))
  const conf = folder.write('slapd.conf', configuration(folder, withPolicy))
  folder.run('/usr/sbin/slapadd', ['-f', conf, '-b', base, '-l', '/dev/null'])
  folder.run('/usr/sbin/slaptest', ['-f', conf, '-F', folder.at('slapd.d')])
  // The connection gets what the instructions say, and nothing else.
  const instructions = findLiveConnector('ldap')?.instructions.at(-1)?.text ?? ''
  const allowed = withPolicy ? instructions : instructions.replace('userPassword,pwdAccountLockedTime', 'userPassword')
  folder.run('/usr/sbin/slapmodify', [
    ...['-F', folder.at('slapd.d'), '-n', '0', '-l', folder.write('rights.ldif', `${allowed}\n`)],
  ])
  const [port, tlsPort] = [await freePort(), await freePort()]
  const run = () =>
    startServer(
      folder,
      found.path,
      [
        ...['-F', folder.at('slapd.d'), '-h', `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`],
        ...['-d', 'stats,stats2,acl,filter,args,conns,config,trace'],
      ],
      port,
    )
  let server = await run()
  const connect = async (dn: string, password: string) => {
    const client = new Client({ url: `ldap://127.0.0.1:${port}`, timeout: 10_000 })
    await client.bind(dn, password)
    return client
  }
  const administer = async <T>(work: (client: Client) => Promise<T>) => {
    const admin = await connect(`cn=admin,${base}`, adminPassword)
    try {
      return await work(admin)
    } finally {
      await admin.unbind()
    }
  }
  const version = await administer(async (admin) => {
    await admin.add(base, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' })
    for (const name of ['services', 'groups', 'reports'])
      await admin.add(`ou=${name},${base}`, { objectClass: 'organizationalUnit', ou: name })
    if (withPolicy)
      await admin.add(policy, {
        ...{ objectClass: ['person', 'pwdPolicy'], sn: 'usual', pwdAttribute: 'userPassword' },
        ...{ pwdLockout: 'TRUE', pwdMaxAge: '7776000', pwdInHistory: '3' },
      })
    for (const [name, password] of [
      ['bailiwick', ownPassword],
      ['powerless', weakPassword],
    ] as const)
      await admin.add(`cn=${name},${base}`, {
        ...{ objectClass: ['organizationalRole', 'simpleSecurityObject'], userPassword: salted(password) },
      })
    await admin.add(`cn=readers,ou=groups,${base}`, { objectClass: 'groupOfNames', member: `cn=admin,${base}` })
    const { searchEntries } = await admin.search('cn=Monitor', { scope: 'base', attributes: ['monitoredInfo'] })
    return /slapd ([\w.]+)/.exec(String(searchEntries[0]?.monitoredInfo))?.[1] ?? ''
  })
  const idOf = (dn: string) =>
    administer(async (admin) => {
      const { searchEntries } = await admin.search(dn, { scope: 'base', attributes: ['entryUUID'] })
      return String(searchEntries[0]?.entryUUID)
    })
  const nameOf = (name: string) => `uid=${name},ou=services,${base}`
  const sees = (client: Client, dn: string) =>
    client.search(dn, { scope: 'base', attributes: ['objectClass'] }).then(
      ({ searchEntries }) => searchEntries.length === 1,
      () => false,
    )
  const restart = async () => {
    await server.stop()
    server = await run()
  }
  const settings = { host: '127.0.0.1', port, tls: 'off', base, ...(withPolicy ? { policy } : {}) }
  const own = { user: `cn=bailiwick,${base}`, password: ownPassword }
  return {
    version,
    config: { ...settings, ...own },
    // One of the two servers is asked for encryption on its plain port.
    encrypted: {
      config: {
        ...{ ...settings, ...own, host: 'localhost', tls: 'verify' },
        ...(withPolicy ? { port: tlsPort } : { start: 'starttls' }),
      },
      caPem: pemOf(folder),
    },
    powerless: { ...settings, user: `cn=powerless,${base}`, password: weakPassword },
    createAccount: async (name, secret) => {
      await administer((admin) =>
        admin.add(nameOf(name), {
          objectClass: ['account', 'simpleSecurityObject'],
          uid: name,
          userPassword: salted(secret.reveal()),
        }),
      )
      return { identity: await idOf(nameOf(name)) }
    },
    openSession: async (name, secret: Secret) => {
      const client = await connect(nameOf(name), secret.reveal())
      return {
        isAlive: async () => client.isConnected && sees(client, nameOf(name)),
        close: () => client.unbind(),
      }
    },
    grantable: {
      on: await idOf(`cn=readers,ou=groups,${base}`),
      scopes: [],
      mayUse: async (name, secret) => {
        const client = await connect(nameOf(name), secret.reveal())
        const may = await sees(client, `ou=reports,${base}`)
        await client.unbind()
        return may
      },
    },
    edits: openldapEdits(administer, base, salted),
    // A directory cannot end one connection: it is started anew.
    cut: restart,
    restart,
    logs: async () => [folder.log, folder.at('audit.ldif')].map((file) => fs.readFileSync(file, 'utf8')).join('\n'),
    stop: async () => {
      await server.stop()
      folder.remove()
    },
  }
}

const pemOf = (folder: ServerFolder) => fs.readFileSync(folder.at('cert.pem'), 'utf8')

function salted(password: string): string {
  const salt = randomBytes(8)
  return `{SSHA}${Buffer.concat([createHash('sha1').update(password).update(salt).digest(), salt]).toString('base64')}`
}
