import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseKeys } from './authorized-keys'
import { parseCertificate, type SshCertificate } from './certificate'
import { isKeyRevoked, parseRevocations, revocationOf, withoutSerial, withSerial } from './krl'

const fixture = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name))
const lines = fixture('register').toString().trim().split('\n')
const [pipeline, nightly] = lines.map(parseCertificate) as [SshCertificate, SshCertificate]
const now = new Date('2026-11-23T00:00:00Z')

/** The same certificate with another serial or key id, for what the list says of it. */
const other = (change: Partial<SshCertificate>) => ({ ...pipeline, ...change })

test('reads certificates as ssh-keygen -L shows them; one of a host is none of a user', () => {
  expect(lines.map((line) => parseCertificate(line)?.serial)).toEqual([7n, 0n, undefined])
  expect(pipeline).toMatchObject({
    keyId: 'deploy pipeline',
    principals: ['svc-deploy', 'svc-billing'],
    validAfter: 1_767_225_600n,
    validBefore: 1_798_761_600n,
    criticalOptions: ['force-command'],
  })
  expect(nightly).toMatchObject({ keyId: 'nightly', principals: ['backup'], type: 'ssh-rsa-cert-v01@openssh.com' })
  expect(parseCertificate(lines[0]?.slice(0, 200) ?? '')).toBeUndefined()
})

test('reads what ssh-keygen wrote: lists, ranges, bitmaps, key ids, hashes and keys', () => {
  const list = parseRevocations(fixture('keys.krl'))
  const revoked = [5n, 100n, 140n, 1001n, 1003n, 1005n, 1007n]
  for (const serial of revoked)
    expect(revocationOf(list, other({ serial })), String(serial)).toBe('its serial is revoked')
  for (const serial of [0n, 6n, 7n, 99n, 141n, 1002n, 1008n])
    expect(revocationOf(list, other({ serial }))).toBeUndefined()
  expect(revocationOf(list, other({ keyId: 'somebody' }))).toBe('its key id is revoked')
  const elsewhere = { authorityBlob: nightly.keyBlob, serial: 5n }
  expect(revocationOf(list, other(elsewhere))).toBeUndefined()
  const [, rsa] = parseKeys(fixture('authorized_keys').toString()).keys
  expect(isKeyRevoked(list, rsa?.key.blob ?? Buffer.alloc(0))).toBe(true)
  expect(isKeyRevoked(list, pipeline.keyBlob)).toBe(false)
})

test('adds a serial and takes it out again; what others revoked stays', () => {
  const before = fixture('keys.krl')
  const added = withSerial(parseRevocations(before), pipeline, now)
  expect(revocationOf(parseRevocations(added), pipeline)).toBe('its serial is revoked')
  // All but version and date stand there unchanged, and the new part after it.
  expect(added.subarray(28, before.length).equals(before.subarray(28))).toBe(true)
  const taken = withoutSerial(parseRevocations(added), pipeline, now)
  expect(taken.subarray(28).equals(before.subarray(28))).toBe(true)
})

test('takes a serial out of the middle of a range and of a bitmap', () => {
  for (const serial of [120n, 100n, 140n, 1003n, 5n]) {
    const one = other({ serial })
    const list = parseRevocations(withoutSerial(parseRevocations(fixture('keys.krl')), one, now))
    expect(revocationOf(list, one)).toBeUndefined()
    for (const kept of [5n, 100n, 119n, 121n, 140n, 1001n, 1003n, 1005n].filter((value) => value !== serial))
      expect(revocationOf(list, other({ serial: kept })), `${kept} without ${serial}`).toBe('its serial is revoked')
    expect(revocationOf(list, other({ keyId: 'somebody' }))).toBe('its key id is revoked')
  }
})

test('an empty file becomes a list; a list of keys is read and never turned into one', () => {
  const made = parseRevocations(withSerial(parseRevocations(Buffer.alloc(0)), pipeline, now))
  expect(revocationOf(made, pipeline)).toBe('its serial is revoked')
  const text = parseRevocations(fixture('authorized_keys'))
  expect(text.form).toBe('lines')
  expect(() => withSerial(text, pipeline, now)).toThrow(/make it a KRL first/)
})

test('what is damaged is not written over', () => {
  const bytes = fixture('keys.krl')
  for (const length of [20, 50, bytes.length - 1])
    expect(() => parseRevocations(bytes.subarray(0, length))).toThrow(/cannot be read/)
  const newer = Buffer.from(bytes)
  newer.writeUInt32BE(2, 8)
  expect(() => parseRevocations(newer)).toThrow(/another version/)
})
