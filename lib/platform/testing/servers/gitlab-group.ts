import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { type FakeAnswer, type FakeQuestion, numbered } from './openapi-judge'

/** A group of GitLab made of recorded answers, with accounts, tokens and keys that live. */

type Fields = Record<string, unknown>

const fixtures = path.join(import.meta.dirname, '../../../connectors/gitlab/fixtures/gitlab-api')
const recorded = (name: string) => JSON.parse(fs.readFileSync(path.join(fixtures, `go-gitlab-${name}.json`), 'utf8'))

class Refusal extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

const forbidden = () => new Refusal(403, '403 Forbidden')
const notFound = (what: string) => new Refusal(404, `404 ${what} Not Found`)

interface User {
  told: Fields
  /** The role in the group, for those that hold a token of it. */
  level: number
}

interface Token {
  told: Fields
  value: string
  /** `projects/7`, or `groups/42/service_accounts/114` for one of a service account. */
  place: string
  /** Revoked because a successor of it was made. */
  rotated?: boolean
}

/** Every so-manieth question is turned away, as GitLab does when it is asked too often. */
const limitedEvery = 11
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

export class FakeGroup {
  readonly group = {
    id: 42,
    name: 'acme',
    path: 'acme',
    full_path: 'acme',
    web_url: 'https://gitlab.example.com/groups/acme',
  }
  readonly below = [{ id: 43, name: 'platform', path: 'platform', full_path: 'acme/platform', web_url: 'https://gitlab.example.com/groups/acme/platform' }] // biome-ignore format: two places of one kind
  readonly projects = ['Flight', 'billing', 'reports'].map((name, index) => ({
    ...{ id: 7 + index, name, path: name, path_with_namespace: `acme/${name}` },
    web_url: `https://gitlab.example.com/acme/${name}`,
  }))
  readonly users = new Map<number, User>()
  readonly tokens: Token[] = []
  readonly serviceAccounts: Fields[] = recorded('get_serviceaccounts')
  readonly deployTokens: { told: Fields; place: string; value: string }[] = []
  readonly deployKeys: { told: Fields; places: Set<string> }[] = []
  #last = 5000
  asked = 0

  constructor() {
    // As it was recorded: two tokens of a project, each of a bot of its own.
    for (const told of recorded('list_project_access_tokens') as Fields[]) {
      this.#addBot(Number(told.user_id), 'projects/7', String(told.name), Number(told.access_level))
      this.tokens.push({ told, value: this.#value(), place: 'projects/7' })
    }
    for (const account of this.serviceAccounts)
      this.users.set(Number(account.id), { told: { ...account, state: 'active' }, level: 30 })
  }

  next(): number {
    this.#last += 1
    return this.#last
  }

  #value(): string {
    return `glpat-${randomBytes(15).toString('base64url')}`
  }

  #addBot(id: number, place: string, name: string, level: number): void {
    const [kind = '', number] = place.split('/')
    const username = `${kind.slice(0, -1)}_${number}_bot_${randomBytes(16).toString('hex')}`
    this.users.set(id, { told: { id, username, name, state: 'active', bot: true }, level })
  }

  /** A token of a project or a group, with its bot. */
  addToken(place: string, name: string, value: string, scopes: string[], level: number): Token {
    const [example] = recorded('list_project_access_tokens') as Fields[]
    const user_id = this.next()
    this.#addBot(user_id, place, name, level)
    const told = {
      ...{ ...example, id: this.next(), name, scopes, user_id, access_level: level, last_used_at: null },
      ...{ created_at: new Date().toISOString(), expires_at: day(30) },
    }
    this.tokens.push({ told, value, place })
    return this.tokens.at(-1) as Token
  }

