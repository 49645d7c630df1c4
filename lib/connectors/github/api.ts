import type { MapContext, MapResult, ParsedFile } from '../contract'
import { RecordSet } from '../record-set'
import { mapAuditEvent } from './audit-log'
import { type Fields, idText, isFields, list, own, text } from './fields'
import { mapHook } from './hooks'
import { hostIn, idsOf, type Scope, scopeOfAddress, scopeOfName } from './ids'
import { mapApp, mapInstallation, mapIssuedToken } from './installations'
import { mapDeployKey, mapGpgKey, mapUserKey } from './keys'
import { addAccount, addOwner, addRepository, type Mapping } from './mapping'
import { rolePrivilege } from './privileges'
import { passedOver, type Shape, shapeOf } from './recognise'
import { mapRunner, mapRunnerGroup, mapSubjectClaims, mapTeam } from './runners'
import { mapSecret, mapSecretAlert, mapVariable } from './secrets'
import { mapCredentialAuthorization, mapOauthToken, mapTokenGrant, mapTokenRequest } from './tokens'
import { type Entry, entriesOf, type Hint, isCollection, isMessage } from './unwrap'
import { grantSecretsToWorkflows, mapEnvironment, mapWorkflow } from './workflows'

/** Objects looked at before a file is taken for another format. */
const lookedAt = 300

/** True for answers of GitHub's API in any envelope. Alerts alone are a scanner's report, not this. */
export function isApiAnswer(value: unknown): boolean {
  if (isCollection(value)) return true
  if (!isFields(value) && !Array.isArray(value)) return false
  if (isFields(value) && isMessage(value)) return /github/i.test(text(value.documentation_url) ?? '')
  let left = lookedAt
  for (const entry of entriesOf(value)) {
    if (entry.kind === 'none' && own(value, 'total_count') === 0 && entry.reason.startsWith('an empty list'))
      return true
    const shape = entry.kind === 'object' ? shapeOf(entry.value, entry.hint) : undefined
    if (shape !== undefined && shape !== 'secret-alert') return true
    if (--left <= 0) return false
  }
  return false
}

type ObjectEntry = Extract<Entry, { kind: 'object' }> & { shape: Shape }

/** Answers of GitHub's API to records. */
export function mapApiAnswers(file: ParsedFile, context: MapContext): MapResult {
  const values =
    file.kind === 'json'
      ? [{ value: file.value, at: '$' }]
      : file.kind === 'yaml'
        ? file.documents.map(({ value, line }) => ({ value, at: `line ${line}` }))
        : []
  const host = values.map(({ value }) => hostIn(value)).find((found) => found !== undefined)
  const records = new RecordSet()
  const entries: ObjectEntry[] = []
  for (const { value, at } of values)
    for (const entry of entriesOf(value, at)) {
      const shape = entry.kind === 'object' ? shapeOf(entry.value, entry.hint) : undefined
      if (entry.kind === 'object' && shape !== undefined) entries.push({ ...entry, shape })
      else leaveOut(entry, records)
    }
  const mapping: Mapping = {
    records,
    ids: idsOf(instanceOf(host, context)),
    fingerprint: context.fingerprint,
    assumed: assumedScope(entries, context),
    organizations: organizationsIn(entries),
  }
  const repositories = repositoriesByParent(entries)
  // Granted tokens before requests for the same ones, runner groups before runners, whatever the file's order.
  const order: Shape[] = ['token-grant', 'runner-group', 'installation']
  const rank = (shape: Shape) => (order.includes(shape) ? order.indexOf(shape) : order.length)
  for (const entry of entries.toSorted((a, b) => rank(a.shape) - rank(b.shape))) mapEntry(entry, mapping, repositories)
  grantSecretsToWorkflows(mapping)
  const instance = instanceOf(host, context)
  return records.finish({ system: 'github', instance, instanceName: `GitHub ${instance}` })
}

/** The host: by the file's own addresses, else by the user's word where it is one, else github.com. */
export function instanceOf(host: string | undefined, { instance }: MapContext): string {
  if (host !== undefined) return host
  return instance !== undefined && /^[\w-]+(?:\.[\w-]+)+(?::\d+)?$/.test(instance) ? instance : 'github.com'
}

function leaveOut(entry: Entry, records: RecordSet): void {
  const { at, hint } = entry
  const reason = entry.kind === 'none' ? entry.reason : passedOver(entry.value)
  const operation = hint.operation === undefined ? '' : `${hint.operation}: `
  if (reason === undefined) records.passOver(at, `${operation}no object of GitHub's that can be imported`)
  else if (entry.kind === 'none' && entry.fault && hint.operation === undefined) records.refuse(at, reason)
  else records.passOver(at, `${operation}${reason}; nothing to import`)
}

