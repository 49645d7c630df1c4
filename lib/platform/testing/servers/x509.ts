import { X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { startServer } from './server-process'
import { folderKey, TestAuthority } from './x509-authority'
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
    ...{ authorityPem: authority.pem, folder: at(''), orders: folder.at('box'), key: folderKey },
    ...{ ocspUrl: `http://127.0.0.1:${publicPort}`, crlUrl: `http://127.0.0.1:${publicPort}/crl.pem` },
    ...{ host: 'localhost', port: checker.port, caPem: authority.pem, listeners: `localhost:${checker.port}` },
  }
  return {
    version: folder.run('openssl', ['version']).split(' ')[1] ?? '',
    config,
    powerless: { ...config, orders: undefined },
    attempts: {
      invalid_config: { authorityPem: 'no certificate' },
      login_refused: { key: 'some other key of folders' },
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
