import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { type FakeAnswer, type FakeQuestion, numbered } from './openapi-judge'

/** An organization of GitHub made of recorded answers, with apps, keys and tokens that live. */

type Fields = Record<string, unknown>
type Level = 'read' | 'write'

const here = (...parts: string[]) => path.join(import.meta.dirname, ...parts)
const recorded: Record<string, Record<string, unknown>> = {
  ...JSON.parse(
    fs.readFileSync(here('../../../connectors/github/fixtures/github-api/rest-api-examples-ghec.json'), 'utf8'),
  ),
  ...JSON.parse(fs.readFileSync(here('../fixtures/openapi/github-answers.json'), 'utf8')),
}
const copy = <T>(value: T): T => structuredClone(value)
const answerTo = (operation: string, name = 'default') => copy(recorded[operation]?.[name])
const listIn = (operation: string, name?: string) => {
  const answer = answerTo(operation)
  return (name === undefined ? answer : (answer as Fields)[name]) as Fields[]
}

class Refusal extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

const notFound = () => new Refusal(404, 'Not Found')

interface HeldToken {
  login: string
  /** Of the user's token, where it is a fine-grained one. */
  id?: number
}

/** Every so-manieth question is turned away, as GitHub does when it is asked too often. */
const limitedEvery = 13

export class FakeOrganization {
  readonly login = 'octo-org'
  readonly #account = (listIn('GET /orgs/{org}/installations 200', 'installations')[0] as Fields).account as Fields
  readonly #user = answerTo('GET /user 200', 'response-with-public-profile-information') as Fields
  readonly #apps = new Map<string, KeyObject>()
  readonly #installationTokens = new Map<string, number>()
  readonly #next = { id: 700_000 }
  readonly installations = listIn('GET /orgs/{org}/installations 200', 'installations')
  readonly grants = listIn('GET /orgs/{org}/personal-access-tokens 200')
  readonly authorizations = listIn('GET /orgs/{org}/credential-authorizations 200')
  readonly tokens = new Map<string, HeldToken>()
  readonly repositories = ['Hello-World', 'billing', 'reports', 'website'].map((name) => this.#repository(name))
  readonly keys = new Map<string, Fields[]>()
  readonly hostKeys: string[] = []
  asked = 0

  constructor() {
    const [first] = listIn('GET /repos/{owner}/{repo}/keys 200')
    this.keys.set('octo-org/Hello-World', [
      { ...first, url: 'https://api.github.com/repos/octo-org/Hello-World/keys/1' },
    ])
  }

  nextId(): number {
    this.#next.id += 1
    return this.#next.id
  }

  #repository(name: string): Fields {
    const [example] = listIn('GET /installation/repositories 200', 'repositories')
    const text = JSON.stringify(example).replaceAll('octocat/Hello-World', `octo-org/${name}`)
    return { ...JSON.parse(text), id: this.nextId(), name, owner: this.#account }
  }

  /** An app with its key, installed on the organization. */
  addApp(id: string, slug: string, publicPem: string, permissions: Fields): Fields {
    this.#apps.set(id, createPublicKey(publicPem))
    const [example] = listIn('GET /orgs/{org}/installations 200', 'installations')
    const number = this.nextId()
    const made = {
      ...example,
      ...{ id: number, app_id: Number(id), app_slug: slug, permissions, events: [], repository_selection: 'all' },
      html_url: `https://github.com/organizations/octo-org/settings/installations/${number}`,
    }
    this.installations.push(made)
    return made
  }

  addKey(repository: string, title: string, key: string, readOnly: boolean): Fields {
    const keys = this.keys.get(repository) ?? []
    if ([...this.keys.values()].flat().some((known) => known.key === key))
      throw new Refusal(422, 'key is already in use')
    const id = this.nextId()
    const made = {
      ...{ id, key, title, verified: true, read_only: readOnly, enabled: true, added_by: 'octocat', last_used: null },
      url: `https://api.github.com/repos/${repository}/keys/${id}`,
      created_at: new Date().toISOString(),
    }
    this.keys.set(repository, [...keys, made])
    return made
  }

  /** The repository that a public key opens; it is used by that. */
  whose(key: string): string | undefined {
    for (const [repository, keys] of this.keys)
      for (const known of keys) {
        if (known.key !== key) continue
        known.last_used = new Date().toISOString()
        return repository
      }
    return undefined
  }

  /** A token of a user, let in by the organization where it is a fine-grained one. */
  addToken(value: string, login: string, name?: string): { id: number } {
    const id = this.nextId()
    this.tokens.set(value, { login, ...(name === undefined ? {} : { id }) })
    if (name === undefined) return { id }
    const [example] = listIn('GET /orgs/{org}/personal-access-tokens 200')
    const owner = { ...(example?.owner as Fields), login, id }
    const grant = this.nextId()
    this.grants.push({
      ...{ ...example, id: grant, owner, repository_selection: 'subset', token_id: id, token_name: name },
      repositories_url: `https://api.github.com/organizations/6811672/personal-access-tokens/${grant}/repositories`,
    })
    return { id }
  }

  answer(question: FakeQuestion): FakeAnswer {
    try {
      this.asked += 1
      if (this.asked % limitedEvery === 0)
        throw new Refusal(403, 'API rate limit exceeded', {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Math.floor(Date.now() / 1000)),
        })
      return this.#route(question)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const body = { message: error.message, documentation_url: 'https://docs.github.com/rest' }
      return { status: error.status, headers: error.headers, body }
    }
  }

