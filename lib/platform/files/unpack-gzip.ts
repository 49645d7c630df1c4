import { gunzipSync } from 'node:zlib'
import { type FileLimits, formatBytes } from './limits'
import { refuseFile } from './refuse-file'

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Small files may pack better than the ratio allows: this much is always let through. */
const freeBytes = 1024 * 1024

/** Unpacks one .gz; zlib stops at the limit, so a bomb costs no more than the limit itself. */
export function unpackGzip(name: string, bytes: Uint8Array, limits: FileLimits): Uint8Array {
  const byRatio = Math.max(bytes.byteLength * limits.unpackRatio, freeBytes)
  const maxOutputLength = Math.min(byRatio, limits.unpackedBytes)
  let unpacked: Uint8Array
  try {
    unpacked = gunzipSync(bytes, { maxOutputLength })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      const reason =
        maxOutputLength === limits.unpackedBytes
          ? `unpacks to more than ${formatBytes(limits.unpackedBytes)}`
          : `unpacks to more than ${limits.unpackRatio} times its size`
      throw refuseFile(name, reason)
    }
    throw refuseFile(name, 'is a damaged or truncated gzip file')
  }
  if (isGzip(unpacked)) throw refuseFile(name, 'is packed twice; unpack it once and upload the result')
  return unpacked
}
