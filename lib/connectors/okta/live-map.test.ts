import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../secret'
import { assertionOf, readKey, waitMs } from './client'
import { mapAnswers, withoutCopies } from './live-map'
import { mapOkta } from './map'

const recorded = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, 'fixtures/okta-management/management-api-examples.json'), 'utf8'),
) as Record<string, Record<string, unknown>>
const fingerprint = (secret: string) => `print-of-${secret.length}`
const setting = { fingerprint, instance: 'acme.okta.com' }
const keysOf = (records: readonly object[]) =>
  records.flatMap((record) =>
    'externalId' in record ? [`${'type' in record && record.type} ${record.externalId}`] : [],
  )

test('gives everything the id that files of the same answers give it', () => {
  for (const at of ['/api/v1/api-tokens', '/integrations/api/v1/api-services', '/api/v1/apps']) {
    for (const body of Object.values(recorded[`GET ${at} 200`] ?? {})) {
      const ofFile = keysOf(mapOkta([{ value: body, at: '$' }], { fingerprint }).records)
      const live = new Set(keysOf(mapAnswers(setting, [{ path: at, body }]).records))
      expect(ofFile.length).toBeGreaterThan(0)
      expect(ofFile.filter((key) => !live.has(key))).toEqual([])
    }
  }
})

const client = { client_id: '0oa1nkheCuDn82XVI0g4', client_secret: 'the-whole-secret-of-it' }
const app = {
  ...{ id: '0oa1nkheCuDn82XVI0g4', name: 'oidc_client', label: 'svc', status: 'ACTIVE', signOnMode: 'OPENID_CONNECT' },
  credentials: { oauthClient: client },
  settings: { oauthClient: { application_type: 'service', jwks: { keys: [{ kid: 'k', kty: 'RSA' }] } } },
}

test('knows a secret by its own id, and once', () => {
  const place = '/api/v1/apps/0oa1nkheCuDn82XVI0g4/credentials/secrets'
  const secrets = recorded['GET /api/v1/apps/{appId}/credentials/secrets 200']?.OAuthClientSecretListResponseExample
  const { records, refused } = mapAnswers(setting, [
    { path: '/api/v1/apps', body: [withoutCopies(app)] },
    { path: place, body: secrets },
  ])
  expect(refused).toEqual([])
  const found = records.filter(({ type }) => type === 'credential')
  expect(found).toMatchObject([
    { externalId: 'ocs2f4zrZbs8nUa7p0g4', status: 'disabled', subject: { externalId: client.client_id } },
    { externalId: 'ocs2f50kZB0cITmYU0g4', status: 'active', subject: { externalId: client.client_id } },
  ])
  expect(JSON.stringify(records)).not.toContain(client.client_secret)
})

test('reads keys as the description has them and as its example does', () => {
  const example = recorded['GET /api/v1/apps/{appId}/credentials/jwks 200']?.OAuthClientJsonWebKeyListResponseExample
  const keys = (example as { jwks: { keys: unknown[] } }).jwks.keys
  const at = '/api/v1/apps/0oa1nkheCuDn82XVI0g4/credentials/jwks'
  const idsOf = (body: unknown) => keysOf(mapAnswers(setting, [{ path: at, body }]).records)
  expect(idsOf(example)).toEqual(['credential pks2f4zrZbs8nUa7p0g4', 'credential pks2f50kZB0cITmYU0g4'])
  expect(idsOf(keys)).toEqual(idsOf(example))
})

test('takes keys as PEM and as JWK, and nothing else', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = new Secret(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'mine' }))
  expect(readKey(jwk).kid).toBe('mine')
  const [head, claims] = assertionOf('0oa1', jwk, 'https://acme.okta.com/oauth2/v1/token').reveal().split('.')
  const said = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(said(head)).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'mine' })
  expect(said(claims)).toMatchObject({ iss: '0oa1', sub: '0oa1', aud: 'https://acme.okta.com/oauth2/v1/token' })
  expect(readKey(new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()))).not.toHaveProperty('kid')
  for (const text of ['no key', '{}', '{'])
    expect(() => readKey(new Secret(text))).toThrow(expect.objectContaining({ code: 'invalid_config' }))
})

test('waits until Okta answers again', () => {
  const reset = String(Math.floor(Date.now() / 1000) + 30)
  expect(waitMs({ status: 429, headers: { 'x-rate-limit-reset': reset } })).toBeGreaterThan(25_000)
  expect(waitMs({ status: 429, headers: {} })).toBeUndefined()
  expect(waitMs({ status: 200, headers: { 'x-rate-limit-reset': reset } })).toBeUndefined()
})