  #route(question: FakeQuestion): FakeAnswer {
    const { method, path: at } = question
    for (const [pattern, work] of this.#routes) {
      const parts = new RegExp(`^${pattern}$`).exec(`${method} ${at}`)?.slice(1)
      if (parts !== undefined) return work(question, ...parts.map(decodeURIComponent))
    }
    throw notFound()
  }

  /** Who asks, by the proof that comes with the question. */
  #bearer({ headers }: FakeQuestion): string {
    const [, proof] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? []
    if (headers['user-agent'] === undefined) throw new Refusal(403, 'Request forbidden by administrative rules.')
    if (proof === undefined) throw new Refusal(401, 'Requires authentication')
    return proof
  }

  /** The number of the app that signed. */
  #app(question: FakeQuestion): string {
    const [head = '', claims = '', signature = ''] = this.#bearer(question).split('.')
    const said = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString() || '{}') as Fields
    const { iss, iat, exp } = signature === '' ? {} : said(claims)
    const now = Date.now() / 1000
    const key = this.#apps.get(String(iss))
    const isInTime = Number(iat) <= now && Number(exp) > now && Number(exp) - now <= 600
    const isSigned =
      key !== undefined &&
      said(head).alg === 'RS256' &&
      verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))
    if (!isSigned) throw new Refusal(401, 'A JSON web token could not be decoded')
    if (!isInTime) throw new Refusal(401, "'Expiration time' claim ('exp') must be a numeric value in the near future")
    return String(iss)
  }

  #installationOf(app: string, id?: string): Fields {
    const found = this.installations.find(
      (each) => String(each.app_id) === app && (id === undefined || String(each.id) === id),
    )
    if (found === undefined) throw notFound()
    return found
  }

  /** Lets an installation in that has the permission. */
  #demand(question: FakeQuestion, permission: string, level: Level): void {
    const proof = this.#bearer(question)
    const id = this.#installationTokens.get(proof)
    const found = this.installations.find((each) => each.id === id)
    if (id === undefined || found === undefined) throw new Refusal(401, 'Bad credentials')
    if (found.suspended_at !== null) throw new Refusal(403, 'This installation has been suspended')
    const given = (found.permissions as Fields)[permission]
    if (given !== 'write' && given !== level) throw new Refusal(403, 'Resource not accessible by integration')
  }

  /** Whether an installation is let in by a token that was made for it before. */
  isLetIn(token: string): boolean {
    const found = this.installations.find((each) => each.id === this.#installationTokens.get(token))
    return found !== undefined && found.suspended_at === null
  }

  makeInstallationToken(id: number): string {
    const token = `ghs_${Math.random().toString(36).slice(2).padEnd(36, 'x')}`
    this.#installationTokens.set(token, id)
    return token
  }

  #list(question: FakeQuestion, all: Fields[], name?: string): FakeAnswer {
    const { items, headers } = numbered(all, question)
    return { status: 200, headers, body: name === undefined ? items : { total_count: all.length, [name]: items } }
  }

  readonly #routes: [string, (question: FakeQuestion, ...parts: string[]) => FakeAnswer][] = [
    ['GET /orgs/octo-org/installation', (q) => ({ status: 200, body: this.#installationOf(this.#app(q)) })],
    [
      'POST /app/installations/(\\d+)/access_tokens',
      (q, id = '') => {
        const { permissions, repository_selection, suspended_at } = this.#installationOf(this.#app(q), id)
        if (suspended_at !== null) throw new Refusal(403, 'This installation has been suspended')
        const token = this.makeInstallationToken(Number(id))
        const expires_at = new Date(Date.now() + 3_600_000).toISOString()
        return { status: 201, body: { token, expires_at, permissions, repository_selection } }
      },
    ],
    [
      '(PUT|DELETE) /app/installations/(\\d+)/suspended',
      (q, method, id = '') => {
        const found = this.#installationOf(this.#app(q), id)
        Object.assign(found, { suspended_at: method === 'PUT' ? new Date().toISOString() : null })
        return { status: 204 }
      },
    ],
    [
      'DELETE /app/installations/(\\d+)',
      (q, id = '') => {
        this.installations.splice(this.installations.indexOf(this.#installationOf(this.#app(q), id)), 1)
        return { status: 204 }
      },
    ],
    [
      'GET /orgs/octo-org/installations',
      (q) => {
        this.#demand(q, 'organization_administration', 'read')
        return this.#list(q, this.installations, 'installations')
      },
    ],
    [
      'GET /orgs/octo-org/personal-access-tokens',
      (q) => {
        this.#demand(q, 'organization_personal_access_tokens', 'read')
        return this.#list(q, this.grants)
      },
    ],
    [
      'POST /orgs/octo-org/personal-access-tokens/(\\d+)',
      (q, id) => {
        this.#demand(q, 'organization_personal_access_tokens', 'write')
        const at = this.grants.findIndex((each) => String(each.id) === id)
        if (at === -1) throw notFound()
        this.grants.splice(at, 1)
        return { status: 204 }
      },
    ],
    [
      'GET /orgs/octo-org/personal-access-tokens/(\\d+)/repositories',
      (q) => {
        this.#demand(q, 'organization_personal_access_tokens', 'read')
        return this.#list(q, listIn('GET /orgs/{org}/personal-access-tokens/{pat_id}/repositories 200'))
      },
    ],
    [
      'GET /orgs/octo-org/credential-authorizations',
      (q) => {
        this.#demand(q, 'organization_administration', 'read')
        return this.#list(q, this.authorizations)
      },
    ],
    [
      'DELETE /orgs/octo-org/credential-authorizations/(\\d+)',
      (q, id) => {
        this.#demand(q, 'organization_administration', 'write')
        const at = this.authorizations.findIndex((each) => String(each.credential_id) === id)
        if (at === -1) throw notFound()
        this.authorizations.splice(at, 1)
        return { status: 204 }
      },
    ],
    [
      'GET /orgs/octo-org/(actions|dependabot)/secrets',
      (q, app) => {
        this.#demand(q, app === 'actions' ? 'organization_secrets' : 'organization_dependabot_secrets', 'read')
        return this.#list(q, listIn(`GET /orgs/{org}/${app}/secrets 200`, 'secrets'), 'secrets')
      },
    ],
    [
      'GET /orgs/octo-org/hooks',
      (q) => {
        this.#demand(q, 'organization_hooks', 'read')
        return this.#list(q, listIn('GET /orgs/{org}/hooks 200'))
      },
    ],
    [
      'GET /installation/repositories',
      (q) => {
        this.#demand(q, 'metadata', 'read')
        return this.#list(q, this.repositories, 'repositories')
      },
    ],
    [
      'GET /repos/([^/]+/[^/]+)/keys',
      (q, name = '') => {
        this.#demand(q, 'administration', 'read')
        return this.#list(q, this.keys.get(name) ?? [])
      },
    ],
    [
      'POST /repos/([^/]+/[^/]+)/keys',
      (q, name = '') => {
        this.#demand(q, 'administration', 'write')
        const { title, key, read_only } = q.body as { title: string; key: string; read_only?: boolean }
        return { status: 201, body: this.addKey(name, title, key, read_only === true) }
      },
    ],
    [
      '(GET|DELETE) /repos/([^/]+/[^/]+)/keys/(\\d+)',
      (q, method, name = '', id = '') => {
        this.#demand(q, 'administration', method === 'GET' ? 'read' : 'write')
        const keys = this.keys.get(name) ?? []
        const found = keys.find((each) => String(each.id) === id)
        if (found === undefined) throw notFound()
        if (method === 'GET') return { status: 200, body: found }
        this.keys.set(
          name,
          keys.filter((each) => each !== found),
        )
        return { status: 204 }
      },
    ],
    [
      'GET /repos/([^/]+/[^/]+)/(actions/secrets|hooks)',
      (q, name, part) => {
        this.#demand(q, part === 'hooks' ? 'repository_hooks' : 'secrets', 'read')
        const isFirst = name === 'octo-org/Hello-World'
        if (part === 'hooks') return this.#list(q, isFirst ? listIn('GET /repos/{owner}/{repo}/hooks 200') : [])
        const secrets = isFirst ? listIn('GET /repos/{owner}/{repo}/actions/secrets 200', 'secrets') : []
        return this.#list(q, secrets, 'secrets')
      },
    ],
    [
      'GET /meta',
      () => ({
        status: 200,
        body: { ...(answerTo('GET /meta 200') as Fields), ssh_keys: this.hostKeys, ssh_key_fingerprints: {} },
      }),
    ],
    [
      'GET /user',
      (q) => {
        const held = this.tokens.get(this.#bearer(q))
        if (held === undefined) throw new Refusal(401, 'Bad credentials')
        const until = new Date(Date.now() + 86_400_000).toISOString()
        const scopes = held.id === undefined ? { 'x-oauth-scopes': 'repo, read:org' } : {}
        return {
          ...{ status: 200, headers: { ...scopes, 'github-authentication-token-expiration': until } },
          body: { ...this.#user, login: held.login, user_view_type: 'public' },
        }
      },
    ],
    [
      'POST /credentials/revoke',
      (q) => {
        if (q.headers.authorization !== undefined) throw new Refusal(403, 'Authenticated requests are not allowed')
        for (const value of (q.body as { credentials: string[] }).credentials)
          setTimeout(() => this.tokens.delete(value), 300).unref()
        return { status: 202, body: {} }
      },
    ],
  ]
}
