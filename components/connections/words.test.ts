import { describe, expect, it } from 'vitest'
import type { ImportFile } from '@/lib/connections/schema'
import { sampleColumns } from '@/lib/platform/browser/sample-csv'
import { cautions, refusalText, summariseRecords, titleOf } from './words'

const file = (facts: Partial<ImportFile>): ImportFile => ({
  no: 0,
  name: 'a.json',
  upload: 'a.json',
  bytes: 1,
  sha256: '',
  format: null,
  formatTitle: null,
  system: null,
  instance: null,
  instanceName: null,
  counts: null,
  changes: {},
  refused: [],
  refusedCount: 0,
  mappings: [],
  notes: { people: [], unknownPrivileges: [], notEvaluable: [], refused: [] },
  unresolved: [],
  header: null,
  columns: null,
  error: null,
  ...facts,
})

describe('cautions', () => {
  it('says nothing of a whole upload, nor of one that is refused as a whole', () => {
    expect(cautions([file({})], false)).toEqual([])
    expect(cautions([file({ error: 'a.json: is empty' })], false)).toEqual([])
  })
  it('says that one of two files is refused', () => {
    const other = file({ name: 'b.json', error: 'x' })
    expect(cautions([file({}), other], false)).toEqual(['1 of 2 files is refused and left out.'])
  })
  it('takes the parts of one file for one file', () => {
    expect(cautions([file({}), file({ no: 1, system: 'gcp' })], false)).toEqual([])
    expect(titleOf({ fileNames: ['a.tfstate', 'a.tfstate'] })).toBe('a.tfstate')
    expect(titleOf({ fileNames: ['a.json', 'b.json'] })).toBe('2 files')
  })
  it('says that an export was cut and that nothing is marked gone', () => {
    const refused = [{ at: '$.IsTruncated', reason: 'The export was cut: IsTruncated is true' }]
    expect(cautions([file({ refused })], false)).toEqual([
      'The export was cut; what was read is applied and nothing is marked gone.',
    ])
    expect(cautions([file({ refused: [{ at: 'line 2', reason: 'has no name' }] })], true)).toEqual([
      'Parts of the file were not understood; what was read was applied and nothing was marked gone.',
    ])
  })
})

describe('words of imports', () => {
  const samples = { new: [], changed: [], gone: [] }
  it('counts one record as one', () => {
    expect(summariseRecords({ identity: { new: 1, changed: 0, gone: 0, unchanged: 4, samples } })).toBe('1 new record')
    expect(summariseRecords({ identity: { new: 2, changed: 1, gone: 0, unchanged: 0, samples } })).toBe(
      '2 new, 1 changed records',
    )
  })
  it('does not repeat the name of a refused file', () => {
    expect(refusalText({ name: 'a.json', error: 'a.json: is empty' })).toBe('It is empty')
    expect(refusalText({ name: 'a.json', error: 'a.json is JSON, but of no known kind.' })).toBe(
      'It is JSON, but of no known kind.',
    )
    expect(refusalText({ name: 'a.json', error: 'no name here' })).toBe('no name here')
  })
  it('samples a CSV, without a last line that may be cut', () => {
    expect(sampleColumns('a;b\n1;x\n2;x\n3;', false)).toEqual({ a: ['1', '2'], b: ['x'] })
    expect(sampleColumns('a\n"', true)).toEqual({ a: [] })
  })
})
