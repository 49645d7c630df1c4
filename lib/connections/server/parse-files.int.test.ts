import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/platform/testing/database'
import { parseFiles } from './parse-files'

beforeAll(testDatabase)

const csv = (name: string) => ({ name, bytes: new TextEncoder().encode('name,kind\nrobot,bot\n'), instance: 'list' })

describe('parseFiles', () => {
  it('answers each file in its place, refused ones too', async () => {
    const mapped = await parseFiles([
      csv('a.csv'),
      { name: 'b.json', bytes: new TextEncoder().encode('{]') },
      csv('c.csv'),
    ])
    expect(mapped.map((file) => [file.name, file.error === null])).toEqual([
      ['a.csv', true],
      ['b.json', false],
      ['c.csv', true],
    ])
  })

  it('hands the bytes over instead of copying them, and leaves what is part of something larger', async () => {
    const whole = csv('a.csv')
    const larger = new Uint8Array(1000)
    larger.set(whole.bytes)
    const part = { ...csv('b.csv'), bytes: larger.subarray(0, whole.bytes.byteLength) }
    const [first, second] = await parseFiles([whole, part])
    expect(first?.bytes).toBe(20)
    expect(second?.sha256).toBe(first?.sha256)
    expect(whole.bytes.byteLength).toBe(0)
    expect(larger.byteLength).toBe(1000)
  })

  it('reads one upload at a time and turns away the tenth', async () => {
    const uploads = Array.from({ length: 10 }, (_, n) => parseFiles([csv(`${n}.csv`)]))
    const settled = await Promise.allSettled(uploads)
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(9)
    expect(settled.at(-1)).toMatchObject({ reason: { code: 'rate_limited', retryAfterSeconds: 5 } })
  })
})
