import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { takeConnection } from './pool'

/** Everything that an organization's rows were at one moment, for as long as the work takes. */
export interface Moment {
  /** See `copyRows`. */
  copy: (query: string, onRow: (bytes: Buffer, at: number) => void) => Promise<number>
  rows: <Row extends object>(query: string, values: unknown[]) => Promise<Row[]>
}

/** Reads an organization's rows as they were at one moment, under its row-level security. */
export async function readMoment<T>(orgId: string, work: (moment: Moment) => Promise<T>): Promise<T> {
  const client = await takeConnection(orgId)
  let broken: Error | undefined
  try {
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL work_mem = '64MB'`)
    const result = await work({
      copy: (query, onRow) => copyRows(client, query, onRow),
      rows: async <Row extends object>(query: string, values: unknown[]) =>
        (await client.query<Row>(query, values)).rows,
    })
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** `COPY … (FORMAT binary)` begins with a signature of 11 bytes and two numbers of 4. */
const headerBytes = 19

/**
 * Reads the rows of a query by binary COPY, without an object for any of them: `onRow` gets the bytes and where the row's
 * first column begins. Each column is a length (4 bytes, big-endian; -1 = null) and its bytes. The statement takes no
 * parameters; what it holds must be constants of the code or ids.
 * @returns how many rows there were
 */
async function copyRows(
  client: pg.PoolClient,
  query: string,
  onRow: (bytes: Buffer, at: number) => void,
): Promise<number> {
  let rest: Buffer = Buffer.alloc(0)
  let isBegun = false
  let rows = 0
  for await (const chunk of client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT binary)`))) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    if (!isBegun) {
      if (bytes.length < headerBytes) {
        rest = bytes
        continue
      }
      at = headerBytes + bytes.readInt32BE(headerBytes - 4)
      isBegun = true
    }
    for (let end = endOfRow(bytes, at); end !== -1; end = endOfRow(bytes, at)) {
      onRow(bytes, at + 2)
      rows += 1
      at = end
    }
    rest = bytes.subarray(at)
  }
  return rows
}

/** Where the row that begins at `at` ends; -1 when it is not here as a whole, or the end of the data is. */
function endOfRow(bytes: Buffer, start: number): number {
  if (start + 2 > bytes.length) return -1
  const columns = bytes.readInt16BE(start)
  if (columns === -1) return -1
  let at = start + 2
  for (let column = 0; column < columns; column += 1) {
    if (at + 4 > bytes.length) return -1
    at += 4 + Math.max(0, bytes.readInt32BE(at))
  }
  return at > bytes.length ? -1 : at
}

type Numbers = Uint8Array | Uint16Array | Int32Array | Float32Array

/** A column of numbers that grows as rows come. */
export class GrowingColumn<T extends Numbers> {
  #values: T
  #length = 0

  constructor(private readonly make: (length: number) => T) {
    this.#values = make(1024)
  }

  push(value: number): void {
    this.#room(1)
    this.#values[this.#length] = value
    this.#length += 1
  }

  /** Bytes as they are, for ids. */
  append(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#values.set(bytes, this.#length)
    this.#length += bytes.length
  }

  get length(): number {
    return this.#length
  }

  /** What was pushed, in an array of its own length. */
  take(): T {
    return this.#values.slice(0, this.#length) as T
  }

  #room(more: number): void {
    if (this.#length + more <= this.#values.length) return
    const wider = this.make(Math.max(this.#values.length * 2, this.#length + more))
    wider.set(this.#values.subarray(0, this.#length))
    this.#values = wider
  }
}