  /** A token of a service account. */
  addPersonal(account: number, name: string, scopes: unknown, expiresAt = day(30)): Token {
    const example = recorded('rotate_personal_access_token') as Fields
    const { token: _, ...base } = example
    const told = {
      ...{ ...base, id: this.next(), name, scopes, user_id: account, last_used_at: null, active: true, revoked: false },
      ...{ created_at: new Date().toISOString(), expires_at: expiresAt },
    }
    this.tokens.push({ told, value: this.#value(), place: `groups/42/service_accounts/${account}` })
    return this.tokens.at(-1) as Token
  }

  addDeployToken(place: string, name: string, value: string): number {
    const id = this.next()
    const told = { id, name, username: `gitlab+deploy-token-${id}`, expires_at: null, revoked: false, expired: false }
    this.deployTokens.push({ told: { ...told, scopes: ['read_repository'] }, place, value })
    return id
  }

  addDeployKey(places: string[], title: string, key: string): number {
    const id = this.next()
    const told = { id, title, key, created_at: '2024-05-01T10:00:00.000Z', expires_at: null, can_push: false }
    this.deployKeys.push({ told, places: new Set(places) })
    return id
  }

  holderOf(value: string): Token | undefined {
    return this.tokens.find(
      (token) => token.value === value && token.told.revoked !== true && token.told.active === true,
    )
  }

  answer(question: FakeQuestion): FakeAnswer {
    try {
      this.asked += 1
      if (this.asked % limitedEvery === 0)
        throw new Refusal(429, 'Retry later', {
          'ratelimit-remaining': '0',
          'ratelimit-reset': String(Math.floor(Date.now() / 1000)),
        })
      if (question.path.endsWith('.git/info/refs')) return this.#git(question)
      const own = this.holderOf(String(question.headers['private-token'] ?? ''))
      if (own === undefined) throw new Refusal(401, '401 Unauthorized')
      own.told.last_used_at = new Date().toISOString()
      return this.#route(question, own)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, headers: error.headers, body: { message: error.message } }
    }
  }

  /** Git over HTTPS, as a deploy token meets it. */
  #git({ path: at, headers }: FakeQuestion): FakeAnswer {
    const [username = '', value] = Buffer.from(String(headers.authorization).slice(6), 'base64').toString().split(':')
    const project = this.projects.find(({ path_with_namespace }) => at === `/${path_with_namespace}.git/info/refs`)
    const isOpen = this.deployTokens.some(
      (each) => each.told.username === username && each.value === value && each.place === `projects/${project?.id}`,
    )
    if (!isOpen) throw new Refusal(401, 'HTTP Basic: Access denied')
    return { status: 200, body: '001e# service=git-upload-pack\n' }
  }

  /** Rights as GitLab has them: to read needs a scope, to change `api`; both need a role. */
  #demand(own: Token, least: number, isChange: boolean): void {
    const scopes = own.told.scopes as string[]
    const level = this.users.get(Number(own.told.user_id))?.level ?? 0
    if (!scopes.includes('api') && (isChange || !scopes.includes('read_api')))
      throw new Refusal(403, 'insufficient_scope')
    if (level < least) throw forbidden()
  }

