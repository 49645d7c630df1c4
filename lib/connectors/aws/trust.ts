import { z } from 'zod'
import type { Statement } from './policy'
import { matches } from './wildcards'

/** A principal of the type `AWS` in a trust policy. */
export type TrustedPrincipal =
  | { is: 'account'; account: string }
  | { is: 'principal'; arn: string }
  | { is: 'session'; account: string; partition: string; roleName: string; sessionName: string; arn: string }
  | { is: 'unique_id'; id: string }
  | { is: 'other'; text: string }

export interface TrustEntry {
  at: string
  effect: 'allow' | 'deny'
  principal: TrustedPrincipal
  scopes: string[]
  condition?: string
}

/** What a role's trust policy says, sorted by the kind of principal. */
export interface Trust {
  entries: TrustEntry[]
  services: string[]
  federated: string[]
  /** Conditions on the federated principals: which repository, audience or group may come in. */
  federatedConditions: string[]
  /** `unconditional` when `*` may assume the role, `conditional` when only under a condition. */
  anyone?: 'unconditional' | 'conditional'
  notEvaluable?: string
}

const texts = z.union([
  z.string().transform((text) => [text]),
  z.array(z.unknown()).transform((list) => list.filter((item) => typeof item === 'string')),
])
const principals = z.record(z.string(), texts.catch([]))
const assumeActions = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity', 'sts:assumeroot']

/** Reads the statements of a trust policy; those that only allow tagging a session are left out. */
export function readTrust(statements: Statement[]): Trust {
  const trust: Trust = { entries: [], services: [], federated: [], federatedConditions: [] }
  for (const statement of statements) {
    const scopes = 'include' in statement.actions ? statement.actions.include : ['*']
    if (!scopes.some((scope) => assumeActions.some((action) => matches(scope.toLowerCase(), action)))) continue
    if (statement.notPrincipal !== undefined) {
      trust.notEvaluable = 'The trust policy names a NotPrincipal'
      continue
    }
    const { principal } = statement
    const parsed = principals.safeParse(typeof principal === 'string' ? { AWS: principal } : principal)
    if (!parsed.success) continue
    for (const [type, values] of Object.entries(parsed.data)) {
      for (const value of values) addPrincipal(trust, statement, scopes, type, value)
    }
  }
  return trust
}

function addPrincipal(trust: Trust, statement: Statement, scopes: string[], type: string, value: string): void {
  const { at, effect, condition } = statement
  if (type === 'AWS' && value !== '*') {
    trust.entries.push({ at, effect, principal: classify(value), scopes, condition })
    return
  }
  if (effect === 'deny') return
  if (type === 'Service') pushOnce(trust.services, value)
  else if (type === 'Federated') {
    pushOnce(trust.federated, value)
    if (condition !== undefined) pushOnce(trust.federatedConditions, condition)
  } else if (type === 'AWS')
    trust.anyone = condition === undefined || trust.anyone === 'unconditional' ? 'unconditional' : 'conditional'
  else
    trust.entries.push({
      at,
      effect,
      principal: { is: 'other', text: type === 'CanonicalUser' ? `${type} ${value}` : type },
      scopes,
      condition,
    })
}

function classify(value: string): TrustedPrincipal {
  if (/^\d{12}$/.test(value)) return { is: 'account', account: value }
  const root = /^arn:[\w-]+:iam::(\d+):root$/.exec(value)
  if (root?.[1] !== undefined) return { is: 'account', account: root[1] }
  const session = /^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\/(.+)$/.exec(value)
  if (session !== null) {
    const [arn, partition = 'aws', account = '', roleName = '', sessionName = ''] = session
    return { is: 'session', account, partition, roleName, sessionName, arn }
  }
  if (/^arn:[\w-]+:iam::\d+:(user|role)\/./.test(value)) return { is: 'principal', arn: value }
  if (/^A[A-Z]{3}[A-Z0-9]{8,}$/.test(value)) return { is: 'unique_id', id: value }
  return { is: 'other', text: value }
}

function pushOnce(list: string[], value: string): void {
  if (!list.includes(value)) list.push(value)
}
