import { AppError, type ErrorCode, type Missing } from '../errors'

/** What a server action answers: errors are data, since thrown ones reach the browser without their message. */
export type ActionResult<T> = { ok: true; data: T } | { ok: false; error: ActionFailure }

export interface ActionFailure {
  code: ErrorCode
  message: string
  /** What is wrong, by field of the input. */
  fields?: Record<string, string>
  retryAfterSeconds?: number
  /** Of `forbidden`: which roles would have been enough. */
  missing?: Missing | undefined
  /** Names the log lines of an `internal` failure. */
  reference?: string
}

/** The action's data, or its failure as the error that forms and queries know. For `useMutation`. */
export async function takeResult<T>(answer: Promise<ActionResult<T>>): Promise<T> {
  const result = await answer
  if (result.ok) return result.data
  const { code, message, fields, retryAfterSeconds, reference, missing } = result.error
  throw new AppError(code, reference ? `${message} Reference: ${reference}` : message, {
    ...{ fields, retryAfterSeconds, missing },
  })
}
