import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MapContext, MapResult, NormalisedRecord } from '../contract'
import { instanceIn, isApiAnswer, mapApiAnswers } from './api'
import { isEventFile, mapEvents } from './events'
import { joinListings } from './join'

const context: MapContext = { fingerprint: (secret) => `fp(${secret.length})` }
const map = (value: unknown, more: Partial<MapContext> = {}) =>
  mapApiAnswers({ kind: 'json', name: 'answer.json', value }, { ...context, ...more })
const event = (value: unknown) => mapEvents({ kind: 'json', name: 'event.json', value }, context)
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'))
const api = (name: string) => map(fixture(`gitlab-api/${name}`))
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

describe('tokens', () => {
  test('personal: dates end at 00:00 UTC, revoked and expired are disabled, the user is a number', () => {
    const result = api('go-gitlab-list_personal_access_tokens_with_user_filter')
    expect(ofType(result, 'credential')).toMatchObject([
      {
        externalId: 'access-token:1',
        status: 'disabled',
        expiresAt: '2022-03-21T00:00:00.000Z',
        lastUsedAt: '2021-04-20T16:31:39.105Z',
        subject: { type: 'human', externalId: 'user:1' },
      },
      { externalId: 'access-token:2', status: 'disabled', expiresAt: '2022-03-20T00:00:00.000Z', lastUsedAt: null },
    ])
    expect(result.unresolved).toMatchObject([{ reference: 'user:1' }])
    expect(ofType(result, 'entitlement').map(({ to, privilege }) => [to.externalId, privilege])).toEqual([
      ['https://gitlab.com', 'admin'],
      ['https://gitlab.com', 'admin'],
    ])
  })
  test('of a project: its own bot, the lesser of scopes and role, no expiry', () => {
    const result = api('go-gitlab-list_project_access_tokens')
    expect(ofType(result, 'identity').map(({ kind, externalId, name }) => [kind, externalId, name])).toEqual([
      ['bot', 'user:2453', 'token 10'],
      ['bot', 'user:2456', 'token 8'],
    ])
    expect(ofType(result, 'credential').map(({ expiresAt }) => expiresAt)).toEqual([null, null])
    expect(ofType(result, 'entitlement').map(({ privilege, scopes }) => [privilege, scopes.at(-1)])).toEqual([
      ['admin', 'role:maintainer'],
      ['write', 'role:developer'],
    ])
    expect(result.unresolved).toHaveLength(2)
  })
  test('made or rotated: the value is fingerprinted and dropped', () => {
    const made = api('go-gitlab-create_project_access_token')
    expect(ofType(made, 'credential')).toMatchObject([{ fingerprint: 'fp(20)', lastFour: 'MNzH' }])
    const rotated = api('go-gitlab-rotate_personal_access_token')
    expect(ofType(rotated, 'credential')).toMatchObject([{ externalId: 'access-token:42', fingerprint: 'fp(6)' }])
    expect(ofType(rotated, 'credential')[0]?.lastFour).toBeUndefined()
    expect(ofType(api('go-gitlab-rotate_project_access_token'), 'identity')).toMatchObject([
      { kind: 'bot', externalId: 'user:1337' },
    ])
    expect(JSON.stringify([made, rotated])).not.toMatch(/2UsevZE1|s3cr3t/)
  })
  test('a recorded request says of which project', () => {
    const tokens = fixture('gitlab-api/go-gitlab-list_project_access_tokens')
    const result = map({
      interactions: [
        {
          request: { uri: 'https://gitlab.example.com/api/v4/projects/123/access_tokens?page=1' },
          response: { body: { string: JSON.stringify(tokens) } },
        },
      ],
    })
    expect(ofType(result, 'entitlement').map(({ to }) => to.externalId)).toEqual(['project:123', 'project:123'])
  })
  test('a listing of users says who holds a token', () => {
    const tokens = api('go-gitlab-rotate_personal_access_token')
    const users = map([
      { id: 1337, username: 'service_account_9', name: 'Deploy', state: 'active', web_url: 'https://gitlab.com/x' },
    ])
    const [joined] = joinListings([tokens, users])
    expect(joined?.unresolved).toEqual([])
    expect(joined === undefined ? [] : ofType(joined, 'credential')).toMatchObject([
      { subject: { type: 'identity', externalId: 'user:1337' } },
    ])
  })
  test('deploy tokens, triggers, applications', () => {
    const result = map([
      {
        id: 1,
        name: 'pull',
        username: 'gitlab+deploy-token-1',
        expires_at: '2020-02-14T00:00:00.000Z',
        revoked: false,
        expired: true,
        scopes: ['read_registry'],
        token: 'canary-deploy-0001',
      },
      {
        id: 2,
        description: 'nightly',
        token: 'glptt-canary000001',
        created_at: '2024-01-01T00:00:00.000Z',
        last_used: null,
        owner: { id: 5, username: 'ann', name: 'Ann' },
      },
      {
        id: 3,
        application_id: 'abc',
        application_name: 'Portal',
        callback_url: 'https://x.example/cb?code=canary',
        confidential: true,
        secret: 'canary-application',
      },
    ])
    expect(ofType(result, 'identity').map(({ externalId, status }) => [externalId, status])).toEqual([
      ['deploy-token:1', 'disabled'],
      ['application:abc', 'active'],
    ])
    expect(ofType(result, 'credential').map(({ externalId, fingerprint }) => [externalId, fingerprint])).toEqual([
      ['deploy-token:1', 'fp(18)'],
      ['trigger:2', 'fp(18)'],
      ['application:abc#secret', 'fp(18)'],
    ])
    expect(JSON.stringify(result)).not.toContain('canary')
  })
})

