import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { Secret } from '../../../connectors/secret'
import { startFake } from './fake-http'
import { codeOf, discover, setting, statusOf } from './found'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { askVault } from './vault-api'
import { FakeVault, type Fields, VaultFault } from './vault-server'

// Neither Vault nor OpenBao is to be had from Debian or npm. This one answers as their documentation says, and decides by policies.

const steps = {
  uses: 'uses up no secret id that may be used some times only',
  fresh: 'switches off an AppRole that has never signed in',
  found: 'finds policies with their paths, and tokens that were made by hand',
  leave: 'reads no token where it is told to leave them',
  renewed: 'signs in anew when its token has ended',
}

export const vaultSystems: SystemUnderTest[] = [
  {
    ...{ name: 'Vault or OpenBao (documented answers)', connector: 'vault' },
    ...{ credential: 'client_secret', principal: 'identity', start },
    further: Object.values(steps).map((title) => ({ title, proves: [] })),
  },
]

const busyEvery = 150

async function start(): Promise<RunningSystem> {
  const vault = new FakeVault()
  const log: string[] = []
  let asked = 0
  const server = await startFake('vault', ({ method, url, headers, text }) => {
    const { 'x-vault-token': token = '', ...shown } = headers
    // Its audit log holds secrets as keyed hashes only.
    const isQuiet = /login|secret-id|token|\/data\//.test(url.pathname)
    log.push(`${method} ${url} ${JSON.stringify(shown)} ${isQuiet ? '' : text}`)
    try {
      asked += 1
      if (asked % busyEvery === 0)
        throw new VaultFault(429, ['request path "x": rate limit quota exceeded'], { 'retry-after': '1' })
      const body = text === '' ? {} : (JSON.parse(text) as Fields)
      return askVault(vault, { method, url, token: String(token), body })
    } catch (error) {
      const {
        status,
        errors,
        headers: more,
      } = error instanceof VaultFault ? error : new VaultFault(500, [String(error)])
      return { status, headers: more, body: { errors } }
    }
  })

  const connector = findLiveConnector('vault')
  const instructions = connector?.instructions.at(-1)?.text ?? ''
  vault.policies.set('bailiwick', /<<'END'\n([\s\S]+?)\nEND/.exec(instructions)?.[1] ?? '')
  const further = connector?.instructions.find(({ title }) => title === 'Hand over new secrets')?.text ?? ''
  vault.policies.set('bailiwick-deposits', /<<'END'\n([\s\S]+?)\nEND/.exec(further)?.[1] ?? '')
  vault.policies.set('shop-read', 'path "secret/data/shop/*" { capabilities = ["read"] }')
  for (const name of ['dev', 'prod', 'test']) vault.addSecretId(vault.addRole(name, { token_policies: ['shop-read'] }))
  const addConnection = (name: string, policies: string[]) => {
    const role = vault.addRole(name, { token_policies: policies })
    return { roleId: role.roleId, secretId: vault.addSecretId(role).secret }
  }
  const own = addConnection('bailiwick', ['bailiwick', 'bailiwick-deposits'])
  const weak = addConnection('powerless', [])
  const config = { host: '127.0.0.1', port: server.port, tls: 'off' }
  const idOf = (name: string) => `approle:approle/${name}`
  const logIn = (name: string, secret: Secret) =>
    String(vault.logIn(vault.roles.get(name)?.roleId ?? '', secret.reveal()).client_token)
  const isGood = (token: string) => {
    try {
      return vault.caller(token) !== undefined
    } catch {
      return false
    }
  }
  const made = (accessor: string) => ({ identity: `token:${accessor}`, credential: `token:${accessor}` })
  const addToken = (policies: string[], entity?: string) => {
    const token = vault.addToken('auth/token/create', policies, { display_name: 'token-ci' }, entity)
    return { token, accessor: vault.tokens.get(token)?.accessor ?? '' }
  }

  return {
    version: 'API of 1.17',
    config: { ...config, ...own },
    powerless: { ...config, ...weak },
    encrypted: {
      config: { ...config, ...own, host: 'localhost', port: server.safePort, tls: 'verify' },
      caPem: server.pem,
    },
    createAccount: async (name, secret) => {
      vault.addSecretId(vault.addRole(name), { secret: secret.reveal() })
      return { identity: idOf(name) }
    },
    openSession: async (name, secret) => {
      const token = logIn(name, secret)
      return { isAlive: async () => isGood(token), close: async () => void vault.tokens.delete(token) }
    },
    grantable: {
      ...{ on: 'policy:shop-read', scopes: [] },
      mayUse: async (name, secret) => {
        const token = logIn(name, secret)
        const may = vault.capabilities(vault.caller(token), 'secret/data/shop/till').includes('read')
        vault.tokens.delete(token)
        return may
      },
    },
    also: {
      'access_token verify': async (connection: LiveConnection) => {
        // One that may not even look at itself.
        const entity = vault.addEntity({ name: 'ci' })
        const { token, accessor } = addToken(['shop-read'], entity.id)
        const verify = (secret: string) =>
          connection.hands.access_token?.verify?.({ target: made(accessor), secret: new Secret(secret) })
        const verdicts = [await verify(token), await verify('hvs.no-such-token')]
        entity.disabled = true
        verdicts.push(await verify(token))
        expect(verdicts.map((verdict) => verdict?.answer)).toEqual(['accepted', 'refused', 'refused'])
        vault.tokens.delete(token)
        return verdicts
      },
      'access_token delete': async (connection: LiveConnection) => {
        const { token, accessor } = addToken(['default'])
        const remove = () => connection.hands.access_token?.delete?.({ target: made(accessor) })
        const effect = await remove()
        expect(effect).toMatchObject({ did: 'done' })
        expect(isGood(token)).toBe(false)
        expect(await remove()).toMatchObject({ did: 'already' })
        return effect
      },
    },
    further: {
      [steps.uses]: async (connection: LiveConnection) => {
        const secretId = vault.addSecretId(vault.addRole('svc-once'), { uses: 1 })
        const target = { identity: idOf('svc-once'), credential: `secretid:approle/svc-once/${secretId.accessor}` }
        const verdict = await connection.hands.client_secret?.verify?.({ target, secret: new Secret(secretId.secret) })
        expect(verdict).toMatchObject({ answer: 'accepted' })
        expect(secretId.usesLeft).toBe(1)
        const { records } = await discover(connection)
        expect(records.get(`credential ${target.credential}`)).toMatchObject({
          attributes: { usesLeft: 1 },
          expiresAt: null,
        })
        vault.roles.delete('svc-once')
      },
      [steps.fresh]: async (connection: LiveConnection) => {
        const secretId = vault.addSecretId(vault.addRole('svc-fresh'))
        const order = { target: { identity: idOf('svc-fresh') } }
        const before = vault.entities.size
        expect(await connection.hands.identity?.disable?.(order)).toMatchObject({ did: 'done' })
        expect(vault.entities.size).toBe(before + 1)
        expect(isGood(logIn('svc-fresh', new Secret(secretId.secret)))).toBe(false)
        expect(statusOf(await discover(connection), idOf('svc-fresh'))).toBe('disabled')
        expect(await connection.hands.identity?.enable?.(order)).toMatchObject({ did: 'done' })
        expect(vault.entities.size).toBe(before + 1)
        // A word that is no policy is not taken for one.
        const grant = { ...order, on: 'policy:no-such-policy', scopes: [] }
        expect(await codeOf(connection.hands.identity?.grant?.(grant) as Promise<unknown>)).toBe('not_found')
        vault.roles.delete('svc-fresh')
      },
      [steps.found]: async (connection: LiveConnection) => {
        const root = vault.addToken('auth/token/root', ['root'], { display_name: 'root' })
        const accessor = vault.tokens.get(root)?.accessor ?? ''
        const { records, rights } = await discover(connection)
        expect(records.get(`credential token:${accessor}`)).toMatchObject({ name: 'root', expiresAt: null })
        expect(records.has(`member_of token:${accessor} > policy:root`)).toBe(true)
        expect(records.get('grants policy:root > path:*')).toMatchObject({ privilege: 'admin' })
        expect(records.get('grants policy:shop-read > path:secret/data/shop/*')).toMatchObject({
          privilege: 'secret_read',
        })
        expect(records.has(`member_of ${idOf('prod')} > policy:shop-read`)).toBe(true)
        expect(rights.get(`token:${accessor}`)).toMatchObject({ rotate: false, revoke: true })
        vault.tokens.delete(root)
      },
      [steps.leave]: async () => {
        const { token, accessor } = addToken(['default'])
        const from = log.length
        const open = await connector?.connect({ ...config, ...own, accessors: 'leave' }, setting)
        if (open === undefined) throw new Error('there is no such connector')
        const { records, end } = await discover(open)
        open.close()
        expect(end.isComplete).toBe(true)
        expect(records.has(`credential token:${accessor}`)).toBe(false)
        expect(log.slice(from).filter((line) => line.includes('accessors'))).toEqual([])
        vault.tokens.delete(token)
      },
      [steps.renewed]: async (connection: LiveConnection) => {
        await connection.describeRights()
        for (const [token, { fields }] of vault.tokens)
          if ((fields.meta as Fields | null)?.role_name === 'bailiwick') vault.tokens.delete(token)
        const before = vault.tokens.size
        expect((await discover(connection)).end.isComplete).toBe(true)
        expect(vault.tokens.size).toBe(before + 1)
      },
    },
    cut: server.cut,
    logs: async () => log.join('\n'),
    stop: server.stop,
  }
}
