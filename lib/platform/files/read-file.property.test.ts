import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../errors'
import { readUpload } from './read-file'

test('no bytes whatever make it fail otherwise than by a refusal', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\n',
    '- ',
    'a',
    '&a',
    '*a',
    '|',
    '>',
    '\t',
    '\r',
    '{{',
    '#',
    '<<: ',
    '\0',
    '1e9',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.array(piece).map((parts) => new TextEncoder().encode(parts.join(''))),
      ),
      (bytes) => {
        try {
          readUpload('f', bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