  #list(question: FakeQuestion, all: Fields[]): FakeAnswer {
    const { items, headers } = numbered(all, question, 20)
    return { status: 200, headers, body: items }
  }

  #route(question: FakeQuestion, own: Token): FakeAnswer {
    const { method, path: at } = question
    const isChange = method !== 'GET'
    const where = at.replace(/^\/api\/v4/, '')
    if (where === '/personal_access_tokens/self') return { status: 200, body: own.told }
    if (/^\/groups\/(42|acme)$/.test(where)) return { status: 200, body: this.group }
    const member = /^\/groups\/42\/members\/all\/(\d+)$/.exec(where)?.[1]
    if (member !== undefined) {
      const found = this.users.get(Number(member))
      if (found === undefined) throw notFound('Member')
      return { status: 200, body: { ...found.told, access_level: found.level } }
    }
    if (where === '/groups/42/descendant_groups') return this.#list(question, this.below)
    if (where === '/groups/42/projects') return this.#list(question, this.projects)
    const user = /^\/users\/(\d+)$/.exec(where)?.[1]
    if (user !== undefined) {
      const found = this.users.get(Number(user))
      if (found === undefined) throw notFound('User')
      return { status: 200, body: found.told }
    }
    const [, kind = '', id = '', part, ...rest] = where.split('/')
    const place = `${kind}/${id}`
    const known = kind === 'projects' ? this.projects : [this.group, ...this.below]
    const found = known.find((each) => String(each.id) === id)
    if (found === undefined) throw notFound(kind === 'projects' ? 'Project' : 'Group')
    if (part === undefined) return { status: 200, body: found }
    this.#demand(own, kind === 'groups' ? 50 : 40, isChange)
    if (part === 'service_accounts') return this.#accounts(question, rest)
    if (part === 'access_tokens') return this.#tokens(question, place, rest)
    if (part === 'deploy_tokens') return this.#deployTokens(question, place, rest[0])
    if (part === 'deploy_keys') return this.#deployKeys(question, place, rest[0])
    throw notFound('Not')
  }

  #accounts(question: FakeQuestion, [id, part, ...rest]: string[]): FakeAnswer {
    if (id === undefined) return this.#list(question, this.serviceAccounts)
    const at = this.serviceAccounts.findIndex((each) => String(each.id) === id)
    if (at === -1) throw notFound('User')
    if (part !== undefined) return this.#tokens(question, `groups/42/service_accounts/${id}`, rest)
    this.serviceAccounts.splice(at, 1)
    this.users.delete(Number(id))
    for (const token of this.tokens) if (String(token.told.user_id) === id) token.told.revoked = true
    return { status: 204 }
  }

  #tokens(question: FakeQuestion, place: string, [id, act]: string[]): FakeAnswer {
    const here = this.tokens.filter((token) => token.place === place)
    const { body, method } = question
    const asked = body as { expires_at?: string; name?: string; scopes?: string[] } | undefined
    if (id === undefined && method === 'GET')
      return this.#list(
        question,
        here.map(({ told }) => told),
      )
    if (id === undefined) {
      const account = Number(place.split('/').at(-1))
      const { told, value } = this.addPersonal(account, String(asked?.name), asked?.scopes, asked?.expires_at)
      return { status: 201, body: { ...told, token: value } }
    }
    const found = here.find(({ told }) => String(told.id) === id)
    if (found === undefined) throw notFound('Token')
    if (act === 'rotate' && found.told.revoked === true) throw new Refusal(401, '401 Unauthorized')
    Object.assign(found.told, { revoked: true, active: false })
    if (act === 'rotate') {
      const told = { ...found.told, id: this.next(), revoked: false, active: true, last_used_at: null }
      const made = { told: { ...told, created_at: new Date().toISOString(), expires_at: asked?.expires_at ?? day(7) } }
      this.tokens.push({ ...made, value: this.#value(), place })
      return { status: 200, body: { ...made.told, token: this.tokens.at(-1)?.value } }
    }
    // The bot of a project or a group goes with the last of its tokens, and what was revoked with it.
    const user = found.told.user_id
    const isLast = !here.some(({ told }) => told.user_id === user && told.revoked !== true)
    if (isLast && !place.includes('service_accounts')) {
      this.users.delete(Number(user))
      for (const token of here.filter(({ told }) => told.user_id === user))
        this.tokens.splice(this.tokens.indexOf(token), 1)
    }
    return { status: 204 }
  }

  #deployTokens(question: FakeQuestion, place: string, id: string | undefined): FakeAnswer {
    const here = this.deployTokens.filter((each) => each.place === place)
    if (id === undefined)
      return this.#list(
        question,
        here.map(({ told }) => told),
      )
    const found = here.find(({ told }) => String(told.id) === id)
    if (found === undefined) throw notFound('Deploy Token')
    this.deployTokens.splice(this.deployTokens.indexOf(found), 1)
    return { status: 204 }
  }

  #deployKeys(question: FakeQuestion, place: string, id: string | undefined): FakeAnswer {
    const here = this.deployKeys.filter(({ places }) => places.has(place))
    if (id === undefined)
      return this.#list(
        question,
        here.map(({ told }) => told),
      )
    const found = here.find(({ told }) => String(told.id) === id)
    if (found === undefined) throw notFound('Deploy Key')
    found.places.delete(place)
    return { status: 204 }
  }
}
