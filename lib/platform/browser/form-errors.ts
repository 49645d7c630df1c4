import type { FieldValues, Path, UseFormReturn } from 'react-hook-form'
import { isAppError } from '../errors'

/**
 * Puts a server's refusal where it belongs: on the named fields, or on the form as a whole (`root`) when it names none
 * that the form has.
 */
export function showRefusal<Values extends FieldValues>(
  form: Pick<UseFormReturn<Values>, 'setError' | 'getValues'>,
  error: unknown,
): void {
  const fields = isAppError(error) ? Object.entries(error.fields ?? {}) : []
  const known = fields.filter(([name]) => (name.split('.')[0] ?? '') in form.getValues())
  for (const [name, message] of known) form.setError(name as Path<Values>, { message })
  if (known.length === 0) {
    form.setError('root', { message: error instanceof Error ? error.message : 'It could not be done.' })
  }
}
