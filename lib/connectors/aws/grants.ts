import type { Privilege, Refusal, ResourceRecord } from '../contract'
import { wordTable } from '../word-table'
import { parseArn } from './arn'
import type { Statement } from './policy'
import { parseAction, privilegeOfAction, privilegeOfActions } from './privileges'
import { accountResource, resourceOfPattern, serviceResource } from './resources'
import { covers, matches } from './wildcards'

/** What one policy does to one resource. */
export interface Grant {
  resource: ResourceRecord
  effect: 'allow' | 'deny'
  scopes: string[]
  privilege?: Privilege
  condition?: string
  notEvaluable?: string
}

/** Actions that are used on another service's resources by design. */
const crossing: Record<string, string[]> = wordTable({ sts: ['iam'], ssm: ['ec2'], 'ec2-instance-connect': ['ec2'] })

/**
 * The grants of a policy's statements, one for each statement and resource. `Resource: "*"` becomes the whole service
 * of each action; an ARN takes the actions of its own service. Actions of no named service are kept on every ARN of
 * the statement and marked.
 */
export function grantsOf(statements: Statement[], account: string): { grants: Grant[]; refused: Refusal[] } {
  const grants: Grant[] = []
  const refused: Refusal[] = []
  for (const statement of statements) {
    if (statement.resources === undefined) {
      refused.push({ at: statement.at, reason: 'The statement names neither Resource nor NotResource' })
      continue
    }
    const { actions, actionNotes } = actionsOf(statement)
    const { patterns, patternNotes } = patternsOf(statement.resources)
    const notes = [...statement.notes, ...actionNotes, ...patternNotes]
    const foreign = foreignActions(actions, patterns)
    for (const pattern of patterns) {
      const targets = /^\*+$/.test(pattern)
        ? wholeTargets(actions, account)
        : arnTargets(pattern, actions, foreign, account)
      if (targets === undefined) {
        refused.push({
          at: statement.at,
          reason: `Resource ${JSON.stringify(pattern.slice(0, 200))} is neither an ARN nor *`,
        })
        continue
      }
      for (const target of targets) {
        if (isExcluded(statement, target.resource)) continue
        const all = [...notes, ...target.notes]
        grants.push({
          resource: target.resource,
          effect: statement.effect,
          scopes: target.scopes,
          privilege: target.privilege,
          condition: statement.condition,
          notEvaluable: all.length === 0 ? undefined : all.join('; '),
        })
      }
    }
  }
  return { grants, refused }
}

interface Target {
  resource: ResourceRecord
  scopes: string[]
  privilege?: Privilege
  notes: string[]
}

function actionsOf({ actions }: Statement): { actions: string[]; actionNotes: string[] } {
  if ('exclude' in actions) {
    if (actions.exclude.includes('*')) return { actions: [], actionNotes: [] }
    return { actions: ['*'], actionNotes: [notActionNote(actions.exclude)] }
  }
  const odd = actions.include.filter((action) => parseAction(action) === undefined)
  const unknown = actions.include.filter(
    (action) => parseAction(action) !== undefined && privilegeOfAction(action) === undefined,
  )
  const actionNotes = odd.length === 0 ? [] : [`not an action of AWS: ${enumerate(odd)}`]
  if (unknown.length > 0)
    actionNotes.push(`actions that are not known, so what they allow is not: ${enumerate(unknown)}`)
  return { actions: actions.include, actionNotes }
}

function patternsOf(resources: NonNullable<Statement['resources']>): { patterns: string[]; patternNotes: string[] } {
  if ('include' in resources) return { patterns: resources.include, patternNotes: [] }
  if (resources.exclude.includes('*')) return { patterns: [], patternNotes: [] }
  return { patterns: ['*'], patternNotes: [`NotResource: every resource except ${enumerate(resources.exclude)}`] }
}

/** Says that an edge shows every action where a policy leaves some out. */
export const notActionNote = (excluded: string[]) => `NotAction: every action except ${enumerate(excluded)}`

function enumerate(names: string[]): string {
  const shown = names.slice(0, 20).join(', ')
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown
}

function serviceOf(action: string): string {
  return parseAction(action)?.service ?? '*'
}

/** The actions whose service is that of none of the statement's ARNs. */
function foreignActions(actions: string[], patterns: string[]): Set<string> {
  if (patterns.some((pattern) => /^\*+$/.test(pattern))) return new Set()
  const services = patterns.flatMap((pattern) => parseArn(pattern)?.service ?? [])
  return new Set(actions.filter((action) => !services.some((service) => belongs(action, service))))
}

function belongs(action: string, service: string): boolean {
  const own = serviceOf(action)
  return service === '*' || matches(own, service) || (crossing[own]?.includes(service) ?? false)
}

function wholeTargets(actions: string[], account: string): Target[] {
  const groups = new Map<string, string[]>()
  for (const action of actions) {
    const service = serviceOf(action)
    const key = /[*?]/.test(service) ? '*' : service
    groups.set(key, [...(groups.get(key) ?? []), action])
  }
  return [...groups].map(([service, scopes]) => ({
    resource: service === '*' ? accountResource(account, account) : serviceResource(service, account),
    scopes,
    privilege: privilegeOfActions(scopes),
    notes: [],
  }))
}

function arnTargets(pattern: string, actions: string[], foreign: Set<string>, account: string): Target[] | undefined {
  const resource = resourceOfPattern(pattern, account)
  const service = parseArn(pattern)?.service
  if (resource === undefined || service === undefined) return undefined
  const scopes = actions.filter((action) => foreign.has(action) || belongs(action, service))
  if (scopes.length === 0) return []
  const notes: string[] = []
  if (scopes.some((action) => foreign.has(action))) notes.push(`actions of another service than ${service}`)
  const variable = /\$\{[^}]*\}/.exec(pattern)?.[0]
  if (variable !== undefined) notes.push(`policy variable ${variable}`)
  const within = (action: string) => (parseAction(action)?.service === '*' && service !== '*' ? `${service}:*` : action)
  return [{ resource, scopes, privilege: privilegeOfActions(scopes.map(within)), notes }]
}

/** True when NotAction leaves nothing of the resource's service. */
function isExcluded({ actions }: Statement, resource: ResourceRecord): boolean {
  const service = resource.attributes?.service
  if ('include' in actions || typeof service !== 'string') return false
  return actions.exclude.some((action) => covers(action.toLowerCase(), `${service}:*`))
}
