import { type FakeVault, type Fields, methods, VaultFault } from './vault-server'

interface Asked {
  method: string
  url: URL
  token: string
  body: Fields
}

/** An answer of Vault's HTTP API. @throws VaultFault */
export function askVault(vault: FakeVault, { method, url, token, body }: Asked): { status: number; body?: unknown } {
  const path = decodeURIComponent(url.pathname).replace(/^\/v1\//, '')
  if (path === 'sys/health') return { status: 200, body: { initialized: true, sealed: false, version: '1.17.2' } }
  if (path === 'auth/approle/login')
    return { status: 200, body: { auth: vault.logIn(String(body.role_id), String(body.secret_id)) } }
  const isList = url.searchParams.get('list') === 'true'
  const word = method === 'GET' ? (isList ? 'list' : 'read') : method === 'DELETE' ? 'delete' : 'update'
  const caller = vault.demand(token, path, word)
  const data = (found: unknown) => ({ status: 200, body: { request_id: 'x', data: found } })
  const keys = (names: string[]) => {
    if (names.length === 0) throw new VaultFault(404)
    return data({ keys: names })
  }
  const done = { status: 204 }
  switch (`${word} ${path}`) {
    case 'update sys/capabilities-self':
      return data(Object.fromEntries((body.paths as string[]).map((each) => [each, vault.capabilities(caller, each)])))
    case 'read auth/token/lookup-self':
      return data(caller.fields)
    case 'update auth/token/revoke-self':
      vault.tokens.delete(token)
      return done
    case 'update auth/token/lookup': {
      const found = vault.tokens.get(String(body.token))
      if (found === undefined) throw new VaultFault(403, ['bad token'])
      return data(found.fields)
    }
    case 'list auth/token/accessors':
      return keys([...vault.tokens.values()].map(({ accessor }) => accessor))
    case 'update auth/token/lookup-accessor': {
      const found = [...vault.tokens.values()].find(({ accessor }) => accessor === body.accessor)
      if (found === undefined) throw new VaultFault(403, ['1 error occurred:\n\t* invalid accessor\n\n'])
      return data(found.fields)
    }
    case 'update auth/token/revoke-accessor':
      vault.revokeAccessor(String(body.accessor))
      return done
    case 'read sys/auth':
      return data(methods)
    case 'list sys/policies/acl':
      return keys([...vault.policies.keys()])
    case 'list auth/approle/role':
      return keys([...vault.roles.keys()])
    case 'update identity/lookup/entity': {
      const found = vault.entityOf(String(body.alias_name))
      return found === undefined ? done : data(found)
    }
    case 'update identity/entity':
      return data({ id: vault.addEntity(body).id })
    case 'update identity/entity-alias': {
      const entity = vault.entities.get(String(body.canonical_id))
      if (entity === undefined) throw new VaultFault(400, ['invalid canonical ID'])
      ;(entity.aliases as Fields[]).push(body)
      return data({ id: 'alias' })
    }
    default:
      return askNamed(vault, word, path, body, { data, keys, done })
  }
}

interface Ways {
  data: (found: unknown) => { status: number; body: unknown }
  keys: (names: string[]) => { status: number; body: unknown }
  done: { status: number }
}

function askNamed(vault: FakeVault, word: string, path: string, body: Fields, { data, keys, done }: Ways) {
  if (/^secret\/data\/.+$/.test(path)) {
    if (word === 'update') return data(vault.keep(path, body))
    const entry = vault.entries.get(path)
    if (entry === undefined) throw new VaultFault(404)
    return data({ data: entry.data, metadata: { version: entry.version, deletion_time: '', destroyed: false } })
  }
  const [, policy] = /^sys\/policies\/acl\/(.+)$/.exec(path) ?? []
  if (policy !== undefined) {
    const text = vault.policies.get(policy)
    if (text === undefined) throw new VaultFault(404)
    return data({ name: policy, policy: text })
  }
  const [, id] = /^identity\/entity\/id\/(.+)$/.exec(path) ?? []
  if (id !== undefined) {
    const entity = vault.entities.get(id)
    if (entity === undefined) throw new VaultFault(404)
    if (word === 'read') return data(entity)
    Object.assign(entity, body)
    return done
  }
  const [, name = '', rest = ''] = /^auth\/approle\/role\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
  const role = vault.roles.get(name)
  if (role === undefined) throw new VaultFault(404)
  const wanted = role.secretIds.get(String(body.secret_id_accessor))
  const missing = [`failed to find accessor entry for secret_id_accessor: "${body.secret_id_accessor}"`]
  switch (`${word} ${rest}`) {
    case 'read ':
      return data(role.fields)
    case 'update ':
      Object.assign(role.fields, body)
      return done
    case 'delete ':
      vault.roles.delete(name)
      return done
    case 'read role-id':
      return data({ role_id: role.roleId })
    case 'list secret-id':
      return keys([...role.secretIds.keys()])
    case 'update secret-id': {
      const made = vault.addSecretId(role, typeof body.ttl === 'number' ? { ttl: body.ttl } : {})
      const { secret, accessor } = made
      return data({
        secret_id: secret,
        secret_id_accessor: accessor,
        secret_id_ttl: body.ttl ?? 0,
        secret_id_num_uses: 0,
      })
    }
    case 'update secret-id/lookup': {
      const found = [...role.secretIds.values()].find(({ secret }) => secret === body.secret_id)
      return found === undefined ? done : data({ ...found.fields, secret_id_num_uses: found.usesLeft })
    }
    case 'update secret-id-accessor/lookup':
      if (wanted === undefined) throw new VaultFault(404, missing)
      return data({ ...wanted.fields, secret_id_num_uses: wanted.usesLeft })
    case 'update secret-id-accessor/destroy':
      if (wanted === undefined) throw new VaultFault(500, missing)
      role.secretIds.delete(wanted.accessor)
      return done
    default:
      throw new VaultFault(405, ['unsupported operation'])
  }
}
