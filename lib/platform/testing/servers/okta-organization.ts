import { createHash, createPublicKey, type JsonWebKey, randomBytes, verify } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { FakeAnswer, FakeQuestion } from './openapi-judge'

/** An organization of Okta made of recorded answers, with apps, secrets, keys and tokens that live. */

type Fields = Record<string, unknown>

const here = (...parts: string[]) => path.join(import.meta.dirname, ...parts)
const recorded: Record<string, Record<string, unknown>> = JSON.parse(
  fs.readFileSync(here('../../../connectors/okta/fixtures/okta-management/management-api-examples.json'), 'utf8'),
)
const description = JSON.parse(fs.readFileSync(here('../fixtures/openapi/okta.json'), 'utf8')) as {
  paths: Record<string, Record<string, { security?: { oauth2?: string[] }[] }>>
}

/** Without what is null: Okta's examples say so of texts of which its description does not. */
const withoutNulls = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, each) => each ?? undefined))

const example = (operation: string, name?: string): unknown => {
  const examples = recorded[operation] ?? {}
  return withoutNulls(name === undefined ? Object.values(examples)[0] : examples[name])
}

class Refusal extends Error {
  readonly status: number
  readonly body: Fields
  readonly headers: Record<string, string>

  constructor(status: number, code: string, summary: string, headers: Record<string, string> = {}) {
    super(summary)
    this.status = status
    this.headers = headers
    const errorId = `oae${randomBytes(8).toString('hex')}`
    this.body = { errorCode: code, errorSummary: summary, errorLink: code, errorId, errorCauses: [] }
  }
}

const notFound = (what: string) => new Refusal(404, 'E0000007', `Not found: Resource not found: ${what}`)
const invalid = (words: string) => new Refusal(400, 'E0000001', `Api validation failed: ${words}`)

export interface FakeClient {
  id: string
  /** The app, or the integration, as it is told. */
  told: Fields
  isApp: boolean
  secrets: Fields[]
  keys: Fields[]
  grants: Fields[]
  /** Refresh tokens with the access tokens that came with them. */
  sessions: { told: Fields; isAlive: boolean }[]
}

const samlFlags = {
  ...{ allowMultipleAcsEndpoints: false, assertionSigned: true, honorForceAuthn: true },
  ...{ requestCompressed: false, responseSigned: true },
}

/** Every so-manieth question is turned away, as Okta does when it is asked too often. */
const limitedEvery = 17
const stamp = () => new Date().toISOString()
const newId = (kind: string) => `${kind}${randomBytes(9).toString('hex').slice(0, 17)}`

export class FakeOkta {
  readonly clients = new Map<string, FakeClient>()
  readonly tokens = example('GET /api/v1/api-tokens 200') as Fields[]
  readonly #values = new Map<string, string>()
  readonly #access = new Map<string, { scopes: string[]; client: string }>()
  asked = 0

  constructor() {
    for (const told of example('GET /api/v1/apps 200', 'ResponseExample2') as Fields[]) {
      const settings = told.settings as Fields
      // What the description asks of SAML, and its own examples do not have.
      if (told.signOnMode === 'SAML_2_0') settings.signOn = { ...samlFlags, ...(settings.signOn as Fields) }
      this.#add(String(told.id), told, true)
    }
    for (const told of example('GET /integrations/api/v1/api-services 200') as Fields[]) {
      const client = this.#add(String(told.id), told, false)
      this.addSecret(client, 'secret-of-the-integration')
    }
  }

