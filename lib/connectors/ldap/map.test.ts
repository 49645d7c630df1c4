import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { NormalisedRecord } from '../contract'
import { domainRightsOf, mapDomainAccounts, mapDomainGroups } from './domain-map'
import { type DirectoryEntry, normalDn } from './entry'
import { idOf, type Member, mapAccounts, mapGroups, type Scene } from './map'

// Answers of real servers: slapd 2.5.13, and Samba 4.17 as a domain controller.

const binary = ['objectSid', 'nTSecurityDescriptor', 'objectGUID']

/** Entries of LDIF (RFC 2849) as a directory would answer them; for fixtures. */
function readLdif(text: string): DirectoryEntry[] {
  return text
    .replaceAll(/\r?\n /g, '')
    .split(/\n{2,}/)
    .flatMap((block) => {
      const values = new Map<string, (string | Buffer)[]>()
      for (const line of block.split('\n')) {
        const [, name, isEncoded, value = ''] = /^([\w;-]+):(:?) ?(.*)$/.exec(line) ?? []
        if (name === undefined) continue
        const bytes = Buffer.from(value, 'base64')
        const decoded = isEncoded !== ':' ? value : binary.includes(name) ? bytes : bytes.toString()
        values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), decoded])
      }
      const [dn] = values.get('dn') ?? []
      values.delete('dn')
      return dn === undefined ? [] : [{ dn: String(dn), values }]
    })
}

