import { describe, expect, it } from 'vitest'
import { demandSameOrigin } from './same-origin'

const publicUrl = 'https://bailiwick.example.org'

const ask =
  (headers: Record<string, string>, method = 'POST') =>
  () =>
    demandSameOrigin({ method, headers: new Headers(headers) }, publicUrl)

describe('demandSameOrigin', () => {
  it.each([
    [{ origin: publicUrl, host: 'internal:3000' }],
    [{ origin: publicUrl, 'sec-fetch-site': 'same-origin', host: 'bailiwick.example.org' }],
    [{ origin: 'https://127.0.0.1:3000', host: '127.0.0.1:3000' }],
  ])('lets our own pages through: %o', (headers) => {
    expect(ask(headers)).not.toThrow()
  })

  it.each([
    [{}],
    [{ host: 'bailiwick.example.org' }],
    [{ origin: 'null', host: 'bailiwick.example.org' }],
    [{ origin: '', host: '' }],
    [{ origin: 'https://evil.example.org', host: 'bailiwick.example.org' }],
    [{ origin: 'http://bailiwick.example.org', host: 'bailiwick.example.org' }],
    [{ origin: 'https://bailiwick.example.org.evil.org', host: 'bailiwick.example.org' }],
    [{ origin: publicUrl, 'sec-fetch-site': 'cross-site', host: 'bailiwick.example.org' }],
    [{ origin: publicUrl, 'sec-fetch-site': 'same-site', host: 'bailiwick.example.org' }],
  ])('refuses everything else: %o', (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(ask(headers, method)).toThrow(expect.objectContaining({ code: 'forbidden' }))
    }
    expect(ask(headers, 'GET')).not.toThrow()
  })
})
