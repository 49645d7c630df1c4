import { crc32 } from 'node:zlib'
import { Gunzip, Inflate } from 'fflate'
import type { ByteSource } from './byte-source'
import { type FileLimits, formatBytes } from './limits'
import { refuseFile } from './refuse-file'

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Small files may pack better than the ratio allows: this much is always let through. */
const freeBytes = 1024 * 1024

type Bounds = Pick<FileLimits, 'unpackedBytes' | 'unpackRatio'>

/** Fails as soon as more comes out than went in allows, so that a bomb costs no more than the limit itself. */
function bound(name: string, limits: Bounds) {
  let packed = 0
  let unpacked = 0
  return {
    takes: (bytes: number) => {
      packed += bytes
    },
    gives: (bytes: number) => {
      unpacked += bytes
      if (unpacked > limits.unpackedBytes)
        throw refuseFile(name, `unpacks to more than ${formatBytes(limits.unpackedBytes)}`)
      if (unpacked > Math.max(packed * limits.unpackRatio, freeBytes))
        throw refuseFile(name, `unpacks to more than ${limits.unpackRatio} times its size`)
    },
  }
}

/** How much is put in at once: what comes out of it before the next check is at most a thousand times as much. */
const packedBytes = 16 * 1024

function* inSmallPieces(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks)
    for (let at = 0; at < chunk.byteLength; at += packedBytes) yield chunk.subarray(at, at + packedBytes)
}

/**
 * A .gz (also several, one after another) unpacked while it is read. Reading throws `invalid_input` for a damaged or
 * truncated one and for a bomb.
 */
export function gunzipSource(name: string, source: ByteSource, limits: Bounds): ByteSource {
  return {
    *chunks() {
      const out: Uint8Array[] = []
      const bounds = bound(name, limits)
      let isBroken = false
      let tail = new Uint8Array(0)
      let sum = 0
      let members = 1
      let size = 0
      const stream = new Gunzip((chunk) => {
        if (chunk.byteLength > 0) out.push(chunk)
      })
      stream.onmember = () => {
        members += 1
      }
      const push = (chunk: Uint8Array, isLast: boolean) => {
        try {
          stream.push(chunk, isLast)
        } catch {
          isBroken = true
        }
      }
      for (const chunk of inSmallPieces(source.chunks())) {
        bounds.takes(chunk.byteLength)
        tail = new Uint8Array(Buffer.concat([tail, chunk]).subarray(-8))
        // The stream keeps what it is given until the next piece comes.
        push(chunk.slice(), false)
        if (isBroken) break
        for (const piece of out.splice(0)) {
          bounds.gives(piece.byteLength)
          size += piece.byteLength
          sum = crc32(piece, sum)
          yield piece
        }
      }
      if (!isBroken) push(new Uint8Array(0), true)
      for (const piece of out.splice(0)) {
        bounds.gives(piece.byteLength)
        size += piece.byteLength
        sum = crc32(piece, sum)
        yield piece
      }
      const end = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
      const fits = tail.byteLength === 8 && end.getUint32(0, true) === sum && end.getUint32(4, true) === size >>> 0
      if (isBroken || (members === 1 && !fits)) throw refuseFile(name, 'is a damaged or truncated gzip file')
    },
  }
}

/** A deflated member of an archive, unpacked while it is read and compared with its checksum. */
export function inflateSource(
  name: string,
  packed: { source: ByteSource; checksum: number; unpackedBytes: number },
  limits: Bounds,
): ByteSource {
  return {
    *chunks() {
      const out: Uint8Array[] = []
      const bounds = bound(name, limits)
      const stream = new Inflate((chunk) => {
        if (chunk.byteLength > 0) out.push(chunk)
      })
      let sum = 0
      let size = 0
      const push = (chunk: Uint8Array, isLast: boolean) => {
        try {
          stream.push(chunk, isLast)
        } catch {
          throw refuseFile(name, 'is damaged inside its archive')
        }
      }
      // The end is told apart from the rest: it comes one piece later.
      let waiting: Uint8Array | undefined
      const put = (chunk: Uint8Array, isLast: boolean) => {
        bounds.takes(chunk.byteLength)
        push(chunk.slice(), isLast)
        return out.splice(0)
      }
      const take = (piece: Uint8Array) => {
        bounds.gives(piece.byteLength)
        size += piece.byteLength
        sum = crc32(piece, sum)
        return piece
      }
      for (const chunk of inSmallPieces(packed.source.chunks())) {
        if (waiting) for (const piece of put(waiting, false)) yield take(piece)
        waiting = chunk
      }
      if (waiting) for (const piece of put(waiting, true)) yield take(piece)
      if (size !== packed.unpackedBytes || sum !== packed.checksum)
        throw refuseFile(name, 'is damaged inside its archive')
    },
  }
}
