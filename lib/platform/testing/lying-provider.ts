import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Lie {
  /** Changes the claims of the id token; undefined removes one. */
  claims?: (good: Record<string, unknown>) => Record<string, unknown>
  /** How the token is signed. */
  seal?: 'rs256' | 'none' | 'hs256-public-key' | 'hs256-secret' | 'other-key' | 'no-signature' | 'other-kid'
  /** The token endpoint leaves the id token out. */
  withoutIdToken?: boolean
  /** What userinfo says instead. */
  userinfo?: Record<string, unknown>
}

const base64 = (value: string | Buffer) => Buffer.from(value).toString('base64url')

/** A provider that tells the truth until it is told what to lie about. Speaks just enough of the protocol. */
export class LyingProvider {
  issuer = ''
  readonly clientId = 'bailiwick'
  readonly clientSecret = 'a-secret-of-the-lying-provider-32'
  lie: Lie = {}
  private readonly server = http.createServer((request, response) => this.answer(request, response))
  private readonly key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  private readonly otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  private asked = { nonce: '', challenge: '' }
  private person: Record<string, unknown> = {}

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.issuer = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    this.server.closeAllConnections()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }

  /** What a browser would bring back from the authorization endpoint. */
  authorize(authorizationUrl: string, person: { sub: string; email: string }): string {
    const asked = new URL(authorizationUrl).searchParams
    this.asked = { nonce: asked.get('nonce') ?? '', challenge: asked.get('code_challenge') ?? '' }
    this.person = { ...person, email_verified: true }
    return `/api/auth/callback/oidc?code=one&state=${asked.get('state')}`
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = new URL(request.url ?? '/', this.issuer).pathname
      const body = new URLSearchParams(Buffer.concat(chunks).toString())
      response.setHeader('content-type', 'application/json')
      if (path === '/.well-known/openid-configuration') response.end(JSON.stringify(this.discovery()))
      else if (path === '/jwks') response.end(JSON.stringify({ keys: [this.jwk()] }))
      else if (path === '/token') this.token(body, response)
      else if (path === '/userinfo') response.end(JSON.stringify({ ...this.person, ...this.lie.userinfo }))
      else response.writeHead(404).end('{}')
    })
  }

  private discovery() {
    const at = (path: string) => `${this.issuer}${path}`
    return {
      issuer: this.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      jwks_uri: at('/jwks'),
      userinfo_endpoint: at('/userinfo'),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    }
  }

  private jwk() {
    return { ...this.key.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }
  }

  private token(body: URLSearchParams, response: http.ServerResponse): void {
    const verifier = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (verifier !== this.asked.challenge) {
      response.writeHead(400).end('{"error":"invalid_grant"}')
      return
    }
    const idToken = this.lie.withoutIdToken ? {} : { id_token: this.idToken() }
    response.end(JSON.stringify({ access_token: 'access', token_type: 'Bearer', expires_in: 60, ...idToken }))
  }

  private idToken(): string {
    const now = Math.floor(Date.now() / 1000)
    const good = {
      iss: this.issuer,
      aud: this.clientId,
      iat: now,
      exp: now + 60,
      nonce: this.asked.nonce,
      ...this.person,
    }
    const payload = base64(JSON.stringify(this.lie.claims?.(good) ?? good))
    const seal = this.lie.seal ?? 'rs256'
    const rsa = (key: KeyObject, header: object) => {
      const input = `${base64(JSON.stringify(header))}.${payload}`
      return `${input}.${base64(sign('sha256', Buffer.from(input), key))}`
    }
    const hmac = (secret: string | Buffer) => {
      const input = `${base64('{"alg":"HS256","typ":"JWT","kid":"one"}')}.${payload}`
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    }
    const rs256 = { alg: 'RS256', typ: 'JWT', kid: 'one' }
    const made = {
      rs256: () => rsa(this.key.privateKey, rs256),
      'other-key': () => rsa(this.otherKey.privateKey, rs256),
      'other-kid': () => rsa(this.otherKey.privateKey, { ...rs256, kid: 'two' }),
      none: () => `${base64('{"alg":"none","typ":"JWT"}')}.${payload}.`,
      'no-signature': () => `${base64(JSON.stringify(rs256))}.${payload}.`,
      'hs256-public-key': () => hmac(this.key.publicKey.export({ type: 'spki', format: 'pem' }) as string),
      'hs256-secret': () => hmac(this.clientSecret),
    }
    return made[seal]()
  }
}
