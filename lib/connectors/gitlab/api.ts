import type { MapContext, MapResult, ParsedFile } from '../contract'
import { withCrowds } from '../crowds'
import { RecordSet } from '../record-set'
import { powers } from './crowds'
import { type Fields, idText, isFields, own, text } from './fields'
import { mapDeployKey, mapSshKey } from './keys'
import { addGroup, addProject, addUser, type Mapping, placeOf } from './mapping'
import { gradeRole } from './privileges'
import { isWeak, type Shape, shapeOf } from './recognise'
import { mapIssuedRunner, mapRunner } from './runners'
import { mapAccessToken, mapAgent, mapApplication, mapDeployToken, mapTrigger } from './tokens'
import { type Entry, entriesOf, type Hint, isGitlabError } from './unwrap'
import { mapHook, mapJobTokenScope, mapVariable } from './variables'

/** Objects looked at before a file is taken for another format. */
const lookedAt = 300

/** True for answers of GitLab's API: at least one object that is no other system's. */
export function isApiAnswer(value: unknown): boolean {
  if (isGitlabError(value)) return true
  let left = lookedAt
  if (!isFields(value) && !Array.isArray(value)) return false
  for (const entry of entriesOf(value)) {
    const shape = entry.kind === 'object' ? shapeOf(entry.value, entry.hint) : undefined
    if (entry.kind === 'object' && shape !== undefined && !isWeak(shape, entry.value)) return true
    if (--left <= 0) return false
  }
  return false
}

type ObjectEntry = Extract<Entry, { kind: 'object' }> & { shape: Shape }

/** Users first, so that a token finds what its user is. */
const order: Shape[] = ['service-account', 'user', 'member', 'project', 'group']

/** Answers of GitLab's API to records. */
export function mapApiAnswers(file: ParsedFile, context: MapContext): MapResult {
  const values =
    file.kind === 'json'
      ? [{ value: file.value, at: '$' }]
      : file.kind === 'yaml'
        ? file.documents.map(({ value, line }) => ({ value, at: `line ${line}` }))
        : []
  const records = new RecordSet()
  const entries: ObjectEntry[] = []
  for (const { value, at } of values)
    for (const entry of entriesOf(value, at)) {
      const shape = entry.kind === 'object' ? shapeOf(entry.value, entry.hint) : undefined
      if (entry.kind === 'object' && shape !== undefined) entries.push({ ...entry, shape })
      else if (entry.kind === 'none') records.refuse(entry.at, entry.reason)
      else records.passOver(entry.at, "no object of GitLab's that can be imported")
    }
  const host = instanceIn(
    values.map(({ value }) => value),
    context,
  )
  const mapping: Mapping = { records, fingerprint: context.fingerprint, host, literals: literalsIn(values[0]?.value) }
  const rank = (shape: Shape) => (order.includes(shape) ? order.indexOf(shape) : order.length)
  for (const entry of entries.toSorted((a, b) => rank(a.shape) - rank(b.shape))) mapEntry(entry, mapping)
  return withCrowds(
    records.finish({ system: 'gitlab', instance: host, instanceName: `GitLab ${host}` }),
    powers,
    context.isPiece,
  )
}

function mapEntry({ at, hint, value, shape }: ObjectEntry, mapping: Mapping): void {
  const plain: Record<Shape, () => void> = {
    'access-token': () => mapAccessToken(value, at, hint, mapping),
    'deploy-token': () => mapDeployToken(value, at, hint, mapping),
    runner: () => mapRunner(value, at, hint, mapping),
    'issued-runner': () => mapIssuedRunner(value, at, mapping),
    'deploy-key': () => mapDeployKey(value, at, hint, mapping),
    'ssh-key': () => mapSshKey(value, at, mapping),
    variable: () => mapVariable(value, at, hint, mapping),
    trigger: () => mapTrigger(value, at, hint, mapping),
    hook: () => mapHook(value, at, hint, mapping),
    application: () => mapApplication(value, at, mapping),
    agent: () => mapAgent(value, at, mapping),
    'agent-token': () => mapAgent(value, at, mapping),
    'job-token-scope': () => mapJobTokenScope(value, hint, mapping),
    member: () => mapMember(value, hint, mapping),
    user: () => void addUser(value, mapping, 'a user account of GitLab', /service_accounts/.test(hint.path ?? '')),
    'service-account': () => void addUser(value, mapping, 'a user account of GitLab', true),
    project: () => void addProject(value, mapping),
    group: () => void addGroup(value, mapping),
  }
  plain[shape]()
}

/** A member of a project or group, with the role. */
function mapMember(value: Fields, hint: Hint, mapping: Mapping): void {
  const member = addUser(value, mapping, 'a member of a project or group')
  const place = placeOf(hint, mapping)
  const expiresAt = text(own(value, 'expires_at'))
  if (member === undefined || place === undefined) return
  mapping.records.edge({
    kind: 'grants',
    from: member,
    to: place,
    basis: 'entitlement',
    ...gradeRole(own(value, 'access_level')),
    ...(expiresAt === undefined ? {} : { expiresAt: `${expiresAt.slice(0, 10)}T00:00:00.000Z` }),
  })
}

/** Addresses looked at before the instance is taken from the user's word. */
const addressesLookedAt = 5_000

/** The instance by the addresses of its own pages in the file, else by the user's word, else gitlab.com. */
export function instanceIn(values: unknown[], { instance }: MapContext): string {
  let left = addressesLookedAt
  const search = (value: unknown, depth: number): string | undefined => {
    if (depth > 10 || left-- <= 0 || typeof value !== 'object' || value === null) return undefined
    if (isFields(value)) {
      const address =
        text(value.web_url) ??
        Object.entries(value).find(([key, held]) => /GITLAB_URL$/.test(key) && text(held) !== undefined)?.[1]
      // An address without a scheme is read as one of the scheme `gitlab.example:`, which has no host.
      const host = typeof address === 'string' && URL.canParse(address) ? new URL(address).host : ''
      if (host !== '') return host
    }
    for (const entry of Object.values(value)) {
      const found = search(entry, depth + 1)
      if (found !== undefined) return found
    }
    return undefined
  }
  return search(values, 0) ?? instance ?? 'gitlab.com'
}

/** Numbers of the one project and the one group that a file of literals names. */
function literalsIn(root: unknown): Mapping['literals'] {
  if (!isFields(root)) return {}
  const numberOf = (pattern: RegExp) => {
    const found = Object.entries(root).filter(([key, held]) => pattern.test(key) && idText(held) !== undefined)
    return found.length === 1 ? idText(found[0]?.[1]) : undefined
  }
  const project = numberOf(/PROJECT_ID$/)
  const group = numberOf(/GROUP_ID$/)
  return { ...(project === undefined ? {} : { project }), ...(group === undefined ? {} : { group }) }
}
