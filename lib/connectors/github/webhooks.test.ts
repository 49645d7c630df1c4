import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MapResult, NormalisedRecord } from '../contract'
import { isApiAnswer } from './api'
import { isWebhookFile, mapWebhooks } from './webhooks'

const folder = path.join(import.meta.dirname, 'fixtures/github-webhook')
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const map = (value: unknown) => mapWebhooks({ kind: 'json', name: 'payload.json', value }, context)
const fixture = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, `${name}.payload.json`), 'utf8'))
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

test('every payload is taken for one, and for no answer of the API', () => {
  for (const name of readdirSync(folder)) {
    const value: unknown = JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
    expect([isWebhookFile(value), isApiAnswer(value)], name).toEqual([true, false])
    expect(map(value).refused, name).toEqual([])
  }
})

describe('installations', () => {
  test('created: grants on the repositories listed', () => {
    const result = map(fixture('installation--created'))
    expect(ofType(result, 'identity')).toMatchObject([
      { externalId: 'installation:957387', status: 'active', createdAt: '2019-05-15T15:19:51.000Z' },
    ])
    expect(ofType(result, 'entitlement')).toMatchObject([
      { to: { externalId: 'https://github.com/Codertocat/Hello-World' }, privilege: 'admin', scopeCount: 12 },
    ])
  })
  test('deleted: disabled, without grants', () => {
    const result = map(fixture('installation--deleted'))
    expect(ofType(result, 'identity')).toMatchObject([
      { externalId: 'installation:2', status: 'disabled', attributes: { deleted: true } },
    ])
    expect(ofType(result, 'entitlement')).toEqual([])
  })
  test('suspended: disabled, the grant with its condition', () => {
    const result = map(fixture('installation--suspend'))
    expect(ofType(result, 'identity')).toMatchObject([
      { status: 'disabled', attributes: { suspendedAt: '2021-04-29T02:32:50.000Z' } },
    ])
    expect(ofType(result, 'entitlement')).toMatchObject([
      { privilege: 'secret_read', scopeCount: 32, condition: expect.stringContaining('suspended') },
    ])
  })
  test('repositories added: a grant on each', () => {
    expect(
      ofType(map(fixture('installation_repositories--added')), 'entitlement').map(({ to }) => to.externalId),
    ).toEqual(['https://github.com/Codertocat/Space'])
  })
  test('known by id only: unresolved', () => {
    const result = map(fixture('member--added.with-installation'))
    expect(result.unresolved).toMatchObject([{ at: '$.installation', reference: 'installation:1' }])
    expect(ofType(result, 'entitlement')).toMatchObject([
      {
        from: { type: 'human', externalId: 'user:hacktocat' },
        notEvaluable: 'the payload does not tell the permission',
      },
    ])
  })
})

test('a deploy key with the fingerprint that GitHub prints', () => {
  const result = map(fixture('deploy_key--created'))
  expect(ofType(result, 'credential')).toMatchObject([
    {
      externalId: 'deploy-key:100',
      credentialType: 'ssh_key',
      attributes: { sshFingerprint: 'SHA256:ZF9ESg9Zp+csPUMfEJWxIqZrnQpc7MioetmNOpdiXQU', readOnly: true },
    },
  ])
  const payload = fixture('deploy_key--created')
  const gone = map({ ...(payload as object), action: 'deleted' })
  expect(ofType(gone, 'identity')).toMatchObject([{ status: 'disabled' }])
  expect(ofType(gone, 'entitlement')).toEqual([])
})

test('a revoked authorization is a disabled credential of its user', () => {
  expect(ofType(map(fixture('github_app_authorization--revoked')), 'credential')).toMatchObject([
    { status: 'disabled', subject: { type: 'human', externalId: 'user:octocat' } },
  ])
})

test('a leaked secret is a sighting', () => {
  expect(ofType(map(fixture('secret_scanning_alert--reopened')), 'sighting')).toMatchObject([
    { externalId: 'secret-alert:Codertocat/Hello-World#191', name: 'adafruit_io_key' },
  ])
})

const sender = { login: 'ann', id: 1, type: 'User' }
const request = (action: string) => ({
  action,
  organization: { login: 'acme', id: 9 },
  sender,
  personal_access_token_request: {
    id: 3,
    owner: sender,
    permissions_result: { organization: {}, repository: { contents: 'write' } },
    repository_selection: 'all',
    token_id: 8,
    token_name: 'T',
    token_expired: false,
    token_expires_at: '2025-01-01T00:00:00Z',
    token_last_used_at: null,
  },
})

test.each([
  ['created', 'unknown', 0],
  ['approved', 'active', 1],
  ['denied', 'disabled', 0],
  ['cancelled', 'disabled', 0],
])('a token request %s', (action, status, grants) => {
  const result = map(request(action))
  expect(ofType(result, 'credential')).toMatchObject([{ externalId: 'pat:8', status }])
  expect(ofType(result, 'entitlement')).toHaveLength(grants)
})

test('deliveries, wrapped payloads and lists of them', () => {
  const payload = request('approved')
  for (const value of [
    [payload, payload],
    { event: 'x', payload },
    { id: 1, guid: 'g', request: { headers: {}, payload } },
    [{ name: 'x', examples: [payload] }],
  ]) {
    expect(isWebhookFile(value)).toBe(true)
    expect(ofType(map(value), 'credential')).toHaveLength(1)
  }
  expect([{}, [], { sender: 'x' }, { sender: { login: 'x' } }].some(isWebhookFile)).toBe(false)
})

test('a permission that the payload tells, and a member who left', () => {
  const repository = { full_name: 'acme/api', private: true }
  const member = { login: 'bob', type: 'User' }
  const added = map({
    action: 'edited',
    member,
    repository,
    sender,
    changes: { permission: { from: 'read', to: 'admin' } },
  })
  expect(ofType(added, 'entitlement')).toMatchObject([{ scopes: ['role:admin'], privilege: 'admin' }])
  expect(ofType(map({ action: 'removed', member, repository, sender }), 'entitlement')).toEqual([])
})

test('a hook that was deleted, a self-hosted runner that took a job', () => {
  const hook = map({
    action: 'deleted',
    hook_id: 4,
    hook: {
      id: 4,
      active: true,
      events: ['push'],
      type: 'Repository',
      config: { url: 'https://x.example', secret: '********' },
    },
    repository: { full_name: 'acme/api' },
    sender,
  })
  expect(ofType(hook, 'credential')).toMatchObject([{ status: 'disabled' }])
  const job = map({
    action: 'in_progress',
    workflow_job: {
      runner_id: 6,
      runner_name: 'r',
      labels: ['self-hosted'],
      url: 'https://api.github.com/repos/acme/api/actions/jobs/1',
    },
    repository: { full_name: 'acme/api' },
    sender,
  })
  expect(ofType(job, 'identity')).toMatchObject([{ externalId: 'runner:acme/api/6' }])
})
