import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inRoot } from './layout.mjs'
import { missingEntries, withMissingEntries } from './lockfile.mjs'

const lock = {
  packages: {
    '': {},
    'node_modules/tool': { optionalDependencies: { '@tool/linux-x64': '1.0.0', '@tool/darwin-arm64': '1.0.0' } },
    'node_modules/tool/node_modules/@tool/linux-x64': {},
  },
}

describe('lock file', () => {
  it('finds what npm left out, wherever it may lie', () => {
    expect(missingEntries(lock)).toEqual([
      { name: '@tool/darwin-arm64', version: '1.0.0', wantedBy: 'node_modules/tool' },
    ])
  })

  it('puts it back with its platform', () => {
    expect(withMissingEntries(lock).packages['node_modules/@tool/darwin-arm64']).toEqual({
      version: '1.0.0',
      cpu: ['arm64'],
      os: ['darwin'],
      optional: true,
    })
    expect(missingEntries(withMissingEntries(lock))).toEqual([])
  })

  it('of this repository holds every optional dependency (else: npm run lock) and names no host', () => {
    const text = fs.readFileSync(inRoot('package-lock.json'), 'utf8')
    expect(missingEntries(JSON.parse(text)).map(({ name }) => name)).toEqual([])
    expect(text).not.toContain('"resolved": "http')
  })
})
