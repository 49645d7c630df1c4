import { z } from 'zod'
import type { Refusal } from '../contract'
import type { NameSet } from './wildcards'

/** One statement of an identity-based or trust policy, its lists made uniform. */
export interface Statement {
  /** Path of the statement in the file. */
  at: string
  effect: 'allow' | 'deny'
  actions: NameSet
  /** `undefined` where a policy of this kind names none (a trust policy). */
  resources?: NameSet
  principal?: unknown
  notPrincipal?: unknown
  /** Canonical JSON of the condition. */
  condition?: string
  /** What makes the statement an upper bound of what it does. */
  notes: string[]
}

const strings = z.union([z.string().transform((text) => [text]), z.array(z.string())])
const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: strings.optional(),
  NotAction: strings.optional(),
  Resource: strings.optional(),
  NotResource: strings.optional(),
  Principal: z.unknown().optional(),
  NotPrincipal: z.unknown().optional(),
  Condition: z.record(z.string(), z.unknown()).nullish(),
})
const document = z.object({ Statement: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]) })

/**
 * The statements of a policy document in any of the forms that tools write: an object, JSON text, or URL-encoded JSON
 * text (as the API itself answers). Statements that cannot be read are refused one by one.
 */
export function readPolicy(value: unknown, at: string): { statements: Statement[]; refused: Refusal[] } {
  const decoded = decodePolicy(value)
  const parsed = document.safeParse(decoded)
  if (!parsed.success) {
    const reason = typeof value === 'string' && decoded === undefined ? 'is not JSON' : 'has no Statement'
    return { statements: [], refused: [{ at, reason: `The policy document ${reason}` }] }
  }
  const statements: Statement[] = []
  const refused: Refusal[] = []
  const single = !Array.isArray(parsed.data.Statement)
  const list = Array.isArray(parsed.data.Statement) ? parsed.data.Statement : [parsed.data.Statement]
  list.forEach((entry, index) => {
    const place = single ? `${at}.Statement` : `${at}.Statement[${index}]`
    const outcome = readStatement(entry, place)
    if (typeof outcome === 'string') refused.push({ at: place, reason: outcome })
    else statements.push(outcome)
  })
  return { statements, refused }
}

function readStatement(entry: unknown, at: string): Statement | string {
  const parsed = statement.safeParse(entry)
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0]
    return `The statement's ${field === undefined ? 'shape' : String(field)} cannot be read`
  }
  const { Action, NotAction, Resource, NotResource, Condition } = parsed.data
  if (Action === undefined && NotAction === undefined) return 'The statement names neither Action nor NotAction'
  return {
    at,
    effect: parsed.data.Effect === 'Allow' ? 'allow' : 'deny',
    actions: Action === undefined ? { exclude: NotAction ?? [] } : { include: Action },
    resources: Resource === undefined ? NotResource && { exclude: NotResource } : { include: Resource },
    principal: parsed.data.Principal,
    notPrincipal: parsed.data.NotPrincipal,
    condition: Condition == null || Object.keys(Condition).length === 0 ? undefined : canonicalJson(Condition),
    notes: [],
  }
}

/** A policy document as an object, from an object, JSON text or URL-encoded JSON text; anything else as it is, or `undefined`. */
export function decodePolicy(value: unknown): unknown {
  if (typeof value !== 'string') return value
  return parseJson(value) ?? parseJson(unescapeUrl(value)) ?? parseJson(unescapeUrl(value.replaceAll('+', ' ')))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** JSON with its keys sorted, so that equal conditions are equal texts; deeper than 20 levels it is cut with `…`. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > 20) return '"…"'
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, depth + 1)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
