import { expect } from 'vitest'
import type { CredentialType } from '../../../connectors/contract'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { makeSecret, Secret } from '../../../connectors/secret'
import { codeOf, credentialsOf, discover, printed, setting } from './found'
import type { KeystoneAdmin } from './keystone-admin'
import type { RunningSystem, SystemUnderTest } from './running-system'

interface Tools {
  admin: KeystoneAdmin
  project: string
  other: string
  userPassword: string
  /** A user with a role on the first project and an application credential. @returns its id */
  make: (name: string, secret: string) => Promise<string>
  config: RunningSystem['config']
}

const steps = {
  alike: 'makes an application credential like the former one, and only as its user',
  ends: 'ends tokens with the application credential, and stops it without its role',
  reader: 'reads everything as a reader of the system, and keeps no secret of it',
}

/** What only Keystone has. */
export const keystoneSteps: SystemUnderTest['further'] = Object.values(steps).map((title) => ({ title, proves: [] }))

const only = async (connection: LiveConnection, identity: string, type: CredentialType) =>
  credentialsOf(await discover(connection), identity).filter(({ credentialType }) => credentialType === type)

/** EC2 keys and passwords, which the script itself does not go through. */
export function keystoneAlso({ admin, project, userPassword, make }: Tools): NonNullable<RunningSystem['also']> {
  const ec2 = {
    made: undefined as undefined | { identity: string; first: Secret; second: Secret; ids: [string, string] },
  }
  const password = { set: undefined as undefined | { identity: string; secret: Secret } }
  const target = (identity: string, credential: string) => ({ identity, credential })
  return {
    'api_key issue': async (connection) => {
      const identity = `user:${await make('svc-ec2', makeSecret().reveal())}`
      const pair = await admin.makeEc2(identity.slice(5), project)
      const [before] = await only(connection, identity, 'api_key')
      expect(before).toMatchObject({
        fingerprint: setting.fingerprint(pair.secret),
        attributes: { accessKey: pair.access },
      })
      const second = makeSecret()
      const order = { target: target(identity, before?.externalId ?? ''), secret: second }
      const issued = await connection.hands.api_key?.issue?.(order)
      expect(issued).toMatchObject({ replacesFormer: false })
      const ids: [string, string] = [before?.externalId ?? '', issued?.credential ?? '']
      const after = await only(connection, identity, 'api_key')
      expect(after.map(({ externalId }) => externalId).sort()).toEqual([...ids].sort())
      ec2.made = { identity, first: new Secret(pair.secret), second, ids }
      return [issued, after]
    },
    'api_key verify': async (connection) => {
      if (ec2.made === undefined) throw new Error('no EC2 key was made')
      const { identity, first, second, ids } = ec2.made
      const ask = (credential: string, secret: Secret) =>
        connection.hands.api_key?.verify?.({ target: target(identity, credential), secret })
      const verdicts = [await ask(ids[0], first), await ask(ids[1], second), await ask(ids[1], first)]
      expect(verdicts.map((verdict) => verdict?.answer)).toEqual(['accepted', 'accepted', 'refused'])
      return verdicts
    },
    'api_key delete': async (connection) => {
      if (ec2.made === undefined) throw new Error('no EC2 key was made')
      const { identity, first, second, ids } = ec2.made
      const remove = () => connection.hands.api_key?.delete?.({ target: target(identity, ids[0]) })
      const effects = [await remove(), await remove()]
      expect(effects.map((effect) => effect?.did)).toEqual(['done', 'already'])
      const ask = (credential: string, secret: Secret) =>
        connection.hands.api_key?.verify?.({ target: target(identity, credential), secret })
      const verdicts = [await ask(ids[0], first), await ask(ids[1], second)]
      expect(verdicts.map((verdict) => verdict?.answer)).toEqual(['refused', 'accepted'])
      return [effects, verdicts]
    },
    'password issue': async (connection) => {
      const identity = `user:${await make('svc-password', makeSecret().reveal())}`
      const token = await admin.signIn('svc-password', userPassword)
      const secret = makeSecret()
      const issued = await connection.hands.password?.issue?.({
        target: target(identity, `${identity}#password`),
        secret,
      })
      expect(issued).toMatchObject({ replacesFormer: true, credential: `${identity}#password` })
      expect(await admin.isAlive(token ?? '')).toBe(false)
      password.set = { identity, secret }
      return issued
    },
    'password verify': async (connection) => {
      if (password.set === undefined) throw new Error('no password was set')
      const { identity, secret } = password.set
      const ask = (tried: Secret) => connection.hands.password?.verify?.({ target: { identity }, secret: tried })
      const verdicts = [await ask(secret), await ask(new Secret(userPassword))]
      expect(verdicts.map((verdict) => verdict?.answer)).toEqual(['accepted', 'refused'])
      return verdicts
    },
  }
}

