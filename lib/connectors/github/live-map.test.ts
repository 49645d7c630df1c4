import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { mapApiAnswers } from './api'
import { githubConfig, waitMs } from './client'
import { mapAnswers, mapHeldToken, siteOf } from './live-map'

const recorded = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, 'fixtures/github-api/rest-api-examples-ghec.json'), 'utf8'),
) as Record<string, { default: unknown }>
const configOf = (more: object = {}) =>
  githubConfig.parse({ organization: 'octo-org', appId: '1', privateKeyPem: 'x', ...more })
const fingerprint = (secret: string) => `print-of-${secret.length}`
const session = {
  config: configOf(),
  setting: { outbound: { allow: [], allowLoopback: false }, instance: 'github.com', fingerprint },
  installation: { id: 7, app_id: 1, permissions: {}, account: { login: 'octo-org', id: 652551, type: 'Organization' } },
}
const keysOf = (records: readonly object[]) =>
  records.flatMap((record) =>
    'externalId' in record ? [`${'type' in record && record.type} ${record.externalId}`] : [],
  )

test('gives everything the id that files of the same answers give it', () => {
  const lists: [string, string][] = [
    ['/orgs/octo-org/installations', 'GET /orgs/{org}/installations 200'],
    ['/orgs/octo-org/personal-access-tokens', 'GET /orgs/{org}/personal-access-tokens 200'],
    ['/orgs/octo-org/credential-authorizations', 'GET /orgs/{org}/credential-authorizations 200'],
    ['/repos/octocat/Hello-World/keys', 'GET /repos/{owner}/{repo}/keys 200'],
  ]
  for (const [at, operation] of lists) {
    const body = recorded[operation]?.default
    const ofFile = mapApiAnswers({ kind: 'json', name: 'x.json', value: body }, { fingerprint })
    const live = new Set(keysOf(mapAnswers(session, [{ path: at, body }]).records))
    const common = keysOf(ofFile.records).filter((key) => !key.startsWith('resource '))
    expect(common.length, operation).toBeGreaterThan(0)
    expect(common.filter((key) => !live.has(key))).toEqual([])
  }
})

test('knows by its own installation which organization a token names by number', () => {
  const body = recorded['GET /orgs/{org}/personal-access-tokens 200']?.default
  const { records, refused } = mapAnswers(session, [{ path: '/orgs/octo-org/personal-access-tokens', body }])
  expect(refused).toEqual([])
  expect(records).toContainEqual(
    expect.objectContaining({
      from: { type: 'credential', externalId: 'pat:98716' },
      to: { type: 'resource', externalId: 'https://github.com/octo-org' },
    }),
  )
})

test('takes an empty list for no fault', () => {
  const body = { total_count: 0, secrets: [] }
  expect(mapAnswers(session, [{ path: '/orgs/octo-org/actions/secrets', body }]).refused).toEqual([])
})

test('names the site after the address of its API', () => {
  expect(siteOf({ config: configOf() })).toBe('github.com')
  expect(siteOf({ config: configOf({ host: 'api.acme.ghe.com' }) })).toBe('acme.ghe.com')
  expect(siteOf({ config: configOf({ host: 'git.acme.example', path: '/api/v3' }) })).toBe('git.acme.example')
})

test('tells a token by its fingerprint, and one that is refused as disabled', () => {
  const value = `ghp_${'x'.repeat(36)}`
  const user = { login: 'svc-build', type: 'User' }
  const alive = mapHeldToken({ value, user, scopes: 'repo, admin:org', expiresAt: '2026-12-01 10:00:00 UTC' }, session)
  expect(alive).toContainEqual(
    expect.objectContaining({
      ...{ externalId: 'token:print-of-40', status: 'active', expiresAt: '2026-12-01T10:00:00.000Z' },
      subject: { type: 'identity', externalId: 'user:svc-build' },
    }),
  )
  expect(alive).toContainEqual(expect.objectContaining({ kind: 'grants', privilege: 'admin' }))
  expect(mapHeldToken({ value }, session)).toMatchObject([{ externalId: 'token:print-of-40', status: 'disabled' }])
  expect(JSON.stringify(alive)).not.toContain(value)
})

test('waits as GitHub asks to, by whichever of its ways', () => {
  const answer = (status: number, headers: Record<string, string>, text = '') =>
    waitMs({ status, headers, text, bytes: Buffer.from(text) })
  expect(answer(403, { 'retry-after': '7' })).toBe(7000)
  const reset = String(Math.floor(Date.now() / 1000) + 90)
  expect(answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset })).toBeGreaterThan(80_000)
  expect(answer(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' })).toBe(0)
  expect(answer(403, {}, 'You have exceeded a secondary rate limit')).toBe(60_000)
  expect(answer(403, { 'x-ratelimit-remaining': '12' }, 'Resource not accessible by integration')).toBeUndefined()
  expect(answer(200, { 'x-ratelimit-remaining': '0' })).toBeUndefined()
})
