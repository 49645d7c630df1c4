import { randomUUID } from 'node:crypto'

/** A Vault, as far as it is asked here: AppRoles, entities, tokens, and policies that decide. */

export type Fields = Record<string, unknown>

export class VaultFault extends Error {
  constructor(
    readonly status: number,
    readonly errors: string[] = [],
    readonly headers: Record<string, string> = {},
  ) {
    super(errors.join('; '))
  }
}

interface SecretId {
  secret: string
  accessor: string
  usesLeft: number
  fields: Fields
  until: number
}

interface Role {
  name: string
  roleId: string
  fields: Fields
  secretIds: Map<string, SecretId>
}

interface Token {
  accessor: string
  fields: Fields
  policies: string[]
  entity?: string
}

const mountAccessor = 'auth_approle_5a1b7c3d'
const denied = () => new VaultFault(403, ['permission denied'])

/** What the policy `default` allows, as far as it is asked here. */
const defaultPolicy = `path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }`

export class FakeVault {
  readonly roles = new Map<string, Role>()
  readonly entities = new Map<string, Fields & { id: string }>()
  readonly tokens = new Map<string, Token>()
  readonly policies = new Map<string, string>([
    ['default', defaultPolicy],
    ['root', ''],
  ])

  /** Entries of a key-value engine of version 2, by mount and path. */
  readonly entries = new Map<string, { data: Fields; version: number }>()

  /** Keeps another version. As its documentation has it: `cas` is the version that was seen, 0 = there was none. */
  keep(place: string, { data, options }: Fields): Fields {
    const known = this.entries.get(place)
    const cas = (options as { cas?: number } | undefined)?.cas
    if (cas !== undefined && cas !== (known?.version ?? 0))
      throw new VaultFault(400, ['check-and-set parameter did not match the current version'])
    const version = (known?.version ?? 0) + 1
    this.entries.set(place, { data: data as Fields, version })
    return { version, created_time: new Date().toISOString(), deletion_time: '', destroyed: false }
  }

  addRole(name: string, fields: Fields = {}): Role {
    const usual = { bind_secret_id: true, token_policies: [], token_ttl: 3600, token_max_ttl: 14_400, secret_id_ttl: 0 }
    const role = { name, roleId: randomUUID(), fields: { ...usual, ...fields }, secretIds: new Map() }
    this.roles.set(name, role)
    return role
  }

  addSecretId(role: Role, { secret = randomUUID() as string, ttl = 0, uses = 0 } = {}): SecretId {
    const now = new Date()
    const until = ttl === 0 ? Number.POSITIVE_INFINITY : now.getTime() + ttl * 1000
    const accessor = randomUUID()
    const fields = {
      ...{ cidr_list: [], creation_time: now.toISOString(), last_updated_time: now.toISOString(), metadata: {} },
      expiration_time: ttl === 0 ? '0001-01-01T00:00:00Z' : new Date(until).toISOString(),
      ...{ secret_id_accessor: accessor, secret_id_ttl: ttl, token_bound_cidrs: [] },
    }
    const made = { secret, accessor, usesLeft: uses, fields, until }
    role.secretIds.set(accessor, made)
    return made
  }

  addToken(path: string, policies: string[], more: Fields = {}, entity?: string): string {
    const token = `hvs.${randomUUID().replaceAll('-', '')}${randomUUID().replaceAll('-', '')}`
    const accessor = randomUUID().replaceAll('-', '').slice(0, 24)
    const fields = {
      ...{ accessor, path, policies, entity_id: entity ?? '', issue_time: new Date().toISOString(), meta: null },
      ...{ display_name: 'token', expire_time: null, orphan: true, renewable: true, type: 'service', id: '', ...more },
    }
    this.tokens.set(token, { accessor, fields, policies, ...(entity === undefined ? {} : { entity }) })
    return token
  }

  entityOf(roleId: string): (Fields & { id: string }) | undefined {
    return [...this.entities.values()].find(({ aliases }) => (aliases as Fields[]).some(({ name }) => name === roleId))
  }

  addEntity(fields: Fields, aliases: Fields[] = []): Fields & { id: string } {
    const usual = { disabled: false, policies: [], metadata: {}, creation_time: new Date().toISOString() }
    const entity = { ...usual, ...fields, id: randomUUID(), aliases }
    this.entities.set(entity.id, entity)
    return entity
  }

