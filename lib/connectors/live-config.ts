import { z } from 'zod'
import { Secret } from './secret'

/** A field of a configuration that is encrypted at rest, never given back by any answer, and shown as a password in the form. */
export function secretField(title: string, description?: string) {
  return z
    .string()
    .min(1)
    .max(100_000)
    .transform((value) => new Secret(value))
    .meta({ title, secret: true, ...(description === undefined ? {} : { description }) })
}

/** What stands between the host and what is asked there: empty, or a path that begins with a slash. */
export function pathField(title: string, description: string, form = /^(\/[^\s?#]*)?$/, most = 500) {
  return z
    .string()
    .trim()
    .max(most)
    .regex(form, 'must be empty or begin with a slash')
    .optional()
    .meta({ title, description })
}

/** Letters, digits and what usual paths have besides. */
export const plainPath = /^(\/[\w./-]*)?$/

export interface ConfigField {
  name: string
  title: string
  description?: string
  secret: boolean
  required: boolean
  type: string
  choices?: string[]
  default?: unknown
  /** What it says changes what is read and not where anything is sent: stored secrets stay when it changes. */
  isScope?: true
  /** Several lines long. */
  isLong?: true
}

/** The fields of a configuration, for a form, for the documents and for what must be encrypted. */
export function fieldsOf(config: z.ZodType): ConfigField[] {
  const schema = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' })
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const field = property as Record<string, unknown>
    return {
      name,
      title: typeof field.title === 'string' ? field.title : name,
      ...(typeof field.description === 'string' ? { description: field.description } : {}),
      secret: field.secret === true,
      required: required.has(name) && field.default === undefined,
      type: typeof field.type === 'string' ? field.type : 'string',
      ...(Array.isArray(field.enum) ? { choices: field.enum.map(String) } : {}),
      ...(field.default === undefined ? {} : { default: field.default }),
      ...(field.isScope === true ? { isScope: true } : {}),
      ...(field.isLong === true ? { isLong: true } : {}),
    }
  })
}