  #add(id: string, told: Fields, isApp: boolean): FakeClient {
    const client = { id, told, isApp, secrets: [], keys: [], grants: [], sessions: [] }
    this.clients.set(id, client)
    return client
  }

  /** A service app, as Okta tells of one. */
  addApp(label: string, method: 'client_secret_basic' | 'private_key_jwt'): FakeClient {
    const [saml] = example('GET /api/v1/apps 200', 'ResponseExample2') as Fields[]
    const { id: _, accessibility, visibility, features, licensing } = saml as Fields
    const id = newId('0oa').slice(0, 20)
    const oauthClient = {
      ...{ client_id: id, token_endpoint_auth_method: method, pkce_required: false, autoKeyRotation: true },
    }
    const settings = { application_type: 'service', grant_types: ['client_credentials'], response_types: ['token'] }
    const told = {
      ...{ id, name: 'oidc_client', label, status: 'ACTIVE', signOnMode: 'OPENID_CONNECT' },
      ...{ accessibility, visibility, features, licensing, created: stamp(), lastUpdated: stamp() },
      credentials: { oauthClient, userNameTemplate: { template: 'source.login', type: 'BUILT_IN' } },
      settings: { oauthClient: settings },
    }
    return this.#add(id, told, true)
  }

  addSecret(client: FakeClient, value: string): Fields {
    if (client.secrets.length >= 2) throw invalid('client_secret: no more than two secrets')
    const secret_hash = createHash('sha256').update(value).digest('base64url').slice(0, 22)
    const id = newId('ocs').slice(0, 20)
    const base = client.isApp ? '/api/v1/apps' : '/integrations/api/v1/api-services'
    const href = `https://acme.okta.com${base}/${client.id}/credentials/secrets/${id}/lifecycle/deactivate`
    const _links = { deactivate: { href, hints: { allow: ['POST'] } } }
    const made = { id, status: 'ACTIVE', client_secret: value, secret_hash, _links }
    client.secrets.push({ ...made, created: stamp(), lastUpdated: stamp() })
    return client.secrets.at(-1) as Fields
  }

  addKey(client: FakeClient, jwk: Fields): Fields {
    const made = { ...jwk, id: newId('pks').slice(0, 20), status: 'ACTIVE', created: stamp(), lastUpdated: stamp() }
    client.keys.push(made)
    return made
  }

  addGrant(client: FakeClient, scopeId: string): Fields {
    const id = newId('oag').slice(0, 20)
    const made = {
      id,
      status: 'ACTIVE',
      issuer: 'https://acme.okta.com',
      clientId: client.id,
      scopeId,
      source: 'ADMIN',
    }
    client.grants.push({ ...made, created: stamp(), lastUpdated: stamp() })
    return client.grants.at(-1) as Fields
  }

  addSession(client: FakeClient): { isAlive: boolean } {
    const [told] = example('GET /api/v1/apps/{appId}/tokens 200') as Fields[]
    const session = { told: { ...told, id: newId('oar').slice(0, 20), clientId: client.id }, isAlive: true }
    client.sessions.push(session)
    return session
  }

  addApiToken(name: string, value: string, id = newId('00T').slice(0, 20)): string {
    this.tokens.push({ ...this.tokens[0], id, name, _links: undefined })
    this.#values.set(value, id)
    return id
  }

  /** Whether what signs in by a secret is let in now. */
  #isLetIn(id: string, secret: string): boolean {
    const client = this.clients.get(id)
    const isActive = client !== undefined && (!client.isApp || client.told.status === 'ACTIVE')
    return isActive && client.secrets.some((each) => each.client_secret === secret && each.status === 'ACTIVE')
  }

  /** The client that signed an assertion for this address. */
  #signer(assertion: string, audience: string): FakeClient | undefined {
    const [head = '', claims = '', signature = ''] = assertion.split('.')
    const said = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString() || '{}') as Fields
    const { alg, kid } = said(head)
    const { iss, sub, aud, exp } = said(claims)
    const client = this.clients.get(String(sub))
    const key = client?.keys.find((each) => each.status === 'ACTIVE' && (kid === undefined || each.kid === kid))
    if (client === undefined || key === undefined || alg !== 'RS256' || client.told.status !== 'ACTIVE')
      return undefined
    const isInTime = Number(exp) > Date.now() / 1000 && Number(exp) < Date.now() / 1000 + 3600
    if (iss !== sub || aud !== audience || !isInTime) return undefined
    const open = createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    const isSigned = verify('sha256', Buffer.from(`${head}.${claims}`), open, Buffer.from(signature, 'base64url'))
    return isSigned ? client : undefined
  }

  /** The authorization server of the organization, which is not in the description of the management API. */
  authorize({ path: at, headers, body, origin }: FakeQuestion): FakeAnswer {
    const fields = (body ?? {}) as Record<string, string>
    const refused = (status: number, error: string, words: string) => ({
      ...{ status, body: { error, error_description: words } },
    })
    const signer =
      fields.client_assertion === undefined ? undefined : this.#signer(fields.client_assertion, `${origin}${at}`)
    if (at === '/oauth2/v1/token') {
      if (signer === undefined) return refused(401, 'invalid_client', 'The client_assertion signature is invalid.')
      const scopes = (fields.scope ?? '').split(' ')
      if (scopes.some((scope) => !signer.grants.some((each) => each.scopeId === scope)))
        return refused(
          400,
          'invalid_scope',
          'One or more scopes are not configured for the authorization server resource.',
        )
      const access_token = randomBytes(24).toString('base64url')
      this.#access.set(access_token, { scopes, client: signer.id })
      return { status: 200, body: { token_type: 'Bearer', expires_in: 3600, access_token, scope: scopes.join(' ') } }
    }
    const basic = Buffer.from(/^Basic (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '', 'base64').toString()
    const [id = '', secret = ''] = basic === '' ? [fields.client_id, fields.client_secret] : basic.split(':')
    if (signer === undefined && !this.#isLetIn(decodeURIComponent(id), decodeURIComponent(secret)))
      return refused(401, 'invalid_client', 'The client secret supplied for a confidential client is invalid.')
    return { status: 200, body: { active: false } }
  }

  answer(question: FakeQuestion): FakeAnswer {
    try {
      this.asked += 1
      if (this.asked % limitedEvery === 0)
        throw new Refusal(429, 'E0000047', 'API call exceeded rate limit due to too many requests.', {
          ...{ 'x-rate-limit-limit': '600', 'x-rate-limit-remaining': '0' },
          'x-rate-limit-reset': String(Math.floor(Date.now() / 1000)),
        })
      this.#demand(question)
      return this.#route(question)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, headers: error.headers, body: error.body }
    }
  }

  /** The scope that the description names for the operation. API tokens have the rights of their user, here all. */
  #demand({ method, path: at, headers }: FakeQuestion): void {
    const [, kind, value = ''] = /^(SSWS|Bearer) (\S+)$/.exec(headers.authorization ?? '') ?? []
    const id = this.#values.get(value)
    if (kind === 'SSWS' && this.tokens.some((each) => each.id === id)) return
    const access = this.#access.get(value)
    if (kind !== 'Bearer' || access === undefined) throw new Refusal(401, 'E0000011', 'Invalid token provided')
    const template = Object.keys(description.paths).find((each) =>
      new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(at),
    )
    const operation = description.paths[template ?? '']?.[method.toLowerCase()]
    const [wanted = ''] = operation?.security?.flatMap(({ oauth2 }) => oauth2 ?? []) ?? []
    if (!access.scopes.includes(wanted))
      throw new Refusal(403, 'E0000006', 'You do not have permission to perform the requested action')
  }

  #page(question: FakeQuestion, all: Fields[], id: (each: Fields) => string): FakeAnswer {
    const { query, origin, path: at } = question
    const limit = Number(query.get('limit') ?? 20)
    const after = query.get('after')
    const from = after === null ? 0 : all.findIndex((each) => id(each) === after) + 1
    const items = all.slice(from, from + limit)
    const next = new URLSearchParams(query)
    next.set('after', items.length > 0 ? id(items.at(-1) as Fields) : '')
    const links = [`<${origin}${at}?${query}>; rel="self"`]
    if (from + limit < all.length) links.push(`<${origin}${at}?${next}>; rel="next"`)
    return { status: 200, headers: { link: links.join(', ') }, body: items }
  }

  #client(id: string, isApp: boolean): FakeClient {
    const found = this.clients.get(id)
    if (found === undefined || found.isApp !== isApp) throw notFound(`${id} (AppInstance)`)
    return found
  }

  #route(question: FakeQuestion): FakeAnswer {
    const { method, path: at, body } = question
    const parts = at.split('/').slice(1)
    const idOf = (each: Fields) => String(each.id)
    if (at === '/api/v1/api-tokens') return { status: 200, body: this.tokens }
    if (at.startsWith('/api/v1/api-tokens/')) return this.#removeFrom(this.tokens, parts[3] ?? '')
    if (at.startsWith('/privileged-access/')) return { status: 200, body: example(`GET ${at} 200`) }
    if (parts[2] === 'clients') {
      const [role] = example('GET /oauth2/v1/clients/{clientId}/roles 200') as Fields[]
      const assignee = { href: `https://acme.okta.com/oauth2/v1/clients/${parts[3]}/roles` }
      const isHelper = this.clients.get(parts[3] ?? '')?.told.label === 'svc-helper'
      return { status: 200, body: isHelper ? [{ ...role, _links: { assignee } }] : [] }
    }
    const isApp = at.startsWith('/api/v1/apps')
    const [id, part, ...rest] = parts.slice(isApp ? 3 : 4)
    const all = [...this.clients.values()].filter((each) => each.isApp === isApp).map(({ told }) => told)
    if (id === undefined) return this.#page(question, all, idOf)
    const client = this.#client(id, isApp)
    if (part === undefined && method === 'GET') return { status: 200, body: client.told }
    if (part === undefined) {
      if (isApp && client.told.status === 'ACTIVE')
        throw new Refusal(403, 'E0000056', 'Delete application forbidden. The application must be deactivated first.')
      this.clients.delete(id)
      return { status: 204 }
    }
    if (part === 'lifecycle') {
      Object.assign(client.told, { status: rest[0] === 'activate' ? 'ACTIVE' : 'INACTIVE' })
      return { status: 200 }
    }
    if (part === 'grants') return this.#grants(client, method, rest[0], body as Fields)
    if (part === 'tokens') {
      if (method === 'GET')
        return this.#page(
          question,
          client.sessions.map(({ told }) => told),
          idOf,
        )
      for (const session of client.sessions.splice(0)) session.isAlive = false
      return { status: 204 }
    }
    return this.#credentials(client, method, rest, body as Fields | undefined)
  }

  #grants(client: FakeClient, method: string, id: string | undefined, body: Fields): FakeAnswer {
    if (method === 'GET') return { status: 200, body: client.grants }
    if (method === 'POST') return { status: 201, body: this.addGrant(client, String(body.scopeId)) }
    return this.#removeFrom(client.grants, id ?? '')
  }

  /** `secrets` or `jwks`, perhaps one of them, perhaps its life cycle. */
  #credentials(client: FakeClient, method: string, [kind, id, , act]: string[], body: Fields | undefined): FakeAnswer {
    const isKey = kind === 'jwks'
    const all = isKey ? client.keys : client.secrets
    if (id === undefined && method === 'GET') return { status: 200, body: all }
    if (id === undefined) {
      const value = String(body?.client_secret ?? randomBytes(30).toString('base64url'))
      return { status: 201, body: isKey ? this.addKey(client, body ?? {}) : this.addSecret(client, value) }
    }
    const found = all.find((each) => each.id === id)
    if (found === undefined) throw notFound(`${id} (OAuth2ClientSecretMediated)`)
    if (method === 'DELETE') {
      if (found.status === 'ACTIVE') throw invalid('status: an active one cannot be deleted')
      return this.#removeFrom(all, id)
    }
    if (act === 'deactivate' && !isKey && client.isApp && all.length === 1)
      throw invalid('the only secret of the client cannot be deactivated')
    Object.assign(found, { status: act === 'activate' ? 'ACTIVE' : 'INACTIVE', lastUpdated: stamp() })
    return { status: 200, body: found }
  }

  #removeFrom(all: Fields[], id: string): FakeAnswer {
    const at = all.findIndex((each) => each.id === id)
    if (at === -1) throw notFound(id)
    all.splice(at, 1)
    return { status: 204 }
  }
}
