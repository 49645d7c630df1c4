import { describe, expect, it } from 'vitest'
import type { FormatGuide } from '@/lib/connections/schema'
import { groupFormats, isCommand, monogramOf } from './format-words'

const guide = (facts: Partial<FormatGuide>): FormatGuide => ({
  id: 'aws-credential-report',
  title: 'AWS credential report',
  system: 'aws',
  systemTitle: 'AWS',
  family: 'cloud',
  expects: 'a CSV',
  yields: 'Users and the age of their keys',
  omits: null,
  coverage: 'source',
  production: [{ from: 'AWS CLI', steps: ['aws iam get-credential-report'], rights: 'iam:GetCredentialReport' }],
  ...facts,
})
const okta = guide({ id: 'okta-tokens', title: 'Okta API tokens', system: 'okta', systemTitle: 'Okta', family: 'saas' })

describe('groupFormats', () => {
  it('groups by family and system, in the order of the families', () => {
    const groups = groupFormats([okta, guide({}), guide({ id: 'aws-keys' })], '')
    expect(groups.map(({ family, systems }) => [family, systems.map(({ formats }) => formats.length)])).toEqual([
      ['cloud', [2]],
      ['saas', [1]],
    ])
  })
  it('keeps what matches every word, wherever it stands', () => {
    expect(groupFormats([okta, guide({})], 'okta TOKEN').map(({ family }) => family)).toEqual(['saas'])
    expect(groupFormats([okta, guide({})], 'age of keys')).toHaveLength(2)
    expect(groupFormats([okta, guide({})], 'mainframe')).toEqual([])
  })
})

describe('words of formats', () => {
  it('makes a monogram of a name', () => {
    expect(['AWS', 'Google Cloud', 'Okta', 'SPIFFE and SPIRE', 'GitHub', 'MCP tool servers'].map(monogramOf)).toEqual([
      'AWS',
      'GC',
      'Ok',
      'SPI',
      'GH',
      'MCP',
    ])
  })
  it('tells a command from a click', () => {
    for (const step of [
      'aws iam list-users > a.json',
      "psql -c '\\du' > du.txt",
      'SELECT 1',
      'Get-MgApplication -All',
      'gitleaks git .',
      '~/.a.json',
    ])
      expect(isCommand(step), step).toBe(true)
    for (const step of ['Open Security > API > Tokens.', 'Admin console: Reports', 'choose Export.'])
      expect(isCommand(step), step).toBe(false)
  })
})