describe('accounts', () => {
  test('service accounts, listed and made', () => {
    expect(ofType(api('go-gitlab-get_serviceaccounts'), 'identity').map(({ kind, name }) => [kind, name])).toEqual([
      ['service_account', 'Service account user'],
      ['service_account', 'john doe'],
    ])
    const made = api('go-gitlab-create_service_account_user')
    expect(made.instance).toBe('localhost:3000')
    expect(ofType(made, 'identity')).toMatchObject([
      { externalId: 'user:999', kind: 'service_account', status: 'active' },
    ])
  })
  test('bots by their name, people', () => {
    const user = (id: number, username: string, more: object = {}) => ({
      id,
      username,
      name: username,
      state: 'active',
      web_url: `https://git.acme.example/${username}`,
      ...more,
    })
    const result = map([
      user(1, 'project_123_bot_4ffca233d8298ea1'),
      user(2, 'group_7_bot2'),
      user(3, 'ann'),
      user(4, 'x', { bot: true }),
      user(5, 'robotham', { state: 'blocked' }),
    ])
    expect(result.instance).toBe('git.acme.example')
    expect(ofType(result, 'identity').map(({ kind, externalId }) => [kind, externalId])).toEqual([
      ['bot', 'user:1'],
      ['bot', 'user:2'],
      ['bot', 'user:4'],
    ])
    expect(ofType(result, 'human').map(({ name }) => name)).toEqual(['ann', 'robotham'])
  })
})

test('runners: the details fill the listing, jobs bring the variables of their place', () => {
  const result = api('cartography-runners')
  expect(result.instance).toBe('gitlab.example.com')
  expect(ofType(result, 'identity').map(({ externalId, lastUsedAt }) => [externalId, lastUsedAt])).toEqual([
    ['runner:1001', '2026-04-29T10:00:00.000Z'],
    ['runner:2001', '2026-04-29T10:01:00.000Z'],
    ['runner:3001', '2026-04-29T10:02:00.000Z'],
  ])
  expect(ofType(result, 'entitlement').map(({ to, privilege, basis }) => [to.externalId, privilege, basis])).toEqual([
    ['https://gitlab.example.com', 'secret_read', 'inferred'],
    ['group:42', 'secret_read', 'inferred'],
    ['project:123', 'secret_read', 'inferred'],
  ])
})

test('deploy keys open projects, each with its own right', () => {
  const project = (id: number) => ({ id, path_with_namespace: `acme/p${id}` })
  const result = map([
    {
      id: 4,
      title: 'ci',
      key: 'ssh-rsa AAAA',
      created_at: '2013-10-02T10:12:29.000Z',
      expires_at: null,
      fingerprint_sha256: 'SHA256:x',
      projects_with_write_access: [project(1)],
      projects_with_readonly_access: [project(2)],
    },
  ])
  expect(ofType(result, 'entitlement').map(({ to, privilege }) => [to.externalId, privilege])).toEqual([
    ['project:1', 'write'],
    ['project:2', 'read'],
  ])
  expect(
    map([{ id: 4, title: 'ci', key: 'ssh-rsa AAAA', can_push: true, created_at: '2013-10-02T10:12:29.000Z' }])
      .unresolved,
  ).toHaveLength(1)
})

