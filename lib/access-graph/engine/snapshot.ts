import type { AccessGraph } from './contract'

/** A snapshot that cannot be used: cut short, changed, or written in another format. */
export class BrokenSnapshotError extends Error {
  override readonly name = 'BrokenSnapshotError'
}

const magic = 0x42574752
/** Another number for every change of what is written, and of what the same arrays mean. */
const format = 2
/** Magic, format, bytes of the head, bytes of the whole, and the checksum of all that follows these five numbers. */
const prefixBytes = 24

const columnTypes = {
  hopFrom: Int32Array,
  hopTo: Int32Array,
  hopKind: Uint8Array,
  hopBasis: Uint8Array,
  grantFrom: Int32Array,
  grantTo: Int32Array,
  grantLevel: Uint8Array,
  grantBasis: Uint8Array,
  grantKind: Uint8Array,
  principalType: Uint8Array,
  principalDead: Uint8Array,
  holdingOf: Int32Array,
  holdingLevel: Uint8Array,
  hours: Float32Array,
  sensitivity: Uint8Array,
  system: Uint16Array,
  resourceKind: Uint16Array,
  principalSystem: Uint16Array,
  principalKind: Uint16Array,
  resourceRank: Int32Array,
  principalRank: Int32Array,
  principalIds: Uint8Array,
  resourceIds: Uint8Array,
} as const
type Column = keyof typeof columnTypes
const columns = Object.keys(columnTypes) as Column[]

interface Head {
  orgId: string
  version: string
  builtAt: number
  principalCount: number
  resourceCount: number
  systems: string[]
  kinds: string[]
  /** How many numbers each column has, in the order of `columns`. */
  lengths: number[]
}

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8

/** The whole graph as bytes that can be kept and read again. */
export function encodeSnapshot(graph: AccessGraph): ArrayBuffer {
  const { orgId, version, builtAt, principalCount, resourceCount, systems, kinds } = graph
  const lengths = columns.map((column) => graph[column].length)
  const head: Head = {
    orgId,
    version: String(version),
    builtAt,
    principalCount,
    resourceCount,
    systems,
    kinds,
    lengths,
  }
  const headBytes = new TextEncoder().encode(JSON.stringify(head))
  const size = columns.reduce(
    (sum, column) => sum + aligned(graph[column].byteLength),
    prefixBytes + aligned(headBytes.length),
  )
  const buffer = new ArrayBuffer(size)
  new Uint8Array(buffer).set(headBytes, prefixBytes)
  let at = prefixBytes + aligned(headBytes.length)
  for (const column of columns) {
    const { buffer: source, byteOffset, byteLength } = graph[column]
    new Uint8Array(buffer).set(new Uint8Array(source, byteOffset, byteLength), at)
    at += aligned(byteLength)
  }
  const prefix = new DataView(buffer)
  prefix.setUint32(0, magic)
  prefix.setUint32(4, format)
  prefix.setUint32(8, headBytes.length)
  prefix.setFloat64(12, size)
  prefix.setUint32(20, checksum(buffer, headBytes.length))
  return buffer
}

/**
 * The graph of a snapshot; its columns are views of the buffer, nothing is copied.
 *
 * @throws BrokenSnapshotError
 */
export function decodeSnapshot(buffer: ArrayBuffer): AccessGraph {
  const demand = (isTrue: boolean, what: string) => {
    if (!isTrue) throw new BrokenSnapshotError(`The snapshot of the graph ${what}.`)
  }
  demand(buffer.byteLength >= prefixBytes && buffer.byteLength % 8 === 0, 'is cut short')
  const prefix = new DataView(buffer)
  demand(prefix.getUint32(0) === magic, 'is something else')
  demand(prefix.getUint32(4) === format, 'has another format')
  demand(prefix.getFloat64(12) === buffer.byteLength, 'is cut short')
  demand(prefix.getUint32(20) === checksum(buffer, prefix.getUint32(8)), 'was changed')
  const headLength = prefix.getUint32(8)
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, prefixBytes, headLength))) as Head
  demand(head.lengths.length === columns.length, 'has other columns')
  let at = prefixBytes + aligned(headLength)
  const found: Partial<Record<Column, unknown>> = {}
  for (const [no, column] of columns.entries()) {
    const Type = columnTypes[column]
    const length = head.lengths[no] ?? 0
    demand(at + length * Type.BYTES_PER_ELEMENT <= buffer.byteLength, 'is cut short')
    found[column] = new Type(buffer, at, length)
    at += aligned(length * Type.BYTES_PER_ELEMENT)
  }
  const { lengths: _, version, ...rest } = head
  return { ...rest, version: BigInt(version), ...(found as Pick<AccessGraph, Column>) }
}

/** Of everything behind the prefix and the length of the head, word by word: finds what was cut, swapped or changed, not what was forged. */
function checksum(buffer: ArrayBuffer, headLength: number): number {
  const words = new Int32Array(buffer, prefixBytes)
  let [sum, turned] = [0x9e3779b9 ^ headLength, words.length]
  for (let at = 0; at < words.length; at += 1) {
    sum = Math.imul(sum ^ (words[at] ?? 0), 0x85ebca6b)
    sum ^= sum >>> 15
    turned = (turned + sum) | 0
  }
  return (sum ^ Math.imul(turned, 0xc2b2ae35)) >>> 0
}
