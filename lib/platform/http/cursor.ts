import { createHmac, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import { env } from '../env'
import { AppError } from '../errors'

/** Where a page ended: the sort column's value and the tie-breaking id, as JSON values. */
export type Position = readonly (string | number | boolean | null)[]

const sealBytes = 12

/** Cursors are data, not secrets; the seal keeps them from being edited or moved to another list, sort or organization. */
function seal(list: string, body: Buffer): Buffer {
  return createHmac('sha256', env().AUTH_SECRET)
    .update(`cursor\n${list}\n`)
    .update(body)
    .digest()
    .subarray(0, sealBytes)
}

/**
 * An opaque keyset cursor.
 * @param list what it belongs to: name, sort, direction and organization (`identities:name:asc:<orgId>`)
 * @param position the last row's sort values, in the order of the sort
 */
export function encodeCursor(list: string, position: Position): string {
  const body = Buffer.from(JSON.stringify(position))
  return Buffer.concat([seal(list, body), body]).toString('base64url')
}

/**
 * Reads a cursor made by `encodeCursor` for the same list.
 * @throws AppError `invalid_input` when it was edited, cut, or made for another list, sort or organization
 */
export function decodeCursor<T>(list: string, cursor: string, shape: z.ZodType<T>): T {
  const bytes = Buffer.from(cursor, 'base64url')
  const body = bytes.subarray(sealBytes)
  const genuine =
    bytes.length > sealBytes &&
    bytes.toString('base64url') === cursor &&
    timingSafeEqual(bytes.subarray(0, sealBytes), seal(list, body))
  const position = genuine ? shape.safeParse(JSON.parse(body.toString('utf8'))) : undefined
  if (position?.success) return position.data
  throw new AppError('invalid_input', 'The cursor does not belong to this list and sort. Begin again without it.', {
    fields: { cursor: 'does not belong to this list and sort' },
  })
}