export function proveKeystoneSteps({ admin, project, other, userPassword, make, config }: Tools) {
  const connect = async (change: Record<string, unknown>) => {
    const connection = await findLiveConnector('keystone')?.connect({ ...config, ...change }, setting)
    if (connection === undefined) throw new Error('there is no connector')
    return connection
  }
  const issueAlike = async (connection: LiveConnection) => {
    // Discovery asks about each user: fewer of them are read faster.
    await admin.removeUsers(['svc-ec2', 'svc-password'])
    const identity = `user:${await make('svc-deploy', makeSecret().reveal())}`
    const [before] = await only(connection, identity, 'client_secret')
    const target = { identity, credential: before?.externalId ?? '' }
    const issue = (by: LiveConnection) =>
      by.hands.client_secret?.issue?.({ target, secret: makeSecret(), expiresAt: '2031-02-03T04:05:06.000Z' })
    expect(await codeOf(issue(connection) as Promise<unknown>)).toBe('forbidden')
    const knowing = await connect({ logins: `# of the tests\n${identity.slice(5)} ${userPassword}` })
    const issued = await issue(knowing)
    const after = await only(connection, identity, 'client_secret')
    const made = after.find(({ externalId }) => externalId === issued?.credential)
    expect(made).toMatchObject({
      expiresAt: '2031-02-03T04:05:06.000Z',
      attributes: { roles: ['member'], projectId: project, description: 'made by a person' },
    })
    expect(made?.attributes?.unrestricted).toBe(before?.attributes?.unrestricted)
    const wrong = await connect({ logins: 'svc-deploy not-its-password' })
    expect(await codeOf(issue(wrong) as Promise<unknown>)).toBe('forbidden')
    expect(await codeOf(connect({ logins: 'svc-deploy' }))).toBe('invalid_config')
    const stranger = { identity: `user:${await admin.findUser('powerless')}`, credential: target.credential }
    const ofStranger = connection.hands.client_secret?.delete?.({ target: stranger })
    expect(await codeOf(ofStranger as Promise<unknown>)).toBe('conflict')
    expect(await only(connection, identity, 'client_secret')).toHaveLength(2)
    for (const open of [knowing, wrong]) open.close()
  }
  const endTokens = async (connection: LiveConnection) => {
    await admin.removeUsers(['svc-deploy'])
    const secret = makeSecret().reveal()
    const identity = `user:${await make('svc-ends', secret)}`
    const [found] = await only(connection, identity, 'client_secret')
    const token = await admin.signInByApplication(identity.slice(5), secret)
    expect(await admin.isAlive(token)).toBe(true)
    await connection.hands.client_secret?.delete?.({ target: { identity, credential: found?.externalId ?? '' } })
    expect(await admin.isAlive(token)).toBe(false)
    // Without a role that it holds an application credential is worth nothing, until the role is back.
    const order = { id: identity.slice(5), password: userPassword, project, name: 'second', secret }
    const second = await admin.makeApplicationCredential(order)
    const target = { identity, credential: `application_credential:${second}` }
    const member = { target, on: `project:${project}`, scopes: ['member'] }
    const answer = async () =>
      (await connection.hands.client_secret?.verify?.({ target, secret: new Secret(secret) }))?.answer
    expect(await answer()).toBe('accepted')
    await connection.hands.identity?.ungrant?.(member)
    expect(await answer()).toBe('refused')
    await connection.hands.identity?.grant?.(member)
    expect(await answer()).toBe('accepted')
    expect(
      await codeOf(
        connection.hands.identity?.grant?.({ target: { identity }, on: 'x', scopes: ['reader'] }) as Promise<unknown>,
      ),
    ).toBe('conflict')
    const unknown = { target: { identity }, on: `project:${other}`, scopes: ['no such role'] }
    expect(await codeOf(connection.hands.identity?.grant?.(unknown) as Promise<unknown>)).toBe('not_found')
  }
  const readAsReader = async (connection: LiveConnection) => {
    await admin.removeUsers(['svc-ends'])
    const secret = makeSecret().reveal()
    const identity = `user:${await make('svc-read', secret)}`
    const { secret: hidden } = await admin.makeEc2(identity.slice(5), project)
    await admin.give('/system', await admin.makeUser('looker', userPassword), 'reader')
    const reader = await connect({ user: 'looker', password: userPassword, logins: undefined })
    const [all, seen] = [await discover(connection), await discover(reader)]
    expect(seen.end.isComplete).toBe(true)
    expect([...seen.records.keys()].sort()).toEqual([...all.records.keys()].sort())
    expect(printed([...seen.records.values()]).includes(hidden)).toBe(false)
    expect(seen.rights.get(identity)).toMatchObject({ rotate: false, revoke: false })
    expect(all.records.get(`grants ${identity} > project:${project}`)).toMatchObject({ privilege: 'write' })
    const { statements } = await reader.describeRights()
    expect(statements.filter(({ what }) => what.startsWith('See')).every(({ allowed }) => allowed === true)).toBe(true)
    expect(statements.filter(({ what }) => !what.startsWith('See')).some(({ allowed }) => allowed === true)).toBe(false)
    reader.close()
    const domain = await connect({ domains: 'Default' })
    expect((await discover(domain)).records.has(`identity ${identity}`)).toBe(true)
    const none = await discover(await connect({ domains: 'nowhere' }))
    expect(none.end).toMatchObject({ isComplete: false, problem: { code: 'not_found' } })
    domain.close()
    await admin.removeUsers(['svc-read', 'looker'])
  }
  return { [steps.alike]: issueAlike, [steps.ends]: endTokens, [steps.reader]: readAsReader }
}
