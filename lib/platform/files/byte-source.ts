import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** Bytes that can be read from their beginning, more than once, without all of them being in memory. */
export interface ByteSource {
  chunks: () => Iterable<Uint8Array>
}

/** Bytes of known number, of which any part can be read by itself. */
export interface RangedSource extends ByteSource {
  size: number
  /** A copy of the bytes from `at` on, fewer than asked for where they end. */
  range: (at: number, count: number) => Uint8Array
}

const chunkBytes = 1024 * 1024

/** Bytes that are in memory already, piece by piece. */
export function bytesSource(bytes: Uint8Array): RangedSource {
  return {
    size: bytes.byteLength,
    range: (at, count) => bytes.slice(at, at + count),
    *chunks() {
      for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
    },
  }
}

/** A file on disk. It must not change while it is read. */
export function fileSource(path: string): RangedSource {
  return {
    size: statSync(path).size,
    range(at, count) {
      const file = openSync(path, 'r')
      try {
        const bytes = new Uint8Array(count)
        let done = 0
        for (let read = -1; read !== 0 && done < count; done += read)
          read = readSync(file, bytes, done, count - done, at + done)
        return bytes.subarray(0, done)
      } finally {
        closeSync(file)
      }
    },
    *chunks() {
      const file = openSync(path, 'r')
      try {
        for (;;) {
          const chunk = new Uint8Array(chunkBytes)
          const read = readSync(file, chunk, 0, chunkBytes, null)
          if (read === 0) return
          yield chunk.subarray(0, read)
        }
      } finally {
        closeSync(file)
      }
    },
  }
}

/** A part of a source, chunk by chunk. */
export function partOf({ size, range }: RangedSource, at: number, count: number): ByteSource {
  const end = Math.min(size, at + count)
  return {
    *chunks() {
      for (let from = at; from < end; from += chunkBytes) yield range(from, Math.min(chunkBytes, end - from))
    },
  }
}

/** The first bytes of a source, at most `count` of them. */
export function firstBytes(source: ByteSource, count: number): Uint8Array {
  return readUpTo(source, count).bytes
}

/** Reads at most `limit` bytes; `isWhole` tells whether that was all. */
export function readUpTo(source: ByteSource, limit: number): { bytes: Uint8Array; isWhole: boolean } {
  const taken: Uint8Array[] = []
  let size = 0
  for (const chunk of source.chunks()) {
    taken.push(chunk)
    size += chunk.byteLength
    if (size > limit) return { bytes: Buffer.concat(taken).subarray(0, limit), isWhole: false }
  }
  return { bytes: taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken), isWhole: true }
}
