import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../secret'
import { type Certificate, certificateId, holderId, parseCertificate, serialIn } from './certificate'
import { placesIn } from './client'
import { readRevocationList } from './crl'
import { der, oid, oidOf, readDer, sequence, tags } from './der'
import { parseIndex } from './index-file'
import { mapHolder, rightsOf } from './map'
import { ocspQuestion, readOcspAnswer } from './ocsp'
import { makeKey, makeRequest, privateKeyOf } from './request'

const fixture = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name))
const certificate = (name: string) => parseCertificate(fixture(name)) as Certificate
const authority = certificate('authority.pem')
const bySerial = (serial: string) => certificate(path.join('newcerts', `${serial}.pem`))
const index = parseIndex(fixture('index.txt').toString())
const list = readRevocationList(fixture('crl.pem'), authority)
const then = 'thisUpdate' in list ? Date.parse(list.thisUpdate) : 0
const heldOf = (...serials: string[]) =>
  serials.flatMap((serial) => {
    const row = index.rows.get(serial)
    return row === undefined ? [] : [{ certificate: bySerial(serial), row }]
  })

test('rows of the index say what became of each certificate', () => {
  expect([...index.rows.values()].map(({ serial, state, reason }) => [serial, state, reason])).toEqual([
    ['1000', 'revoked', 'superseded'],
    ['1003', 'revoked', 'certificateHold'],
    ['1005', 'valid', undefined],
  ])
  expect(index.bySubject.get('/O=Tests/CN=svc')).toHaveLength(3)
  const damaged = parseIndex(
    'V\t301231000000Z\t\t10\tunknown\t/CN=a\nnonsense\nR\t20501231000000Z\t261123032743Z\t0B\tunknown\t/CN=b\n',
  )
  expect(damaged.malformed).toEqual([2])
  expect(damaged.rows.get('0B')).toMatchObject({ state: 'revoked', reason: 'unspecified' })
})

test('the list of revoked certificates counts only when the authority signed it', () => {
  if (!('revoked' in list)) throw new Error(list.useless)
  expect([...list.revoked].map(([serial, { reason }]) => [serial, reason])).toEqual([
    ['1000', 'superseded'],
    ['1003', 'certificateHold'],
  ])
  expect(Date.parse(list.nextUpdate ?? '')).toBe(then + 86_400_000)
  const changed = Buffer.from(
    fixture('crl.pem')
      .toString()
      .replace(/^-----BEGIN X509 CRL-----\n/, ''),
    'base64',
  )
  changed[60] = (changed[60] ?? 0) ^ 1
  expect(readRevocationList(changed, authority)).toHaveProperty('useless')
  expect(readRevocationList(fixture('crl.pem'), bySerial('1005'))).toEqual({
    useless: 'is the list of another authority',
  })
  expect(readRevocationList(Buffer.from('nothing'), authority)).toHaveProperty('useless')
  const whole = fixture('crl.pem')
  for (let length = 0; length < whole.length; length += 7)
    expect(readRevocationList(whole.subarray(0, length), authority)).toHaveProperty('useless')
})

test('answers of OCSP are believed for their certificate, their time and their signer', () => {
  const answer = (serial: string, about = serial, now = then, from = authority) =>
    readOcspAnswer(fixture(`ocsp-${serial}.der`), bySerial(about), from, now)
  expect(answer('1005')).toEqual({ is: 'good' })
  expect(answer('1000')).toMatchObject({ is: 'revoked', reason: 'superseded' })
  expect(answer('1003')).toMatchObject({ is: 'revoked', reason: 'certificateHold' })
  expect(answer('1005', '1003')).toMatchObject({ is: 'unknown' })
  expect(answer('1005', '1005', then + 3_600_000)).toEqual({ is: 'unknown', why: 'the answer is too old' })
  expect(answer('1005', '1005', then - 3_600_000)).toEqual({ is: 'unknown', why: 'the answer is of a time to come' })
  expect(answer('1005', '1005', then, bySerial('1005'))).toMatchObject({ is: 'unknown' })
  const whole = fixture('ocsp-1005.der')
  for (let at = 0; at < whole.length; at += 5) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 0x40
    // Whatever is changed: it is never taken for a revocation, nor for good unless nothing signed was touched.
    expect(readOcspAnswer(changed, bySerial('1005'), authority, then).is).not.toBe('revoked')
    expect(readOcspAnswer(whole.subarray(0, at), bySerial('1005'), authority, then).is).toBe('unknown')
  }
  expect(readDer(ocspQuestion(bySerial('1005'), authority)).tag).toBe(tags.sequence)
})