const fixture = (name: string) => readLdif(fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8'))
const named = (entries: DirectoryEntry[], name: string) =>
  entries.filter(({ dn }) => dn.toLowerCase().includes(`=${name},`))
const identity = (records: NormalisedRecord[]) => records.find((record) => record.type === 'identity')
const credentials = (records: NormalisedRecord[]) => records.filter((record) => record.type === 'credential')

const scene: Scene = {
  policies: new Map([['cn=usual,dc=example,dc=org', { locks: true, maxAge: 7_776_000 }]]),
  defaultPolicy: 'cn=usual,dc=example,dc=org',
  readsPasswords: true,
  fingerprint: (secret) => `fp-${secret.length}-of-sixteen-and-more`,
}
const directory = fixture('openldap.ldif')

test('an entry is an identity by its entryUUID, with its password and no value of it', () => {
  const records = mapAccounts(named(directory, 'svc-billing'), scene)
  expect(identity(records)).toMatchObject({
    externalId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    ...{ kind: 'service_account', name: 'svc-billing', status: 'active', description: 'Writes invoices' },
    createdAt: expect.stringMatching(/^20\d\d-.*Z$/),
    lastUsedAt: expect.stringMatching(/^20\d\d-.*Z$/),
    ownerHints: [{ value: 'uid=maria,ou=people,dc=example,dc=org', from: 'attribute manager' }],
  })
  const [password, ...others] = credentials(records)
  expect(others).toEqual([])
  expect(password).toMatchObject({ credentialType: 'password', status: 'active', attributes: { method: 'SSHA' } })
  expect(password).not.toHaveProperty('fingerprint')
  if (password?.type !== 'credential' || !password.rotatedAt || !password.expiresAt) throw new Error('no times')
  expect(Date.parse(password.expiresAt) - Date.parse(password.rotatedAt)).toBe(7_776_000_000)
  expect(JSON.stringify(records)).not.toContain('{SSHA}')
})

test('a password in clear text leaves its fingerprint, and that it is one', () => {
  const records = mapAccounts(named(directory, 'svc-clear'), scene)
  expect(credentials(records)).toMatchObject([{ fingerprint: expect.any(String), attributes: { plainText: true } }])
  expect(JSON.stringify(records)).not.toContain('written-in-the-open')
})

test('two passwords are two credentials; one handed on to another system is none', () => {
  expect(credentials(mapAccounts(named(directory, 'svc-two'), scene)).map(({ name }) => name)).toEqual([
    ...['Password 1 of svc-two', 'Password 2 of svc-two'],
  ])
  expect(credentials(mapAccounts(named(directory, 'svc-sasl'), scene))).toEqual([])
})

test('a lock counts where a policy says so, nowhere else, and is unknown where none is seen', () => {
  const locked = named(directory, 'svc-locked')
  const status = (changed: Partial<Scene>) => identity(mapAccounts(locked, { ...scene, ...changed }))
  expect(status({})).toMatchObject({ status: 'disabled', attributes: { lockedSince: 'for ever' } })
  const open = new Map([['cn=usual,dc=example,dc=org', { locks: false, maxAge: 0 }]])
  expect(status({ policies: open })).toMatchObject({ status: 'active' })
  expect(status({ policies: new Map() })).toMatchObject({ status: 'unknown' })
})

test('an account whose every password is marked is disabled; the passwords keep their ids', () => {
  const marked = mapAccounts(named(directory, 'svc-marked'), scene)
  expect(identity(marked)).toMatchObject({ status: 'disabled' })
  expect(credentials(marked)).toMatchObject([{ status: 'disabled', attributes: { method: 'SSHA' } }])
})

test('passwords that the connection does not see are one of unknown state', () => {
  expect(credentials(mapAccounts(named(directory, 'svc-two'), { ...scene, readsPasswords: false }))).toMatchObject([
    { externalId: expect.stringMatching(/#password$/), status: 'unknown' },
  ])
})

test('groups name accounts and groups; people are counted', () => {
  const members = new Map<string, Member>()
  for (const entry of directory) {
    const type = entry.dn.includes('ou=groups') ? 'role' : 'identity'
    if (!entry.dn.includes('ou=people')) members.set(normalDn(entry.dn), { type, externalId: idOf(entry) ?? '' })
  }
  const records = mapGroups(named(directory, 'readers'), (dn) => members.get(dn))
  expect(records[0]).toMatchObject({ type: 'role', kind: 'group', name: 'readers', attributes: { otherMembers: 1 } })
  const edges = records.flatMap((record) => (record.type === 'entitlement' ? [record.from.type] : []))
  expect(edges.sort()).toEqual(['identity', 'role'])
})

const domain = fixture('active-directory.ldif')
const groups = new Map(
  domain.flatMap((entry): [string, string][] => {
    const [record] = mapDomainGroups([entry], { domain: 'EXAMPLE.ORG', domainSid: 'S-1-5-21', groups: new Map() })
    return record?.type === 'role' ? [[normalDn(entry.dn), record.externalId]] : []
  }),
)
const domainScene = { domain: 'EXAMPLE.ORG', domainSid: 'S-1-5-21-1-2-3', groups }
const account = (name: string) => mapDomainAccounts(named(domain, name), domainScene)

test('an account of a domain is an identity by its SID, with what its flags say', () => {
  const records = account('svc-billing')
  expect(identity(records)).toMatchObject({
    externalId: expect.stringMatching(/^S-1-5-21-[\d-]+$/),
    ...{ name: 'svc-billing@example.org', status: 'active', kind: 'service_account' },
    attributes: {
      takenFor: 'has a service principal name',
      servicePrincipalNames: ['HTTP/svc-billing.example.org'],
      unconstraineddelegation: true,
      pwdneverexpires: true,
    },
  })
  expect(credentials(records)).toMatchObject([
    { externalId: expect.stringMatching(/#password$/), expiresAt: null, rotatedAt: expect.stringMatching(/^20\d\d-/) },
  ])
})

test('disabled, to be changed at the next login, and never used are three things', () => {
  const disabled = account('svc-disabled')
  expect(identity(disabled)).toMatchObject({ status: 'disabled' })
  expect(credentials(disabled)).toMatchObject([{ status: 'disabled' }])
  const changing = credentials(account('svc-new'))
  expect(changing).toMatchObject([{ attributes: { mustBeChanged: true } }])
  expect(changing[0]).not.toHaveProperty('rotatedAt')
  expect(changing[0]).not.toHaveProperty('expiresAt')
})

test('krbtgt comes too, and nobody may touch it', () => {
  expect(identity(account('krbtgt'))).toMatchObject({
    status: 'disabled',
    attributes: { takenFor: 'is the account of the key distribution center' },
  })
  const own = { sid: 'S-1-5-21-9', holds: new Set(['S-1-5-32-544']), isEncrypted: true }
  expect(domainRightsOf(named(domain, 'krbtgt'), own)).toMatchObject([{ rotate: false, revoke: false }])
})

test('groups that every domain has alike carry its name, and what they amount to', () => {
  const records = mapDomainGroups(named(domain, 'administrators'), domainScene)
  expect(records[0]).toMatchObject({ type: 'role', externalId: 'EXAMPLE.ORG-S-1-5-32-544' })
  expect(records).toContainEqual(expect.objectContaining({ kind: 'grants', privilege: 'admin', basis: 'inferred' }))
  const member = account('svc-billing').filter((record) => record.type === 'entitlement')
  expect(member.map(({ to }) => to.externalId.replace(/^S-1-5-21-.*-/, '-'))).toEqual([
    expect.stringMatching(/^-\d{4,}$/),
    '-513',
  ])
})

test('rights come from the access list: a delegated reset of passwords, and nothing for everybody', () => {
  const [entry] = named(domain, 'svc-billing')
  if (entry === undefined) throw new Error('no entry')
  const holder = String(
    named(domain, 'bailiwick').map((own) => identity(mapDomainAccounts([own], domainScene))?.externalId),
  )
  const rights = (sid: string, isEncrypted = true) =>
    domainRightsOf([entry], { sid, holds: new Set([sid, 'S-1-1-0', 'S-1-5-11']), isEncrypted })
  expect(rights(holder)).toMatchObject([{ rotate: true, revoke: true }])
  expect(rights(holder, false)).toMatchObject([{ rotate: false, revoke: true }])
  expect(rights('S-1-5-21-9-9-9-9')).toMatchObject([{ rotate: false, revoke: false }])
})