test('CI variables: secrets by mask or name are fingerprinted, others are names', () => {
  const variable = (key: string, value: string, more: object = {}) => ({
    variable_type: 'env_var',
    key,
    value,
    protected: false,
    masked: false,
    environment_scope: '*',
    ...more,
  })
  const result = map([
    variable('MASKED', 'canary-masked-1', { masked: true, environment_scope: 'production' }),
    variable('DEPLOY_TOKEN', 'canary-token-01'),
    variable('REGION', 'canary-region'),
  ])
  expect(ofType(result, 'credential').map(({ externalId, fingerprint }) => [externalId, fingerprint])).toEqual([
    ['variable:(unknown)/MASKED@production', 'fp(15)'],
    ['variable:(unknown)/DEPLOY_TOKEN', 'fp(15)'],
  ])
  expect(ofType(result, 'resource').map(({ name }) => name)).toEqual(['CI variables of (unknown)', 'REGION'])
  expect(JSON.stringify(result)).not.toContain('canary')
})

test('hooks show their host, not what may be secret in the address', () => {
  const result = map([
    {
      id: 1,
      url: 'https://x.example/h?token=canary',
      project_id: 3,
      push_events: true,
      tag_push_events: false,
      enable_ssl_verification: false,
      token_present: true,
    },
  ])
  expect(ofType(result, 'resource')).toMatchObject([
    {
      externalId: 'webhook:project:3/1',
      attributes: { target: 'https://x.example/h', events: ['push'], verifiesTls: false, secretSet: true },
    },
  ])
  expect(JSON.stringify(result)).not.toContain('canary')
})

describe('events', () => {
  test('an SSH key, made and destroyed, of a user known by name', () => {
    for (const [name, status] of [
      ['key_create', 'active'],
      ['key_destroy', 'disabled'],
    ]) {
      const result = event(fixture(`gitlab-webhook/go-gitlab-systemhooks--${name}`))
      expect(ofType(result, 'credential')).toMatchObject([
        {
          externalId: 'ssh-key:4',
          status,
          subject: { type: 'human', externalId: 'username:root' },
          createdAt: '2014-08-18T18:45:16.000Z',
        },
      ])
    }
  })
  test("a project's token that is about to expire", () => {
    const result = event(fixture('gitlab-webhook/go-gitlab-webhooks--resource_access_token_project'))
    expect(result.instance).toBe('example.com')
    expect(ofType(result, 'credential')).toMatchObject([
      {
        externalId: 'access-token:25',
        expiresAt: '2024-01-26T00:00:00.000Z',
        createdAt: '2024-01-24T16:27:40.000Z',
        subject: { externalId: 'user:90' },
      },
    ])
    expect(ofType(result, 'entitlement')).toMatchObject([
      { to: { externalId: 'project:7' }, notEvaluable: expect.stringContaining('scopes') },
    ])
  })
  test('a member let in with a role, and one who left', () => {
    const value = {
      event_name: 'user_add_to_team',
      access_level: 'Maintainer',
      project_id: 74,
      project_path_with_namespace: 'jsmith/storecloud',
      user_email: 'a@example.org',
      user_name: 'A',
      user_username: 'a',
      user_id: 41,
    }
    expect(ofType(event(value), 'entitlement')).toMatchObject([
      { from: { type: 'human', externalId: 'user:41' }, to: { externalId: 'project:74' }, privilege: 'admin' },
    ])
    expect(ofType(event({ ...value, event_name: 'user_remove_from_team' }), 'entitlement')).toEqual([])
  })
})

test('error answers, odd entries and foreign files', () => {
  expect(isApiAnswer({ message: '401 Unauthorized' })).toBe(true)
  expect(map({ message: '401 Unauthorized' }).refused).toEqual([
    { at: '$', reason: 'GitLab answered with an error: 401 Unauthorized' },
  ])
  const token = { id: 1, name: 't', scopes: ['api'], user_id: 2, active: true, revoked: false }
  expect(map([token, 7, { ...token, id: null }]).refused).toEqual([
    { at: '$[1]', reason: 'is not an object' },
    { at: '$[2]', reason: 'an access token without an id' },
  ])
  for (const value of [
    {},
    [],
    { message: 'x' },
    [{ id: 1, username: 'ann', name: 'Ann' }],
    { key: 'a', value: 'b' },
    { id: 1, title: 'x', key: 'ssh-rsa A', created_at: '2024-01-01T00:00:00Z' },
  ])
    expect([isApiAnswer(value), isEventFile(value)]).toEqual([false, false])
})

describe('the instance', () => {
  test('is not the nothing that an address without a scheme names', () => {
    const account = { id: 3, username: 'serviceaccount', web_url: 'localhost:3000/serviceaccount' }
    const project = { id: 4, web_url: 'https://git.example/shop' }
    expect(instanceIn([account], context)).toBe('gitlab.com')
    expect(instanceIn([account, project], context)).toBe('git.example')
  })
})
