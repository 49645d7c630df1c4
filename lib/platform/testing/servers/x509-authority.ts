import { createPrivateKey, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { findLiveConnector } from '../../../connectors/live-registry'
import { ServerFolder } from './server-process'

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

export const folderKey = 'key-of-the-folders-of-tests'

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
    for (const name of ['ca', 'box']) folder.write(`${name}/bailiwick.key`, `${folderKey}\n`)
    for (const [name, text] of Object.entries({ 'index.txt': '', serial: '1000\n', crlnumber: '01\n' }))
      folder.write(path.join('ca', name), text)
    folder.run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3', '-subj', '/O=Tests/CN=Test authority'],
      ...['-keyout', folder.at('ca', 'private', 'authority.key'), '-out', folder.at('ca', 'authority.pem')],
      ...['-config', this.#config, '-addext', 'basicConstraints=critical,CA:TRUE', '-sha256'],
      ...['-addext', 'keyUsage=keyCertSign,cRLSign'],
    ])
    // As the instructions give it to everybody.
    folder.write('bailiwick-ca', `${findLiveConnector('x509')?.instructions.at(-1)?.text}\n`)
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