  logIn(roleId: string, secret: string): Fields {
    const role = [...this.roles.values()].find((each) => each.roleId === roleId)
    const found = role === undefined ? undefined : [...role.secretIds.values()].find((each) => each.secret === secret)
    if (role === undefined || found === undefined || Date.now() > found.until)
      throw new VaultFault(400, ['invalid role or secret ID'])
    if (found.usesLeft === 1) role.secretIds.delete(found.accessor)
    if (found.usesLeft > 0) found.usesLeft -= 1
    const alias = { name: roleId, mount_accessor: mountAccessor, mount_type: 'approle' }
    const entity = this.entityOf(roleId) ?? this.addEntity({ name: `entity_${roleId.slice(0, 8)}` }, [alias])
    const policies = ['default', ...(role.fields.token_policies as string[])]
    const meta = { role_name: role.name }
    const expire_time = new Date(Date.now() + 3_600_000).toISOString()
    const token = this.addToken(
      'auth/approle/login',
      policies,
      { meta, expire_time, display_name: 'approle' },
      entity.id,
    )
    const { accessor } = this.tokens.get(token) as Token
    return {
      client_token: token,
      accessor,
      policies,
      token_policies: policies,
      metadata: meta,
      lease_duration: 3600,
      entity_id: entity.id,
    }
  }

  /** Who asks; a token whose entity is disabled may do nothing. */
  caller(token: string): Token {
    const known = this.tokens.get(token)
    const entity = known?.entity === undefined ? undefined : this.entities.get(known.entity)
    if (known === undefined || entity?.disabled === true) throw denied()
    return known
  }

  capabilities({ policies }: Token, path: string): string[] {
    if (policies.includes('root')) return ['root']
    const rules = policies.flatMap((name) => rulesOf(this.policies.get(name) ?? ''))
    const fitting = rules.filter((rule) => fits(rule.path, path)).sort((a, b) => compare(b.path, a.path))
    const best = fitting[0]?.path
    const found = new Set(fitting.flatMap((rule) => (rule.path === best ? rule.capabilities : [])))
    return found.size === 0 || found.has('deny') ? ['deny'] : [...found]
  }

  demand(token: string, path: string, word: string): Token {
    const caller = this.caller(token)
    const held = this.capabilities(caller, path)
    const needed = path === 'auth/token/accessors' ? [word, 'sudo'] : [word]
    if (!held.includes('root') && !needed.every((each) => held.includes(each))) throw denied()
    return caller
  }

  revokeAccessor(accessor: string): void {
    const found = [...this.tokens].find(([, token]) => token.accessor === accessor)
    if (found === undefined) throw new VaultFault(400, ['1 error occurred:\n\t* invalid accessor\n\n'])
    this.tokens.delete(found[0])
  }
}

export const methods = {
  'approle/': { type: 'approle', accessor: mountAccessor },
  'token/': { type: 'token', accessor: 'auth_token_0a1b2c3d' },
}

interface Rule {
  path: string
  capabilities: string[]
}

const rulesOf = (text: string): Rule[] =>
  [...text.matchAll(/^path "([^"]+)" \{ capabilities = \[([^\]]*)\] \}/gm)].map(([, path = '', words = '']) => ({
    path,
    capabilities: [...words.matchAll(/"(\w+)"/g)].map(([, word = '']) => word),
  }))

function fits(rule: string, path: string): boolean {
  const source = rule
    .replace(/\*$/, '')
    .split('/')
    .map((part) => (part === '+' ? '[^/]+' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')))
    .join('/')
  return new RegExp(`^${source}${rule.endsWith('*') ? '' : '$'}`).test(path)
}

/** Which of two fitting rules counts, as the documentation of policies has it: more than 0 for the first. */
function compare(a: string, b: string): number {
  const wild = (rule: string) => {
    const at = rule.search(/\+|\*$/)
    return at < 0 ? Number.POSITIVE_INFINITY : at
  }
  const plus = (rule: string) => rule.split('+').length
  if (wild(a) !== wild(b)) return wild(a) > wild(b) ? 1 : -1
  if (a.endsWith('*') !== b.endsWith('*')) return a.endsWith('*') ? -1 : 1
  if (plus(a) !== plus(b)) return plus(b) - plus(a)
  return a.length === b.length ? (a > b ? 1 : -1) : a.length - b.length
}
