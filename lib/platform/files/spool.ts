import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { RangedSource } from './byte-source'

/** Bytes on disk that have no name any more: part of a spool. Can be sent to a thread of this process. */
export interface SpooledBytes {
  fd: number
  at: number
  size: number
}

const chunkBytes = 1024 * 1024

/**
 * A temporary file for what is too large for memory. Only this user may read it, and its name is removed as soon as it is open,
 * so that nothing is left of it when the process ends, however it ends. Threads may share one by its number, taking turns.
 */
export class Spool {
  #size: number
  #isOpen = true

  constructor(readonly fd: number) {
    this.#size = fstatSync(fd).size
  }

  append(bytes: Uint8Array): SpooledBytes {
    const at = this.#size
    for (let done = 0; done < bytes.byteLength; )
      done += writeSync(this.fd, bytes, done, bytes.byteLength - done, at + done)
    this.#size += bytes.byteLength
    return { fd: this.fd, at, size: bytes.byteLength }
  }

  /** Where the next bytes will be. */
  get end(): number {
    return this.#size
  }

  /** Takes note of what a thread has appended. */
  refresh(): void {
    this.#size = fstatSync(this.fd).size
  }

  /** Gives the space back. May be called again. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.fd)
  }
}

export function openSpool(): Spool {
  const name = path.join(tmpdir(), `bailiwick-spool-${randomUUID()}`)
  const fd = openSync(name, 'wx+', 0o600)
  unlinkSync(name)
  return new Spool(fd)
}

export function readSpooled({ fd, at, size }: SpooledBytes): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let done = 0; done < size; ) {
    const read = readSync(fd, bytes, done, size - done, at + done)
    if (read === 0) throw new Error('a temporary file is shorter than what was written to it')
    done += read
  }
  return bytes
}

export function spoolSource({ fd, at, size }: SpooledBytes): RangedSource {
  return {
    size,
    range: (from, count) =>
      readSpooled({ fd, at: at + Math.min(from, size), size: Math.max(0, Math.min(count, size - from)) }),
    *chunks() {
      for (let done = 0; done < size; done += chunkBytes)
        yield readSpooled({ fd, at: at + done, size: Math.min(chunkBytes, size - done) })
    },
  }
}
