import { createPrivateKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { keeperScript } from '../../../connectors/x509/keeper-script'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder, startServer } from './server-process'
import { proveX509Steps, x509Steps } from './x509-steps'

export const x509Systems: SystemUnderTest[] = [
  {
    name: 'X.509 (openssl ca, openssl ocsp)',
    connector: 'x509',
    credential: 'certificate',
    principal: 'identity',
    further: x509Steps,
    start,
  },
]

const settings = (folder: string) => `
[ca]
default_ca = own
[own]
dir = ${folder}
database = $dir/index.txt
new_certs_dir = $dir/newcerts
serial = $dir/serial
crlnumber = $dir/crlnumber
certificate = $dir/authority.pem
private_key = $dir/private/authority.key
default_md = sha256
default_days = 2
default_crl_days = 1
unique_subject = no
policy = any
copy_extensions = copy
x509_extensions = usual
[any]
organizationName = optional
commonName = supplied
[usual]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[responder]
basicConstraints = CA:FALSE
extendedKeyUsage = OCSPSigning
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost
[req]
distinguished_name = dn
[dn]
`

/** An authority as its owner keeps it, with what it needs to give out certificates. */
export class TestAuthority {
  readonly folder: ServerFolder
  readonly #config: string

  constructor() {
    this.folder = new ServerFolder('x509')
    const { folder } = this
    for (const name of ['ca', 'ca/newcerts', 'ca/private', 'box', 'box/orders', 'box/answers']) {
      fs.mkdirSync(folder.at(name))
      folder.own(folder.at(name))
    }
    fs.chmodSync(folder.at('ca', 'private'), 0o700)
    // Orders are of the group of whoever keeps the authority.
    fs.chmodSync(folder.at('box', 'orders'), 0o2770)
    this.#config = folder.write('openssl.cnf', settings(folder.at('ca')))
    for (const [name, text] of Object.entries({ 'index.txt': '', serial: '1000\n', crlnumber: '01\n' }))
      folder.write(path.join('ca', name), text)
    folder.run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3', '-subj', '/O=Tests/CN=Test authority'],
      ...['-keyout', folder.at('ca', 'private', 'authority.key'), '-out', folder.at('ca', 'authority.pem')],
      ...['-config', this.#config, '-addext', 'basicConstraints=critical,CA:TRUE', '-sha256'],
      ...['-addext', 'keyUsage=keyCertSign,cRLSign'],
    ])
    folder.write('bailiwick-ca', `${keeperScript}\n`)
    this.run('-gencrl', '-out', folder.at('ca', 'crl.pem'))
  }

  get pem(): string {
    return fs.readFileSync(this.folder.at('ca', 'authority.pem'), 'utf8')
  }

  get keeperArguments(): string[] {
    return [this.folder.at('bailiwick-ca'), this.folder.at('ca'), this.#config, this.folder.at('box')]
  }

  /** `openssl ca`, as its owner runs it. */
  run(...args: string[]): string {
    return this.folder.run('openssl', ['ca', '-config', this.#config, '-batch', ...args])
  }

  /** A certificate for a key; the paths of both. */
  certify(name: string, keyPem: string, ...more: string[]): { cert: string; key: string; serial: string } {
    const { folder } = this
    const key = folder.write(`${name}.key`, keyPem)
    const request = folder.at(`${name}.csr`)
    folder.run('openssl', [
      'req',
      '-new',
      '-key',
      key,
      '-subj',
      `/O=Tests/CN=${name}`,
      '-config',
      this.#config,
      '-out',
      request,
    ])
    const cert = folder.at(`${name}.pem`)
    this.run('-notext', '-in', request, '-out', cert, ...more)
    return { cert, key, serial: new X509Certificate(fs.readFileSync(cert)).serialNumber }
  }

  makeKey(): string {
    return this.folder.run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'])
  }

  /** The newest certificate that was issued for this key. */
  certificateOf(keyPem: string): string | undefined {
    const place = this.folder.at('ca', 'newcerts')
    const key = createPrivateKey(keyPem)
    return fs
      .readdirSync(place)
      .sort()
      .map((name) => fs.readFileSync(path.join(place, name), 'utf8'))
      .findLast((pem) => new X509Certificate(pem).checkPrivateKey(key))
  }
}

/** A server that lets in whoever has a certificate of the authority that is not on its newest list. */
async function startChecker(authority: TestAuthority, log: (line: string) => void) {
  const { cert, key } = authority.certify('localhost', authority.makeKey(), '-extensions', 'server')
  const list = authority.folder.at('ca', 'crl.pem')
  const read = () => ({
    ...{ cert: fs.readFileSync(cert), key: fs.readFileSync(key), ca: authority.pem, crl: fs.readFileSync(list) },
  })
  const server = tls.createServer({ ...read(), requestCert: true, rejectUnauthorized: true }, (socket) => {
    log(`let in ${String(socket.getPeerCertificate().subject?.CN)}`)
    socket.on('error', (error) => log(String(error)))
    socket.pipe(socket)
  })
  server.on('tlsClientError', (error) => log(`refused: ${error.message}`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  fs.watchFile(list, { interval: 100 }, () => {
    if (fs.existsSync(list)) server.setSecureContext(read())
  })
  const stop = async () => {
    fs.unwatchFile(list)
    await new Promise((resolve) => server.close(resolve))
  }
  return { port: (server.address() as AddressInfo).port, serverKey: fs.readFileSync(key, 'utf8'), stop }
}

async function start(): Promise<RunningSystem> {
  const authority = new TestAuthority()
  const { folder } = authority
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const checker = await startChecker(authority, log)
  const other = authority.certify('svc-reports', authority.makeKey())
  const { cert: signer, key: signerKey } = authority.certify(
    'responder',
    authority.makeKey(),
    '-extensions',
    'responder',
  )
  const at = (name: string) => folder.at('ca', name)
  // openssl ocsp itself would listen on every address of the machine: here it answers what came by loopback.
  const answer = (question: Buffer): Buffer => {
    fs.writeFileSync(folder.at('question'), question)
    const said = folder.run('openssl', [
      ...['ocsp', '-index', at('index.txt'), '-CA', at('authority.pem'), '-rsigner', signer, '-rkey', signerKey],
      ...['-nmin', '5', '-text', '-reqin', folder.at('question'), '-respout', folder.at('answer')],
    ])
    log(said)
    return fs.readFileSync(folder.at('answer'))
  }
  const publisher = http.createServer((request, response) => {
    if (request.method === 'GET') return response.end(fs.readFileSync(at('crl.pem')))
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    return request.once('end', () => response.end(answer(Buffer.concat(chunks))))
  })
  await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve))
  const { port: publicPort } = publisher.address() as AddressInfo
  // As often as a unit of systemd would, and the same script.
  const loop = `while :; do /bin/sh ${authority.keeperArguments.map((word) => `'${word}'`).join(' ')}; sleep 0.1; done`
  const keeper = await startServer(folder, '/bin/sh', ['-c', loop], publicPort)
  const config = {
    ...{ authorityPem: authority.pem, folder: at(''), orders: folder.at('box') },
    ...{ ocspUrl: `http://127.0.0.1:${publicPort}`, crlUrl: `http://127.0.0.1:${publicPort}/crl.pem` },
    ...{ host: 'localhost', port: checker.port, caPem: authority.pem, listeners: `localhost:${checker.port}` },
  }
  return {
    version: folder.run('openssl', ['version']).split(' ')[1] ?? '',
    config,
    powerless: { ...config, orders: undefined },
    attempts: {
      invalid_config: { authorityPem: 'no certificate' },
      blocked_address: { folder: '/etc' },
      not_found: { folder: folder.at('box') },
    },
    createAccount: async (name, secret) => {
      const { cert } = authority.certify(name, secret.reveal())
      const { subject, issuer } = new X509Certificate(fs.readFileSync(cert))
      return { identity: `holder:${subject.split('\n').join(', ')}@${issuer.split('\n').join(', ')}` }
    },
    openSession: async (_name, secret) => {
      const cert = authority.certificateOf(secret.reveal())
      const socket = tls.connect({
        ...{ host: '127.0.0.1', port: checker.port, servername: 'localhost', ca: authority.pem },
        ...(cert === undefined ? {} : { cert, key: secret.reveal() }),
      })
      await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).on('error', reject))
      const echo = () =>
        new Promise<boolean>((resolve) => {
          const late = setTimeout(() => resolve(false), 1000)
          socket.once('data', () => {
            clearTimeout(late)
            resolve(true)
          })
          socket.write('alive?')
        })
      return { isAlive: async () => !socket.destroyed && echo(), close: async () => void socket.destroy() }
    },
    further: proveX509Steps({ authority, config, serial: other.serial, serverKey: checker.serverKey }),
    // Each question is a connection of its own: there is none of the connector's to cut.
    cut: async () => {},
    logs: async () => `${fs.readFileSync(folder.log, 'utf8')}\n${lines.join('\n')}`,
    stop: async () => {
      await keeper.stop()
      await checker.stop()
      publisher.closeAllConnections()
      await new Promise((resolve) => publisher.close(resolve))
      folder.remove()
    },
  }
}
