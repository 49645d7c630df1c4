import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import type { Verdict } from '../../../connectors/live-contract'
import { findLiveConnector } from '../../../connectors/live-registry'
import { makeSecret, Secret } from '../../../connectors/secret'
import { askUntil, codeOf, credentialsOf, discover, setting } from './found'
import type { RunningSystem, SystemUnderTest } from './running-system'
import type { TestAuthority } from './x509-authority'

interface Tools {
  authority: TestAuthority
  config: RunningSystem['config']
  /** Of a certificate that nobody else uses. */
  serial: string
  /** Of the server that asks for certificates. */
  serverKey: string
}

const steps = {
  answers: 'believes OCSP and the list of the authority, and nobody else',
  like: 'issues what the former certificate was, whatever else is asked for',
  outside: 'sees from outside what servers present',
  orders: 'takes nothing for an order that is none, and no folder that is not open',
}

/** What only an authority has: its answers, what it copies into a new certificate, and the folder of orders. */
export const x509Steps: SystemUnderTest['further'] = Object.values(steps).map((title) => ({ title, proves: [] }))

export function proveX509Steps({ authority, config, serial, serverKey }: Tools): NonNullable<RunningSystem['further']> {
  const { folder } = authority
  const connect = async (change: Record<string, unknown>) => {
    const connection = await findLiveConnector('x509')?.connect({ ...config, ...change }, setting)
    if (connection === undefined) throw new Error('there is no connector')
    return connection
  }
  const credentialWith = async (connection: LiveConnection, wanted: string) => {
    const { records } = await discover(connection)
    const found = [...records.values()].find(
      (record) => record.type === 'credential' && record.attributes?.serial === wanted,
    )
    if (found?.type !== 'credential' || found.subject === undefined) throw new Error(`${wanted} was not found`)
    return { target: { identity: found.subject.externalId, credential: found.externalId }, record: found }
  }
  const believe = async (connection: LiveConnection) => {
    const secret = new Secret(fs.readFileSync(folder.at('svc-reports.key'), 'utf8'))
    const { target } = await credentialWith(connection, serial)
    const no = { host: undefined }
    const stranger = { ...config, authorityPem: makeStranger(folder) }
    const ways: [string, Record<string, unknown>, string][] = [
      ['OCSP', { ...no, crlUrl: undefined }, 'OCSP'],
      ['the list over HTTP', { ...no, ocspUrl: undefined }, 'the list'],
      ['the list in the folder', { ...no, ocspUrl: undefined, crlUrl: undefined }, 'the list'],
      ['the list when OCSP is silent', { ...no, ocspUrl: 'http://127.0.0.1:9' }, 'the list'],
    ]
    const ask = async (change: Record<string, unknown>): Promise<Verdict> => {
      const open = await connect(change)
      const verdict = await open.hands.certificate?.verify?.({ target, secret })
      open.close()
      if (verdict === undefined) throw new Error('it cannot verify')
      return verdict
    }
    for (const [way, change, source] of ways) {
      const verdict = await ask(change)
      expect(verdict, way).toMatchObject({ answer: 'accepted' })
      expect(verdict.reason, way).toContain(source)
    }
    await connection.hands.certificate?.disable?.({ target })
    for (const [way, change, source] of ways) {
      const verdict = await askUntil(() => ask(change), 'refused', 5)
      expect(verdict.reason, way).toMatch(new RegExp(`^${source}.*certificateHold`))
    }
    expect((await credentialWith(connection, serial)).record).toMatchObject({
      status: 'disabled',
      attributes: { revoked: 'certificateHold' },
    })
    await connection.hands.certificate?.enable?.({ target })
    for (const [way, change] of ways)
      expect(await askUntil(() => ask(change), 'accepted', 5), way).toMatchObject({ answer: 'accepted' })
    // Signed by somebody of the same name is not signed by the authority.
    for (const [way, change] of ways)
      expect(await ask({ ...stranger, ...change }), way).toMatchObject({ answer: 'unknown' })
    expect(await ask({ caPem: stranger.authorityPem })).toMatchObject({ answer: 'unknown' })
    expect(await ask({ port: 9 })).toMatchObject({ answer: 'unknown' })
  }
  const issueAlike = async (connection: LiveConnection) => {
    const extensions = folder.write(
      'special.ext',
      '[special]\nkeyUsage=critical,digitalSignature,keyAgreement\nextendedKeyUsage=clientAuth,serverAuth\n' +
        'subjectAltName=critical,DNS:api.example,IP:192.0.2.7,URI:spiffe://example/api,email:api@example.com\n' +
        'crlDistributionPoints=URI:http://crl.example/a.crl\n1.2.3.4=DER:0c0161\nnsComment=made by a test\n',
    )
    const special = authority.certify(
      ...(['svc-special', authority.makeKey(), '-extfile', extensions, '-extensions', 'special'] as const),
    )
    const { target } = await credentialWith(connection, special.serial)
    const secret = findLiveConnector('x509')?.propose?.('certificate')
    if (secret === undefined) throw new Error('no key is proposed')
    const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000).toISOString()
    const issued = await connection.hands.certificate?.issue?.({ target, secret, expiresAt })
    const { record } = await credentialWith(connection, issued?.credential.split(':')[1] ?? '')
    const open = createPublicKey(createPrivateKey(secret.reveal())).export({ type: 'spki', format: 'der' })
    const made = new X509Certificate(authority.certificateOf(secret.reveal()) ?? '')
    const before = new X509Certificate(fs.readFileSync(special.cert))
    expect(made.publicKey.export({ type: 'spki', format: 'der' }).equals(open)).toBe(true)
    expect([made.subject, made.subjectAltName, made.keyUsage]).toEqual([
      ...[before.subject, before.subjectAltName, before.keyUsage],
    ])
    for (const name of ['made', 'before'] as const) folder.write(`${name}.pem`, { made, before }[name].toString())
    const shown = (name: string) =>
      folder
        .run('openssl', ['x509', '-in', folder.at(`${name}.pem`), '-noout', '-text', '-certopt', 'ext_parse'])
        .split('X509v3 extensions:')[1]
        ?.split('Signature Algorithm')[0]
        ?.split(/\n {12}(?=\S)/)
        .filter((part) => !/Key Identifier|Netscape Comment/.test(part))
        .map((part) => part.trim())
        .sort()
    expect(shown('made')).toEqual(shown('before'))
    expect(record).toMatchObject({ expiresAt, attributes: { keyUsage: ['digitalSignature', 'keyAgreement'] } })
    const holder = (await discover(connection)).records.get(`identity ${target.identity}`)
    expect(holder).toMatchObject({ ownerHints: [{ value: 'api@example.com', from: 'certificate' }] })
    expect(credentialsOf(await discover(connection), target.identity)).toHaveLength(2)
    const other = (await credentialWith(connection, serial)).target
    const wrong = connection.hands.certificate?.issue?.({ target: { ...target, identity: other.identity }, secret })
    expect(await codeOf(wrong as Promise<unknown>)).toBe('not_found')
    await connection.hands.certificate?.delete?.({ target })
    const after = credentialsOf(await discover(connection), target.identity)
    expect(after.map(({ attributes }) => attributes?.revoked).sort()).toEqual(['superseded', undefined])
    expect(await codeOf(connection.hands.certificate?.enable?.({ target }) as Promise<unknown>)).toBe('conflict')
    expect(await codeOf(connection.hands.certificate?.issue?.({ target, secret }) as Promise<unknown>)).toBe('conflict')
  }
  const lookFromOutside = async () => {
    const open = await connect({ folder: undefined, orders: undefined })
    const found = await discover(open)
    const place = config.listeners as string
    const made = new X509Certificate(authority.certificateOf(serverKey) ?? '')
    const about = `certificate:${made.serialNumber}:${made.fingerprint256.replaceAll(':', '').toLowerCase()}`
    expect(found.end.isComplete).toBe(true)
    expect(found.records.get(`sighting presented:${place}`)).toMatchObject({ about: { externalId: about } })
    expect(found.records.get(`credential ${about}`)).toMatchObject({
      status: 'active',
      attributes: { names: ['DNS:localhost'], purposes: ['serverAuth'] },
    })
    const whole = await discover(await connect({}))
    expect(whole.records.get(`credential ${about}`)).toMatchObject({ status: 'active' })
    open.close()
    const gone = await connect({ folder: undefined, orders: undefined, listeners: `${place}\nlocalhost:9` })
    expect((await discover(gone)).end).toMatchObject({
      isComplete: false,
      skipped: [{ scope: 'the server localhost:9' }],
    })
  }
  const refuseOrders = async (connection: LiveConnection) => {
    const { target } = await credentialWith(connection, serial)
    const made = folder.at('made')
    const orders = [
      `hold $(touch ${made})`,
      `hold ${serial};touch ${made}`,
      `hold ../newcerts/${serial}`,
      `revoke ${serial} $(touch ${made})`,
      `issue ${serial} -\nno request`,
      `grant ${serial}`,
      '',
    ]
    for (const [at, text] of orders.entries()) {
      const id = `${at}`.padStart(32, 'a')
      fs.writeFileSync(folder.at('box', 'orders', `${id}.order`), text)
      const answer = folder.at('box', 'answers', `${id}.answer`)
      await expect.poll(() => fs.existsSync(answer), { timeout: 5000 }).toBe(true)
      expect(fs.readFileSync(answer, 'utf8'), text).toMatch(/^refused /)
    }
    expect(fs.existsSync(made)).toBe(false)
    expect((await credentialWith(connection, serial)).record).toMatchObject({ status: 'active' })
    fs.symlinkSync('/etc', folder.at('ca', 'elsewhere'))
    expect(await codeOf(connect({ folder: folder.at('ca', 'elsewhere') }))).toBe('blocked_address')
    const closed = findLiveConnector('x509')?.connect(config, { ...setting, folders: [] })
    expect(await codeOf(closed as Promise<unknown>)).toBe('blocked_address')
    expect(await codeOf(connect({ key: undefined }))).toBe('login_refused')
    // Nobody at the authority takes orders: the order is taken back, and nothing was done.
    for (const name of ['idle', 'idle/orders', 'idle/answers']) fs.mkdirSync(folder.at(name))
    fs.copyFileSync(folder.at('box', 'bailiwick.key'), folder.at('idle', 'bailiwick.key'))
    const idle = await connect({ orders: folder.at('idle') })
    const { rights } = await discover(idle)
    expect(rights.get(target.identity)).toMatchObject({ rotate: false, revoke: false })
    const stop = AbortSignal.timeout(1000)
    const order = { target, secret: makeSecret() }
    expect(await codeOf(idle.hands.certificate?.disable?.(order, stop) as Promise<unknown>)).toBe('cancelled')
    await expect.poll(() => fs.readdirSync(folder.at('idle', 'orders'))).toEqual([])
  }
  return {
    [steps.answers]: believe,
    [steps.like]: issueAlike,
    [steps.outside]: lookFromOutside,
    [steps.orders]: refuseOrders,
  }
}

/** An authority of the same name with another key. */
function makeStranger(folder: TestAuthority['folder']): string {
  folder.run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/O=Tests/CN=Test authority'],
    ...['-keyout', folder.at('stranger.key'), '-out', folder.at('stranger.pem')],
    ...['-addext', 'basicConstraints=critical,CA:TRUE'],
  ])
  return fs.readFileSync(folder.at('stranger.pem'), 'utf8')
}
