import { z } from 'zod'
import { AppError } from '@/lib/platform/errors'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'

/** What a denial of the decision point was about, as far as it can be asked for. */
export interface Denial {
  /** An identity or a person. */
  granteeId: string
  isPerson: boolean
  nodeId: string
  action: string
  /** The decision's id in the log. */
  denial: string
  /** Milliseconds since 1970. */
  expires: number
}

const Bound = z.tuple([z.uuid(), z.boolean(), z.uuid(), z.string().min(1).max(120), z.uuid(), z.number()])
const listOf = (orgId: string) => `denial:${orgId}`

/** What ties a request to a denial: sealed, for one organization. It is no permit: whoever asks is asked by the policies. */
export const denialToken = (orgId: string, { granteeId, isPerson, nodeId, action, denial, expires }: Denial): string =>
  encodeCursor(listOf(orgId), [granteeId, isPerson, nodeId, action, denial, expires])

/** @throws AppError `invalid_input` for a token that is not of this organization's denials, `precondition_failed` for one too old */
export function resolveDenial(orgId: string, token: string, now = Date.now()): Denial {
  const [granteeId, isPerson, nodeId, action, denial, expires] = readToken(orgId, token)
  if (expires <= now) throw new AppError('precondition_failed', 'This denial is too old. Ask the decision point again.')
  return { granteeId, isPerson, nodeId, action, denial, expires }
}

function readToken(orgId: string, token: string) {
  try {
    return decodeCursor(listOf(orgId), token, Bound)
  } catch (cause) {
    throw new AppError('invalid_input', 'This is no binding token of a denial of this organization.', {
      cause,
      fields: { 'denial.binding_token': 'is not valid' },
    })
  }
}
