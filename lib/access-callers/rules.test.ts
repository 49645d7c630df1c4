import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metadataPlaces, parseCertificate } from './rules'

const xfcc = 'x-forwarded-client-cert'
const hash = 'ab'.repeat(32)

describe('the header of a certificate', () => {
  it('reads Envoy’s form, quoted values with their escapes too', () => {
    const text = `By=spiffe://a/frontend;Hash=${hash.toUpperCase()};Subject="CN=a \\"b\\",O=c;d";URI=spiffe://example.org/sa/orders`
    expect(parseCertificate(xfcc, text)).toEqual({
      uri: 'spiffe://example.org/sa/orders',
      subject: 'CN=a "b",O=c;d',
      hash,
    })
  })

  it('takes the last element: those before it came from further away', () => {
    const text = 'URI=spiffe://evil/admin,By=x;URI=spiffe://example.org/sa/orders'
    expect(parseCertificate(xfcc, text)?.uri).toBe('spiffe://example.org/sa/orders')
  })

  it('takes no URI where there are two', () => {
    expect(parseCertificate(xfcc, 'URI=spiffe://a/b;URI=spiffe://c/d')?.uri).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['an open quote', 'Subject="CN=a;URI=spiffe://a/b'],
    ['words behind a quote', 'Subject="CN=a"x;URI=spiffe://a/b'],
    ['no pair', 'spiffe://a/b'],
    ['a separator at its end', 'URI=spiffe://a/b;'],
    ['a quote within', 'URI=spi"ffe://a/b'],
    ['a hash that is none', 'Hash=zz;URI=spiffe://a/b'],
    ['too much', `URI=${'a'.repeat(20_000)}`],
  ])('gives nothing for %s', (_what, text) => {
    expect(parseCertificate(xfcc, text)).toBeUndefined()
  })

  it('reads any other header as it stands', () => {
    expect(parseCertificate('x-client', ' spiffe://a/b ')).toEqual({ uri: 'spiffe://a/b', subject: null, hash: null })
    expect(parseCertificate('x-client', 'CN=a,O=b')).toEqual({ uri: null, subject: 'CN=a,O=b', hash: null })
  })

  it('never throws, and gives back what was quoted', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseCertificate(xfcc, text)))
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), (subject) => {
        const quoted = subject.replaceAll(/["\\]/g, (letter) => `\\${letter}`)
        expect(parseCertificate(xfcc, `Subject="${quoted}";URI=spiffe://a/b`)?.subject).toBe(subject)
      }),
    )
  })
})

it('finds the metadata of issuers with a path and without', () => {
  expect(metadataPlaces('https://id.example.org')[0]).toBe('https://id.example.org/.well-known/openid-configuration')
  expect(metadataPlaces('https://id.example.org/realms/a/')).toEqual([
    'https://id.example.org/realms/a/.well-known/openid-configuration',
    'https://id.example.org/.well-known/oauth-authorization-server/realms/a',
  ])
})
