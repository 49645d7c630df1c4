import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { CredentialRecord, NormalisedRecord } from '../contract'
import { parseKeys } from './authorized-keys'
import { parseCertificate } from './certificate'
import { parseRevocations } from './krl'
import { accountId, holderId, mapAccount, mapCertificates } from './map'

const fixture = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name))
const [ed25519 = '', rsa = ''] = fixture('authorized_keys').toString().split('\n')
const list = parseRevocations(fixture('keys.krl'))
const account = { name: 'ci', uid: 990, gid: 990, home: '/srv/ci', shell: '/bin/sh', strongGroups: [] as string[] }

function map(text: string, more: Partial<typeof account> = {}, unread: { path: string; reason: string }[] = []) {
  const files = [{ path: '/srv/ci/.ssh/authorized_keys', text: parseKeys(text) }]
  const keys = { account: { ...account, ...more }, paths: files.map((file) => file.path), files, unread }
  return mapAccount(keys, list, { instance: 'build' })
}
const credentials = (records: NormalisedRecord[]) =>
  records.filter((record): record is CredentialRecord => record.type === 'credential')

test('a key is one credential however many lines it has, with what limits it and without what may be secret', () => {
  const { records, refused } = map(
    `command="backup --token abc",environment="TOKEN=abc",from="10.0.0.0/8" ${ed25519}\n#bailiwick-disabled: ${ed25519}\nnonsense\n`,
  )
  expect(credentials(records)).toHaveLength(1)
  expect(credentials(records)[0]).toMatchObject({
    credentialType: 'ssh_key',
    name: 'deploy@ci',
    status: 'active',
    expiresAt: null,
    attributes: { keyType: 'ssh-ed25519', options: ['command=backup …', 'environment=TOKEN', 'from=10.0.0.0/8'] },
  })
  expect(JSON.stringify(records)).not.toContain('abc"')
  expect(refused).toEqual([{ at: '/srv/ci/.ssh/authorized_keys line 3', reason: 'is neither a key nor a comment' }])
})

test('when a key ends: never, at an instant, or at a time of an unknown zone', () => {
  const end = (options: string) => credentials(map(`${options}${ed25519}\n`).records)[0]?.expiresAt
  expect(end('')).toBeNull()
  expect(end('expiry-time="202701011230Z" ')).toBe('2027-01-01T12:30:00.000Z')
  expect(end('expiry-time="20270101" ')).toBeUndefined()
})

test('a key in the list of revoked keys is out of force, whatever its line says', () => {
  const [key] = credentials(map(`${rsa}\n`).records)
  expect(key).toMatchObject({ status: 'disabled', attributes: { isRevoked: true, bits: 2048 } })
})

test('an account is disabled when all its keys were disabled with it, and unknown when a file was not read', () => {
  const status = (result: ReturnType<typeof map>) => result.records.find(({ type }) => type === 'identity')
  expect(status(map(`#bailiwick-account-disabled: ${ed25519}\n`))).toMatchObject({ status: 'disabled' })
  expect(status(map(`#bailiwick-disabled: ${ed25519}\n`))).toMatchObject({ status: 'active' })
  expect(status(map(`#bailiwick-account-disabled: ${ed25519}\n${rsa}\n`))).toMatchObject({ status: 'active' })
  expect(status(map('', {}, [{ path: '/x', reason: 'no' }]))).toMatchObject({ status: 'unknown' })
})

test('who is root, or as good as root, may do everything on the server', () => {
  const edge = (more: Partial<typeof account>) => map('', more).records.find(({ type }) => type === 'entitlement')
  expect(edge({})).toBeUndefined()
  expect(edge({ uid: 0 })).toMatchObject({ privilege: 'admin', basis: 'entitlement', scopes: ['uid 0'] })
  expect(edge({ strongGroups: ['docker'] })).toMatchObject({ basis: 'inferred', scopes: ['group docker'] })
})

test('certificates belong to who holds them, who may become the accounts of their principals', () => {
  const certificates = fixture('register')
    .toString()
    .split('\n')
    .flatMap((line) => parseCertificate(line) ?? [])
  const records = mapCertificates(certificates, list, new Set(['svc-deploy']))
  const [pipeline] = certificates
  if (pipeline === undefined) throw new Error('not parsed')
  expect(records.filter(({ type }) => type === 'entitlement')).toMatchObject([
    { kind: 'assumes', from: { externalId: holderId(pipeline) }, to: { externalId: accountId('svc-deploy') } },
  ])
  expect(credentials(records)).toMatchObject([
    { name: 'Certificate 7 of deploy pipeline', status: 'active', expiresAt: '2027-01-01T00:00:00.000Z' },
    { name: 'Certificate 0 of nightly', status: 'active', expiresAt: null },
  ])
  expect(credentials(mapCertificates(certificates, undefined, new Set()))[0]?.status).toBe('unknown')
})
