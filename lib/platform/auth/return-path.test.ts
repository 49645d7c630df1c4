import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { returnPath, signInPath } from './return-path'

const away = [
  'https://evil.example',
  'http://evil.example/inventory',
  'HTTPS://evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example/%2f..',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  '\\/\\/evil.example/',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r/evil.example',
  '\t//evil.example',
  ' //evil.example',
  ' https://evil.example',
  '\u0000//evil.example',
  '/%09/evil.example',
  '/%0a/evil.example',
  '/%0d/evil.example',
  '/%00/evil.example',
  '/%2f/evil.example',
  '/%2F%2Fevil.example',
  '/%5cevil.example',
  '/%5C%5Cevil.example',
  '/../%2fevil.example',
  '/./%5cevil.example',
  '//%2fevil.example',
  '//%5cevil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/./\\evil.example',
  '/inventory/..//evil.example',
  '/a/../..//evil.example',
  '/%2e//evil.example',
  '/%2e%2e//evil.example',
  '//user@evil.example',
  '//bailiwick.example@evil.example',
  '//evil.example:443/',
  '//[::ffff:7f00:1]/',
  '//google%E3%80%82com',
  '//evil。example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://evil.example/1',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'http:\\\\evil.example',
  '@evil.example',
  '.evil.example',
  'evil.example',
  '?next=//evil.example',
  '#//evil.example',
  '',
  `/${'a'.repeat(2001)}`,
  '/api/auth/signout',
  '/api',
  '/sign-in?callbackUrl=/sign-in',
  '/signed-out',
]

describe('returnPath', () => {
  it.each(away)('does not follow %j', (payload) => {
    expect(returnPath(payload)).toBe('/')
    expect(signInPath(payload)).toBe('/sign-in')
  })

  it.each([undefined, null, ['/a', '/b']])('takes %j for none', (given) => {
    expect(returnPath(given, '/inventory')).toBe('/inventory')
  })

  it.each([
    ['/', '/'],
    ['/inventory?kind=bot&sort=-name#top', '/inventory?kind=bot&sort=-name#top'],
    ['/identities/0198c0de-0000-7000-8000-000000000000', '/identities/0198c0de-0000-7000-8000-000000000000'],
    ['/inventory?q=https%3A%2F%2Fevil.example', '/inventory?q=https%3A%2F%2Fevil.example'],
    ['/inventory?q=//evil.example', '/inventory?q=//evil.example'],
    ['/a/../inventory', '/inventory'],
    ['/apis', '/apis'],
  ])('follows %j', (given, path) => {
    expect(returnPath(given)).toBe(path)
  })

  it('never leaves the site, whatever is given', () => {
    const site = 'https://bailiwick.example'
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2f',
      '%5c',
      '@',
      ':',
      'http:',
      'evil.example',
      '?',
      '#',
      '\t',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => `/${parts.join('')}`),
        ),
        (given) => {
          const path = returnPath(given)
          expect(path).toMatch(/^\/(?!\/)/)
          expect(new URL(path, site).origin).toBe(site)
          expect(returnPath(path)).toBe(path)
        },
      ),
      { numRuns: 5000 },
    )
  })
})
