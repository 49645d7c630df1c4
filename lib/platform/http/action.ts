import { randomUUID } from 'node:crypto'
import { unstable_rethrow } from 'next/navigation'
import { z } from 'zod'
import type { ActionResult } from '../browser/action-result'
import { AppError, isAppError } from '../errors'
import { log } from '../telemetry/log'

/**
 * Runs a use case for a server action and turns what it throws into data. Redirects of the framework pass through; what
 * is no error of the product is logged under a reference and says nothing else.
 */
export async function runAction<T>(work: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, data: await work() }
  } catch (thrown) {
    unstable_rethrow(thrown)
    const error = thrown instanceof z.ZodError ? invalidInput(thrown) : thrown
    if (isAppError(error) && error.code !== 'internal') {
      const { code, message, fields, retryAfterSeconds, missing } = error
      return { ok: false, error: { code, message, fields, retryAfterSeconds, missing } }
    }
    const reference = randomUUID()
    log.error({ error, reference }, 'a server action failed')
    const message = 'Something went wrong on our side. Nothing was changed.'
    return { ok: false, error: { code: 'internal', message, reference } }
  }
}

/** A contract that was not met, as an error that names each field: `scopes.0`. */
function invalidInput(error: z.ZodError): AppError {
  const fields: Record<string, string> = {}
  for (const issue of error.issues) fields[issue.path.join('.')] ??= issue.message
  const [first] = error.issues
  return new AppError('invalid_input', first?.message ?? 'The input is not valid.', { fields })
}
