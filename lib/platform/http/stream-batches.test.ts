import { describe, expect, it } from 'vitest'
import { type StreamEnd, streamBatches } from './stream-batches'

function stream(read: string[], count: number, failsAt = Number.POSITIVE_INFINITY) {
  const ends: StreamEnd[] = []
  async function* batches() {
    try {
      for (let batch = 0; batch < count; batch += 1) {
        if (batch === failsAt) throw new Error('lost')
        read.push(`batch ${batch}`)
        yield [batch * 2, batch * 2 + 1]
      }
    } finally {
      read.push('closed')
    }
  }
  const body = streamBatches({
    batches: batches(),
    head: '[',
    tail: ']',
    write: (rows, index) => rows.map((row, at) => (index + at > 0 ? `,${row}` : `${row}`)).join(''),
    onEnd: async (end) => void ends.push(end),
  })
  return { body, ends }
}

describe('a stream of batches', () => {
  it('is head, rows and tail, and tells its end once', async () => {
    const { body, ends } = stream([], 3)
    expect(await new Response(body).text()).toBe('[0,1,2,3,4,5]')
    expect(ends).toEqual([{ rows: 6, isComplete: true }])
  })

  it('reads no further than the reader does', async () => {
    const read: string[] = []
    const { body } = stream(read, 1000)
    const reader = body.getReader()
    await reader.read()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(read.length).toBeLessThan(4)
    await reader.cancel()
  })

  it('ends with the rows that were sent when the reader goes away', async () => {
    const read: string[] = []
    const { body, ends } = stream(read, 1000)
    const reader = body.getReader()
    for (let chunk = 0; chunk < 4; chunk += 1) await reader.read()
    await reader.cancel()
    expect(ends).toEqual([{ rows: expect.any(Number), isComplete: false }])
    expect(ends[0]?.rows).toBeGreaterThanOrEqual(6)
    expect(ends[0]?.rows).toBeLessThanOrEqual(8)
    expect(read.at(-1)).toBe('closed')
  })

  it('breaks off, and says so, when rows can be read no more', async () => {
    const { body, ends } = stream([], 5, 2)
    await expect(new Response(body).text()).rejects.toThrow('lost')
    expect(ends).toEqual([{ rows: 4, isComplete: false }])
  })
})
