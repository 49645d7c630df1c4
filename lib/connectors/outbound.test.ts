import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPlace, judge, type OutboundPolicy } from './outbound'

const strict: OutboundPolicy = { allow: [], allowLoopback: false }
const opened: OutboundPolicy = { allow: ['10.20.0.0/16', 'fd12::/32'], allowLoopback: false }
const everything: OutboundPolicy = { allow: ['0.0.0.0/0', '::/0'], allowLoopback: true }

describe('an address', () => {
  test('outside is reached, one inside only where its network was opened', () => {
    expect(['93.184.216.34', '2606:2800:220:1::1'].map((address) => judge(address, strict))).toEqual([
      'outside',
      'outside',
    ])
    expect(judge('10.20.3.4', opened)).toBe('inside')
    expect(judge('fd12:0:1::1', opened)).toBe('inside')
    for (const address of ['10.21.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd13::1', '0.0.0.0', '224.0.0.1'])
      expect(judge(address, opened), address).toBe('blocked')
  })

  test('of this machine is reached only where that is allowed, however it is written', () => {
    for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']) {
      expect(judge(address, strict), address).toBe('blocked')
      expect(judge(address, { ...strict, allowLoopback: true }), address).toBe('inside')
    }
  })

  test('of a metadata service or a link is never reached, whatever was opened', () => {
    const never = ['169.254.169.254', '::ffff:169.254.169.254', '169.254.170.2', '100.100.100.200', '192.0.0.192']
    for (const address of [
      ...never,
      '168.63.129.16',
      'fd00:ec2::254',
      'fe80::1',
      'fe80::1%eth0',
      '::',
      '0.0.0.0',
      'ff02::1',
    ])
      expect(judge(address, everything), address).toBe('blocked')
  })

  test('that carries another one inside is not reached', () => {
    for (const address of ['64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:53aa:64c:0:0:80ff:fffe'])
      expect(judge(address, strict), address).toBe('blocked')
  })
})

describe('a place', () => {
  const at = (host: string) => ({ host, port: 5432, tls: 'verify' as const })

  test('is refused in every spelling of loopback, in one sentence', async () => {
    const spellings = [
      '127.0.0.1',
      '127.1',
      '0x7f.1',
      '2130706433',
      '017700000001',
      '[::1]',
      '::1',
      'localhost',
      'localhost.',
      '0.0.0.0',
    ]
    for (const host of spellings)
      await expect(checkPlace(at(host), strict), host).rejects.toMatchObject({ code: 'blocked_address' })
  })

  test('without an address is unreachable', async () => {
    await expect(checkPlace(at('no-such-host.invalid'), strict)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('needs TLS outside, and goes in the clear only inside', async () => {
    const off = { port: 5432, tls: 'off' as const }
    await expect(checkPlace({ ...off, host: '93.184.216.34' }, strict)).rejects.toMatchObject({
      code: 'blocked_address',
    })
    expect(await checkPlace({ ...off, host: '10.20.0.9' }, opened)).toEqual({
      address: '10.20.0.9',
      port: 5432,
      host: '10.20.0.9',
    })
  })

  test('is the address that was checked, with the name kept for the certificate', async () => {
    const place = await checkPlace(at('localhost'), { allow: [], allowLoopback: true })
    expect(['127.0.0.1', '::1']).toContain(place.address)
    expect(place.tls).toMatchObject({ servername: 'localhost', rejectUnauthorized: true, minVersion: 'TLSv1.2' })
  })
})

describe('a certificate', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bailiwick-tls-'))
  const file = (name: string) => path.join(folder, name)
  let server: tls.Server
  let port = 0

  beforeAll(async () => {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...[
          '-keyout',
          file('key.pem'),
          '-out',
          file('cert.pem'),
          '-subj',
          '/CN=localhost',
          '-addext',
          'subjectAltName=DNS:localhost',
        ],
      ],
      { stdio: 'ignore' },
    )
    server = tls.createServer(
      { key: fs.readFileSync(file('key.pem')), cert: fs.readFileSync(file('cert.pem')) },
      (socket) => socket.end(),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => {
    server.close()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  /** A connection with the very options that drivers are given. */
  const connect = async (host: string, caPem?: string) => {
    const place = await checkPlace({ host, port, tls: 'verify', caPem }, { allow: [], allowLoopback: true })
    return new Promise<string>((resolve) => {
      const socket = tls.connect({ ...place.tls, host: '127.0.0.1', port }, () => {
        socket.destroy()
        resolve('connected')
      })
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })
  }

  test('that nobody vouches for, or of another name, is refused', async () => {
    const ca = fs.readFileSync(file('cert.pem'), 'utf8')
    expect(await connect('localhost')).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(await connect('127.0.0.1', ca)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await connect('localhost', ca)).toBe('connected')
  })
})
