import { expect, test } from 'vitest'
import { Secret } from '../secret'
import { isOff, mapClient, mapToken, offKey, rightsOf } from './map'
import { readRegistrations, reviseRegistrations } from './registrations'

const fingerprint = (secret: string) => `print of ${secret.length}`
const registered = {
  ...{
    client_id: 'c1',
    client_name: 'Billing',
    client_secret: 'kept-from-everybody',
    client_id_issued_at: 1_700_000_000,
  },
  ...{ grant_types: ['client_credentials'], scope: 'billing reports', contacts: ['billing@shop.example'] },
}

test('a client becomes an identity with its secret and scopes, and the secret is nowhere in it', () => {
  const records = mapClient({ ...registered, client_secret_expires_at: 0 }, 'c1', fingerprint)
  expect(records).toMatchObject([
    {
      ...{ type: 'identity', externalId: 'client:c1', kind: 'api_client', name: 'Billing', status: 'active' },
      ...{ createdAt: '2023-11-14T22:13:20.000Z', ownerHints: [{ value: 'billing@shop.example', from: 'contacts' }] },
    },
    { type: 'credential', externalId: 'client:c1#secret', credentialType: 'client_secret', expiresAt: null },
    { type: 'entitlement', kind: 'grants', scopes: ['billing', 'reports'], notEvaluable: expect.any(String) },
  ])
  expect(JSON.stringify(records)).not.toContain('kept-from-everybody')
})

test('what is left out of a registration means what RFC 7591 says; a secret that is not given back is still one', () => {
  const records = mapClient({ client_id: 'c2' }, 'c2', fingerprint)
  expect(records).toMatchObject([
    {
      kind: 'oauth_app',
      name: 'c2',
      attributes: { grantTypes: ['authorization_code'], signsInBy: 'client_secret_basic' },
    },
    { externalId: 'client:c2#secret' },
  ])
  expect(records[1]).not.toHaveProperty('fingerprint')
  expect(records[1]).toMatchObject({ expiresAt: undefined })
})

test('a client with keys has those in place of a secret; one that was switched off shows none', () => {
  const method = 'private_key_jwt'
  const withKeys = {
    jwks: {
      keys: [
        { kid: 'k1', kty: 'EC' },
        { kid: 'e1', use: 'enc' },
      ],
    },
  }
  const keys = mapClient({ client_id: 'c3', token_endpoint_auth_method: method, ...withKeys }, 'c3', fingerprint)
  expect(keys.slice(1)).toMatchObject([
    { externalId: 'client:c3#key:k1', credentialType: 'signing_key', status: 'active' },
  ])
  const off = { ...registered, token_endpoint_auth_method: method, jwks: { keys: [{ kid: offKey }] } }
  expect(isOff(off)).toBe(true)
  expect(mapClient(off, 'c1', fingerprint)).toMatchObject([
    { status: 'disabled', attributes: { signsInBy: 'a key that nobody holds' } },
    { externalId: 'client:c1#secret', status: 'disabled' },
    { type: 'entitlement' },
  ])
})

test('a watched token is what the server says of it; of a dead one only that it is dead is known', () => {
  const secret = 'a-token-of-thirty-characters-x'
  const alive = { active: true, client_id: 'c1', token_type: 'Bearer', exp: 1_700_000_600, scope: 'billing' }
  expect(mapToken(alive, secret, fingerprint)).toMatchObject({
    ...{ externalId: 'token:print of 30', credentialType: 'access_token', status: 'active', lastFour: 'rs-x' },
    ...{ subject: { externalId: 'client:c1' }, expiresAt: '2023-11-14T22:23:20.000Z' },
  })
  expect(mapToken({ active: true, client_id: 'c1' }, secret, fingerprint)).toMatchObject({
    credentialType: 'refresh_token',
  })
  const dead = mapToken({ active: false }, secret, fingerprint)
  expect(dead).toMatchObject({ status: 'disabled', expiresAt: undefined })
  expect(dead).not.toHaveProperty('subject')
})

test('rotating is as sure as what is known of the server, and never of the own client', () => {
  const rights = (id: string, atUpdate: 'unknown' | 'new' | 'kept', record: object = registered) =>
    rightsOf(id, record, { own: 'own', atUpdate })
  expect(rights('c1', 'new')).toMatchObject({ rotate: true, revoke: true })
  expect(rights('c1', 'unknown')).toMatchObject({ rotate: 'unknown', revoke: true })
  expect(rights('c1', 'kept')).toMatchObject({ rotate: false, revoke: true })
  expect(rights('c1', 'new', { token_endpoint_auth_method: 'none' })).toMatchObject({ rotate: false, revoke: true })
  expect(rights('own', 'new')).toMatchObject({ rotate: false, revoke: false })
})

test('the lines of clients are read, told apart and revised one by one', () => {
  const text = '# shop\nc1 token-1\n\n  c2   token-2 https://auth.example/clients/c2  \nc3 token-3 deleted\n'
  const [first, second, third] = readRegistrations(text)
  expect(first).toMatchObject({ id: 'c1', isDeleted: false })
  expect(first?.token.reveal()).toBe('token-1')
  expect(second).toMatchObject({ id: 'c2', uri: 'https://auth.example/clients/c2' })
  expect(third).toMatchObject({ id: 'c3', isDeleted: true })
  const from = new Secret('token-2')
  expect(reviseRegistrations(text, 'c2', { from, to: new Secret('token-9') })).toBe(
    text.replace(/ {2}c2.*/, 'c2 token-9 https://auth.example/clients/c2'),
  )
  expect(reviseRegistrations(text, 'c2', { from, isDeleted: true })).toContain(
    'c2 token-2 https://auth.example/clients/c2 deleted\n',
  )
  expect(reviseRegistrations(text, 'c2', { from: new Secret('older'), to: new Secret('token-9') })).toBe(text)
})

test.each(['c1', 'c1 hidden no-uri', 'c1 hidden https://a.example b', 'c1 hidden\nc1 other'])(
  'a line that says something else is refused by its number alone: %j',
  (text) => {
    const read = () => readRegistrations(text)
    expect(read).toThrow(/^Line \d/)
    expect(read).not.toThrow(/hidden|other|no-uri|c1/)
  },
)
