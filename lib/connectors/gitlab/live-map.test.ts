import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../secret'
import { mapApiAnswers } from './api'
import { gitlabConfig, waitMs } from './client'
import { mapAnswers } from './live-map'

const recorded = (name: string) =>
  JSON.parse(
    fs.readFileSync(path.join(import.meta.dirname, 'fixtures/gitlab-api', `go-gitlab-${name}.json`), 'utf8'),
  ) as unknown
const fingerprint = (secret: string) => `print-of-${secret.length}`
const session = {
  config: gitlabConfig.parse({ host: 'gitlab.example.com', group: 'acme', token: 'x' }),
  setting: { outbound: { allow: [], allowLoopback: false }, instance: 'gitlab.example.com', fingerprint },
}
const keysOf = (records: readonly object[]) =>
  records.flatMap((record) =>
    'externalId' in record ? [`${'type' in record && record.type} ${record.externalId}`] : [],
  )

test('gives everything the id that files of the same answers give it, and names the place besides', () => {
  const lists: [string, string][] = [
    ['/projects/7/access_tokens', 'list_project_access_tokens'],
    ['/groups/42/service_accounts', 'get_serviceaccounts'],
  ]
  for (const [at, name] of lists) {
    const body = recorded(name)
    const ofFile = keysOf(mapApiAnswers({ kind: 'json', name: 'x.json', value: body }, { fingerprint }).records)
    const live = mapAnswers(session, [{ path: at, body }])
    const known = new Set(keysOf(live.records))
    // A file does not say of which project its tokens are.
    expect(ofFile.filter((key) => !known.has(key) && !key.startsWith('resource place-of:'))).toEqual([])
    expect([live.refused, live.unresolved]).toEqual([[], []])
  }
})

test('takes a service account for the holder of its tokens', () => {
  const [token] = recorded('list_personal_access_tokens_with_user_filter') as object[]
  const { records, unresolved } = mapAnswers(session, [
    { path: '/groups/42/service_accounts', body: recorded('get_serviceaccounts') },
    { path: '/groups/42/service_accounts/114/personal_access_tokens', body: [{ ...token, user_id: 114 }] },
  ])
  expect(unresolved).toEqual([])
  const subject = { type: 'identity', externalId: 'user:114' }
  expect(records).toContainEqual(expect.objectContaining({ externalId: 'access-token:1', subject }))
})

test('takes a bot for active while one of its tokens is, whichever stands first', () => {
  const [token] = recorded('list_project_access_tokens') as object[]
  const old = { ...token, id: 1, revoked: true, active: false }
  for (const body of [
    [old, { ...token, id: 2 }],
    [{ ...token, id: 2 }, old],
  ]) {
    const { records } = mapAnswers(session, [{ path: '/projects/7/access_tokens', body }])
    expect(records).toContainEqual(
      expect.objectContaining({ type: 'identity', externalId: 'user:2453', status: 'active' }),
    )
  }
  const { records } = mapAnswers(session, [{ path: '/projects/7/access_tokens', body: [old] }])
  expect(records).toContainEqual(expect.objectContaining({ externalId: 'user:2453', status: 'disabled' }))
})

test('keeps the token of the connection to itself', () => {
  expect(session.config.token).toBeInstanceOf(Secret)
  expect(JSON.stringify(session.config)).not.toContain('"x"')
})

test('waits until GitLab answers again', () => {
  const reset = String(Math.floor(Date.now() / 1000) + 30)
  expect(waitMs({ status: 429, headers: { 'ratelimit-reset': reset } })).toBeGreaterThan(25_000)
  expect(waitMs({ status: 429, headers: {} })).toBeUndefined()
})
