import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '@/lib/audit/schema'
import { splitChanges } from './split-changes'

describe('splitChanges', () => {
  const samples = { new: ['a'], changed: [], gone: [] }
  const changes = { identity: { new: 1, changed: 0, gone: 0, unchanged: 2, samples } }
  it('takes the changes of an import apart from the rest', () => {
    expect(splitChanges({ status: 'applied', changes })).toEqual({ changes, rest: { status: 'applied' } })
  })
  it('leaves everything else as it is', () => {
    const others: AuditEntry['after'][] = [null, 'text', [1], { status: 'queued' }, { changes: 'by hand' }]
    for (const after of others) expect(splitChanges(after)).toEqual({ rest: after })
  })
})
