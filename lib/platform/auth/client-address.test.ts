import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { clientAddress, isAmong, stampedHeaders, stampPeerAddresses } from './client-address'

function from(peer: string, forwarded?: string): Headers {
  return new Headers({ ...stampedHeaders(peer), ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) })
}

describe('clientAddress', () => {
  it('is the peer, whatever the client claims', () => {
    expect(clientAddress(from('203.0.113.9'), 0)).toBe('203.0.113.9')
    expect(clientAddress(from('203.0.113.9', '198.51.100.1'), 0)).toBe('203.0.113.9')
    expect(clientAddress(new Headers({ 'x-forwarded-for': '198.51.100.1', 'x-real-ip': '198.51.100.1' }), 0)).toBe(
      undefined,
    )
  })

  it('is what the trusted proxy wrote, never what came through it', () => {
    expect(clientAddress(from('10.0.0.1', '198.51.100.1'), 1)).toBe('198.51.100.1')
    expect(clientAddress(from('10.0.0.1', '1.1.1.1, 8.8.8.8, 198.51.100.1'), 1)).toBe('198.51.100.1')
    expect(clientAddress(from('10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2'), 2)).toBe('198.51.100.1')
    expect(clientAddress(from('10.0.0.1', ''), 1)).toBe('10.0.0.1')
    expect(clientAddress(from('10.0.0.1', 'unknown'), 1)).toBe('10.0.0.1')
  })

  it.each([
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['203.0.113.9:5123', '203.0.113.9'],
    ['<script>', undefined],
  ])('writes %s one way', (given, address) => {
    expect(clientAddress(from(given), 0)).toBe(address)
  })
})

describe('stampPeerAddresses', () => {
  it('marks each request with its connection, over what the client sent', async () => {
    stampPeerAddresses()
    stampPeerAddresses()
    const server = http.createServer((request, response) => {
      const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      response.end(clientAddress(headers, 0))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const forged = {
        'x-forwarded-for': '198.51.100.1',
        'x-real-ip': '198.51.100.1',
        ...stampedHeaders('198.51.100.1'),
      }
      expect(await (await fetch(url, { headers: forged })).text()).toBe('127.0.0.1')
    } finally {
      server.close()
    }
  })
})

describe('a trusted peer', () => {
  it('is one of the addresses or in one of the networks', () => {
    expect(isAmong('10.1.2.3', ['10.1.0.0/16'])).toBe(true)
    expect(isAmong('::ffff:10.1.2.3', ['10.1.2.3'])).toBe(true)
    expect(isAmong('10.2.2.3', ['10.1.0.0/16', '10.2.2.4'])).toBe(false)
    expect(isAmong('fd00::1', ['fd00::/8'])).toBe(true)
  })

  it('is nobody where nothing is known', () => {
    expect(isAmong(undefined, ['0.0.0.0/0'])).toBe(false)
    expect(isAmong('no address', ['0.0.0.0/0'])).toBe(false)
    expect(isAmong('10.1.2.3', [])).toBe(false)
  })
})
