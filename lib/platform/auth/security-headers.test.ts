import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, securityHeaders } from './security-headers'

const site = { nonce: 'bm9uY2U=', isSecure: true, isDevelopment: false }

function directives(policy: string): Map<string, string[]> {
  return new Map(
    policy.split('; ').map((line) => {
      const [name = '', ...values] = line.split(' ')
      return [name, values]
    }),
  )
}

describe('contentSecurityPolicy', () => {
  it('runs scripts with the nonce only, in production', () => {
    const policy = directives(contentSecurityPolicy(site))
    expect(policy.get('script-src')).toEqual([`'nonce-bm9uY2U='`, `'strict-dynamic'`])
    expect(policy.get('script-src-attr')).toEqual([`'none'`])
    for (const name of ['object-src', 'base-uri', 'frame-ancestors', 'frame-src'])
      expect(policy.get(name)).toEqual([`'none'`])
  })

  it('names no other site and no wildcard anywhere', () => {
    const sources = [...directives(contentSecurityPolicy(site)).values()].flat()
    for (const source of sources)
      expect(source).toMatch(/^('(self|none|unsafe-inline|strict-dynamic|nonce-[\w+/=]+)'|data:|blob:)$/)
    const loose = [...directives(contentSecurityPolicy(site))].filter(([, values]) =>
      values.includes(`'unsafe-inline'`),
    )
    expect(loose.map(([name]) => name)).toEqual(['style-src'])
  })

  it('opens what the development server needs in development alone', () => {
    expect(contentSecurityPolicy({ ...site, isDevelopment: true })).toContain(`'unsafe-eval'`)
    expect(contentSecurityPolicy(site)).not.toContain('unsafe-eval')
  })
})

describe('securityHeaders', () => {
  it('promises https only where browsers come by it', () => {
    expect(securityHeaders(site)).toHaveProperty('strict-transport-security')
    expect(securityHeaders(site)['content-security-policy']).toContain('upgrade-insecure-requests')
    const plain = securityHeaders({ ...site, isSecure: false })
    expect(plain).not.toHaveProperty('strict-transport-security')
    expect(plain['content-security-policy']).not.toContain('upgrade-insecure-requests')
  })

  it('keeps answers out of caches, frames and other sites', () => {
    expect(securityHeaders(site)).toMatchObject({
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
  })
})