test('a subject is one identity with all its certificates', () => {
  const records = mapHolder(heldOf('1000', '1003', '1005'), then)
  const id = holderId(bySerial('1005'))
  expect(id).toBe('holder:O=Tests, CN=svc@O=Tests, CN=Test authority')
  expect(records[0]).toMatchObject({ type: 'identity', externalId: id, name: 'svc', status: 'active' })
  expect(records[0]).toMatchObject({ ownerHints: [{ value: 'api@example.com', from: 'certificate' }] })
  expect(records.slice(1)).toMatchObject([
    { externalId: certificateId(bySerial('1000')), status: 'disabled', attributes: { revoked: 'superseded' } },
    { status: 'disabled', attributes: { revoked: 'certificateHold' } },
    {
      status: 'active',
      attributes: {
        key: 'ec prime256v1',
        keyUsage: ['digitalSignature', 'keyAgreement'],
        purposes: ['clientAuth', 'serverAuth'],
        names: ['DNS:api.example', 'IP Address:192.0.2.7', 'URI:spiffe://example/api', 'email:api@example.com'],
      },
    },
  ])
  expect(serialIn(certificateId(bySerial('1005')))).toBe('1005')
  expect(mapHolder(heldOf('1000', '1003'), then)[0]).toMatchObject({ status: 'disabled' })
  const farAway = Date.parse('2100-01-01T00:00:00Z')
  expect(mapHolder(heldOf('1005'), farAway)[0]).toMatchObject({ status: 'unknown' })
})

test('what may be done follows from what the authority takes', () => {
  const held = heldOf('1000', '1005')
  expect(rightsOf(held, new Set(['issue', 'revoke'] as const), [], then)).toMatchObject([
    { rotate: true, revoke: true },
  ])
  expect(rightsOf(held, new Set(['issue'] as const), [], then)).toMatchObject([{ rotate: true, revoke: false }])
  expect(rightsOf(heldOf('1000'), new Set(['issue', 'hold'] as const), [], then)).toMatchObject([{ rotate: false }])
  expect(rightsOf(held, 'nobody answers', [], then)).toMatchObject([{ revoke: false, why: 'nobody answers' }])
  expect(rightsOf(held, new Set(['revoke'] as const), [holderId(bySerial('1005'))], then)).toMatchObject([
    { revoke: false },
  ])
})

test('a request is signed by its key, and asks for nothing but the subject', () => {
  for (const secret of [makeKey(), new Secret(makeOf('rsa')), new Secret(makeOf('ed25519'))]) {
    const base64 = makeRequest(secret, bySerial('1005').subjectDer).split('\n').slice(1, -2).join('')
    const bytes = Buffer.from(base64, 'base64')
    expect(bytes.includes(bySerial('1005').subjectDer)).toBe(true)
    const open = createPublicKey(createPrivateKey(secret.reveal())).export({ type: 'spki', format: 'der' })
    expect(bytes.includes(open)).toBe(true)
    expect(bytes.includes(Buffer.concat([open, Buffer.from([0xa0, 0])]))).toBe(true)
  }
  expect(() => privateKeyOf(new Secret('nothing'))).toThrow(/no private key/)
})

function makeOf(kind: 'rsa' | 'ed25519'): string {
  const { privateKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

test('DER is written as it is read', () => {
  for (const id of ['1.2.840.113549.1.1.11', '2.5.29.21', '1.3.101.112']) expect(oidOf(readDer(oid(id)))).toBe(id)
  for (const size of [0, 1, 127, 128, 255, 256, 70_000]) {
    const bytes = sequence(der(tags.octetString, Buffer.alloc(size, 7)))
    expect(readDer(readDer(bytes).body).body).toHaveLength(size)
    expect(() => readDer(bytes.subarray(0, -1))).toThrow(RangeError)
  }
})

test('servers are named with their ports', () => {
  expect(placesIn('api.example:443\n[::1]:8443, 192.0.2.7:1')).toEqual([
    { host: 'api.example', port: 443 },
    { host: '[::1]', port: 8443 },
    { host: '192.0.2.7', port: 1 },
  ])
  for (const text of ['api.example', 'api.example:0', 'api.example:99999', '::1:443', 'a b:1/x'])
    expect(placesIn(text)).toBeUndefined()
})