function mapEntry(
  { at, hint, value, shape }: ObjectEntry,
  mapping: Mapping,
  repositories: Map<string, unknown[]>,
): void {
  const plain: Partial<Record<Shape, () => void>> = {
    'credential-authorization': () => mapCredentialAuthorization(value, at, mapping),
    'token-grant': () => mapTokenGrant(value, at, mapping, repositories.get(idText(value.id) ?? '')),
    'token-request': () => mapTokenRequest(value, at, mapping),
    'oauth-token': () => mapOauthToken(value, at, mapping),
    installation: () => void mapInstallation(value, at, mapping, { repositories: list(value.repositories) }),
    app: () => mapApp(value, at, mapping),
    'issued-token': () => mapIssuedToken(value, hint.path, mapping),
    'deploy-key': () => mapDeployKey(value, at, mapping, { path: hint.path }),
    'ssh-key': () => mapUserKey(value, at, mapping),
    'gpg-key': () => mapGpgKey(value, at, mapping),
    secret: () => void mapSecret(value, at, hint, mapping),
    variable: () => mapVariable(value, at, hint, mapping),
    'secret-alert': () => mapSecretAlert(value, at, mapping, value.repository),
    hook: () => mapHook(value, at, mapping, hint.path),
    'hook-config': () => mapHook(value, at, mapping, hint.path),
    runner: () => mapRunner(value, at, hint, mapping),
    'runner-group': () => mapRunnerGroup(value, at, hint, mapping),
    workflow: () => mapWorkflow(value, at, hint, mapping),
    environment: () => mapEnvironment(value, at, hint, mapping),
    'audit-event': () => mapAuditEvent(value, at, mapping),
    'subject-claims': () => mapSubjectClaims(value, hint, mapping),
    team: () => mapTeam(value, at, mapping),
    repository: () => void addRepository(value, mapping),
    membership: () => mapMembership(value, mapping),
    account: () => mapAccount(value, hint, mapping),
  }
  plain[shape]?.()
}

function mapMembership(value: Fields, mapping: Mapping): void {
  const organization = text(own(value.organization, 'login'))
  addOwner(organization, mapping)
  addAccount(value.user, mapping, `is a member${organization === undefined ? '' : ` of ${organization}`}`)
}

function mapAccount(value: Fields, hint: Hint, mapping: Mapping): void {
  const outside = /outside_collaborators/.test(hint.path ?? '')
  const role = text(own(value, 'role_name')) ?? text(value.graphRole)
  // A GraphQL answer tells of an organization only its name and address.
  const isOrganization = Object.hasOwn(value, 'members_url') || Object.keys(value).toSorted().join() === 'login,url'
  const type = isOrganization ? 'Organization' : text(value.type)
  const known = role === undefined ? 'a user account of GitHub' : `a user account with the role ${role.toLowerCase()}`
  const account = addAccount(
    { ...value, ...(type === undefined ? {} : { type }) },
    mapping,
    outside ? 'an outside collaborator' : known,
  )
  const scope = scopeOfAddress(hint.path ?? '') ?? mapping.assumed
  if (account === undefined || account.type === 'resource' || role === undefined) return
  if (scope?.owner === undefined || scope.repository === undefined || !Object.hasOwn(value, 'role_name')) return
  const repository = addRepository({ full_name: `${scope.owner}/${scope.repository}` }, mapping)
  const privilege = rolePrivilege(role)
  if (repository !== undefined)
    mapping.records.edge({
      kind: 'grants',
      from: account,
      to: repository,
      basis: 'entitlement',
      scopes: [`role:${role}`],
      ...(privilege === undefined ? { notEvaluable: `unknown role: ${role}` } : { privilege }),
    })
}

/** What the file leaves open: the user's word, or the only repository or owner that the file speaks of. */
function assumedScope(entries: ObjectEntry[], { instance }: MapContext): Scope | undefined {
  const named = instance === undefined || /\.\w+$/.test(instance) ? undefined : scopeOfName(instance)
  if (named !== undefined) return named
  if (entries.some(({ hint }) => hint.operation !== undefined)) return undefined
  const pages = new Set<string>()
  for (const { value, shape } of entries) {
    const address = text(own(value, 'html_url')) ?? ''
    const page = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(?:blob|tree|settings|actions|deployments)\//.exec(address)?.[1]
    const fullName = shape === 'repository' ? text(own(value, 'full_name')) : page
    if (fullName !== undefined) pages.add(fullName)
  }
  const [only, ...others] = pages
  return only === undefined || others.length > 0 ? undefined : scopeOfName(only)
}

function organizationsIn(entries: ObjectEntry[]): Map<string, string> {
  const known = new Map<string, string>()
  const note = (account: unknown) => {
    const login = text(own(account, 'login'))
    const id = idText(own(account, 'id'))
    if (login !== undefined && id !== undefined && own(account, 'type') === 'Organization') known.set(id, login)
  }
  for (const { value } of entries)
    for (const account of [value, value.owner, value.account, value.organization]) note(account)
  return known
}

function repositoriesByParent(entries: ObjectEntry[]): Map<string, unknown[]> {
  const known = new Map<string, unknown[]>()
  for (const { hint, shape, value } of entries) {
    if (hint.parent === undefined || shape !== 'repository') continue
    const listed = known.get(hint.parent) ?? []
    listed.push(value)
    known.set(hint.parent, listed)
  }
  return known
}
