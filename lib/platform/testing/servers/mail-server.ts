import fs from 'node:fs'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { ServerFolder } from './server-process'

export interface ReceivedMail {
  to: string[]
  from: string
  /** As it came, headers and all. */
  raw: string
  mail: Email
  isSecure: boolean
  user: string | undefined
}

export interface MailServerOptions {
  /** `tls`: from the first byte; `starttls`: offered and demanded; `off`: neither. */
  tls: 'tls' | 'starttls' | 'off'
  /** Who may sign in; without it nobody has to. */
  login?: { user: string; password: string }
}

/** A mail server of the tests on loopback, which keeps what it is sent and refuses what it is told to. */
export class MailServer {
  readonly received: ReceivedMail[] = []
  /** What an address is answered, until it is taken away: `{ code: 550, says: 'No such user' }`. */
  readonly refusals = new Map<string, { code: number; says: string }>()
  /** Runs when a message is here and before the sender hears that it is. */
  onArrival: (mail: ReceivedMail) => Promise<void> | void = () => undefined
  /** Before this answers, nobody is greeted. */
  greetingMs = 0
  readonly pem: string
  port = 0
  private readonly folder = new ServerFolder('mail')
  private readonly server: SMTPServer

  private constructor({ tls, login }: MailServerOptions) {
    const { cert, key, pem } = this.folder.makeCertificate()
    this.pem = pem
    this.server = new SMTPServer({
      secure: tls === 'tls',
      ...(tls === 'off' ? {} : { cert: fs.readFileSync(cert), key: fs.readFileSync(key) }),
      disabledCommands: [...(tls === 'starttls' ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
      authOptional: login === undefined,
      allowInsecureAuth: tls === 'off',
      disableReverseLookup: true,
      logger: false,
      onConnect: (_session, done) => void sleep(this.greetingMs).then(() => done()),
      onAuth: (auth, _session, done) =>
        auth.username === login?.user && auth.password === login?.password
          ? done(null, { user: auth.username })
          : done(new Error('Authentication failed')),
      onRcptTo: ({ address }, _session, done) => {
        const refusal = this.refusals.get(address)
        done(refusal ? Object.assign(new Error(refusal.says), { responseCode: refusal.code }) : null)
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', async () => {
          const bytes = Buffer.concat(chunks)
          const { mailFrom, rcptTo } = session.envelope
          const mail: ReceivedMail = {
            to: rcptTo.map(({ address }) => address),
            from: mailFrom === false ? '' : mailFrom.address,
            raw: bytes.toString('utf8'),
            mail: await PostalMime.parse(bytes),
            isSecure: session.secure,
            user: session.user as string | undefined,
          }
          this.received.push(mail)
          await this.onArrival(mail)
          done()
        })
      },
    })
    // A sender that is killed breaks its connection off.
    this.server.on('error', () => undefined)
  }

  static async start(options: MailServerOptions): Promise<MailServer> {
    const server = new MailServer(options)
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve))
    server.port = (server.server.server.address() as AddressInfo).port
    return server
  }

  /** How it is named in the settings of an organization. */
  settings(tls: MailServerOptions['tls'], login?: { user: string; password: string }) {
    return {
      ...{ way: 'own' as const, host: 'localhost', port: this.port, tls, caPem: tls === 'off' ? null : this.pem },
      ...{ username: login?.user ?? null, ...(login ? { password: login.password } : {}) },
      ...{ fromAddress: 'bailiwick@example.org', fromName: 'Bailiwick of the tests' },
    }
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
    this.folder.remove()
  }
}
