import { describe, expect, it } from 'vitest'
import { buildGraph } from './build-graph'
import { randomSample, rowsOf } from './graph-samples'
import { BrokenSnapshotError, decodeSnapshot, encodeSnapshot } from './snapshot'

describe('a snapshot', () => {
  it('gives the same graph again', () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const graph = {
        ...buildGraph(rowsOf(randomSample(seed))),
        version: 2n ** 60n + BigInt(seed),
        systems: ['Ä', 'b'],
      }
      expect(decodeSnapshot(encodeSnapshot(graph))).toEqual(graph)
    }
  })

  it('is refused when a byte is changed, when it is cut short, and when it is something else', () => {
    const whole = encodeSnapshot(buildGraph(rowsOf(randomSample(7))))
    for (let at = 0; at < whole.byteLength; at += 7) {
      const changed = whole.slice()
      new Uint8Array(changed)[at] = ((new Uint8Array(changed)[at] ?? 0) + 1) % 256
      expect(() => decodeSnapshot(changed), `byte ${at}`).toThrow(BrokenSnapshotError)
    }
    for (const end of [0, 8, 24, whole.byteLength - 8, whole.byteLength - 1])
      expect(() => decodeSnapshot(whole.slice(0, end))).toThrow(BrokenSnapshotError)
    expect(() => decodeSnapshot(new ArrayBuffer(4096))).toThrow(BrokenSnapshotError)
  })
})
