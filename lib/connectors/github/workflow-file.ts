import type { MapContext, MapResult, NodeRef, ParsedFile } from '../contract'
import { RecordSet } from '../record-set'
import { instanceOf } from './api'
import { type Fields, isFields, list, own, text } from './fields'
import { idsOf, scopeOfName } from './ids'
import { addRepository, type Mapping, permissionsOf, withAttributes } from './mapping'
import { gradePermissions } from './privileges'
import { credentialTypeOf, isMasked, lastFourOf, namesSecret } from './secret-names'

/** Deeper than any real step. */
const deepest = 12

/** True for a GitHub Actions workflow: triggers and jobs that run somewhere. */
export function isWorkflow(value: unknown): value is Fields {
  if (!isFields(value) || !isFields(value.jobs) || triggersOf(value) === undefined) return false
  return Object.values(value.jobs).some(
    (job) => isFields(job) && ['runs-on', 'steps', 'uses'].some((key) => Object.hasOwn(job, key)),
  )
}

/** `on`, which YAML 1.1 reads as true. */
function triggersOf(value: Fields): string[] | undefined {
  const key = Object.hasOwn(value, 'on') ? 'on' : Object.hasOwn(value, 'true') ? 'true' : undefined
  if (key === undefined) return undefined
  const on = value[key]
  if (typeof on === 'string') return [on]
  return Array.isArray(on) ? on.filter((entry) => typeof entry === 'string') : isFields(on) ? Object.keys(on) : []
}

/** Where a step takes a cloud identity, and what such an identity is called there. */
const logins = [
  {
    action: /^aws-actions\/configure-aws-credentials(?:@|$)/,
    input: 'role-to-assume',
    where: 'AWS',
    valid: /^arn:[\w-]+:iam::\d{12}:role\/\S+$/,
  },
  {
    action: /^google-github-actions\/auth(?:@|$)/,
    input: 'service_account',
    where: 'Google Cloud',
    valid: /^[^\s@]+@[^\s@]+\.gserviceaccount\.com$/,
  },
  {
    action: /^azure\/login(?:@|$)/i,
    input: 'client-id',
    where: 'Azure',
    valid: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  },
]

/** Workflow files to records: the workflow as a workload, the cloud identities it takes, the secrets it names. */
export function mapWorkflowFile(file: ParsedFile, context: MapContext): MapResult {
  const instance = instanceOf(undefined, context)
  const records = new RecordSet()
  const named =
    context.instance === undefined || context.instance === instance ? undefined : scopeOfName(context.instance)
  const mapping: Mapping = {
    records,
    ids: idsOf(instance),
    fingerprint: context.fingerprint,
    assumed: named,
    organizations: new Map(),
  }
  if (file.kind === 'yaml')
    for (const { value, line } of file.documents) {
      if (isWorkflow(value)) mapOne(value, file.name, `line ${line}`, mapping)
      else records.refuse(`line ${line}`, 'is no workflow: it has no triggers (on) or no jobs that run')
    }
  return records.finish({ system: 'github', instance, instanceName: `GitHub ${instance}` })
}

function mapOne(value: Fields, fileName: string, at: string, mapping: Mapping): void {
  const { records, ids, assumed } = mapping
  const base = fileName.split(/[\\/]/).at(-1) ?? fileName
  const path = `.github/workflows/${base}`
  const fullName =
    assumed?.owner === undefined || assumed.repository === undefined
      ? undefined
      : `${assumed.owner}/${assumed.repository}`
  const jobs = Object.entries(isFields(value.jobs) ? value.jobs : {}).filter((entry): entry is [string, Fields] =>
    isFields(entry[1]),
  )
  const steps = jobs.flatMap(([, job]) => list(job.steps).filter(isFields))
  const permissions = [own(value, 'permissions'), ...jobs.map(([, job]) => job.permissions)]
  const token = mergedPermissions(permissions)
  const workflow = records.add({
    type: 'identity',
    externalId: ids.workflow(fullName ?? '(repository)', path).externalId,
    kind: 'workload',
    name: text(value.name) ?? base,
    status: 'unknown',
    ...withAttributes({
      path,
      repository: fullName,
      triggers: triggersOf(value) ?? [],
      jobs: jobs.map(([name]) => name),
      tokenPermissions: permissions.every((held) => held === undefined)
        ? undefined
        : Object.entries(token).map(([name, level]) => `${name}:${level}`),
      requestsIdToken: token['id-token'] === 'write' ? true : undefined,
      runsOn: [...new Set(jobs.flatMap(([, job]) => runnersOf(job)))],
      environments: [...new Set(jobs.flatMap(([, job]) => environmentOf(job) ?? []))],
      uses: [...new Set(steps.flatMap((step) => text(step.uses) ?? []))].slice(0, 100),
      calls: jobs.flatMap(([, job]) => text(job.uses) ?? []),
    }),
  })
  const repository = addRepository({ full_name: fullName }, mapping)
  if (repository !== undefined) {
    records.edge({ kind: 'owns_code', from: repository, to: workflow, basis: 'declared' })
    const { 'id-token': _, ...rest } = token
    const graded = gradePermissions(rest)
    if (graded.scopes.length > 0)
      records.edge({ kind: 'grants', from: workflow, to: repository, basis: 'declared', ...graded })
  } else
    records.unresolved(
      workflow.externalId,
      at,
      'a workflow file does not say of which repository it is; name the source owner/repository',
    )
  noteSecrets({ env: value.env }, 'every job', path, workflow, mapping)
  for (const [name, job] of jobs) {
    for (const step of list(job.steps)) mapLogin(step, name, environmentOf(job), at, workflow, mapping)
    noteSecrets(job, `job ${name}`, path, workflow, mapping)
  }
}

/** The most that any job's token may do; `read-all` and `write-all` stand for every permission. */
function mergedPermissions(all: unknown[]): Record<string, string> {
  const merged: Record<string, string> = {}
  for (const held of all) {
    const given =
      held === 'read-all' || held === 'write-all'
        ? { contents: held.slice(0, -4), all: held.slice(0, -4) }
        : permissionsOf(held)
    for (const [name, level] of Object.entries(given))
      if (merged[name] !== 'write' && /^(?:read|write|none)$/.test(level)) merged[name] = level
  }
  return merged
}

function runnersOf(job: Fields): string[] {
  const on = job['runs-on']
  if (typeof on === 'string') return [on]
  const labels = isFields(on) ? on.labels : on
  return typeof labels === 'string' ? [labels] : list(labels).flatMap((label) => text(label) ?? [])
}

function environmentOf(job: Fields): string | undefined {
  return text(job.environment) ?? text(own(job.environment, 'name'))
}

function mapLogin(
  step: unknown,
  job: string,
  environment: string | undefined,
  at: string,
  from: NodeRef,
  { records }: Mapping,
): void {
  const action = text(own(step, 'uses'))
  const login = logins.find((candidate) => candidate.action.test(action ?? ''))
  if (login === undefined || !isFields(own(step, 'with'))) return
  const given = text(own(own(step, 'with'), login.input))
  if (given === undefined) return
  if (!login.valid.test(given)) {
    const why = given.includes('${{')
      ? 'is given by an expression, whose value the file does not hold'
      : `is not an id that ${login.where} issues`
    records.unresolved(
      `${login.input} of job ${job}`,
      at,
      `the identity that the workflow takes in ${login.where} ${why}`,
    )
    return
  }
  // Azure compares ids without regard to case, and its own files are read so.
  const externalId = login.where === 'Azure' ? given.toLowerCase() : given
  const to: NodeRef = { type: 'identity', externalId, global: true }
  records.edge({
    kind: 'assumes',
    from,
    to,
    basis: 'declared',
    scopes: ['id-token:write'],
    ...(environment === undefined ? {} : { condition: `job ${job}, environment ${environment}` }),
  })
  records.unresolved(externalId, at, `lives in ${login.where}; it links when an export of ${login.where} is imported`)
}

/** Secrets named in expressions, and secrets written into the file in plain text. */
function noteSecrets(
  job: Fields,
  place: string,
  path: string,
  workflow: NodeRef,
  { records, fingerprint }: Mapping,
): void {
  const named = new Set<string>()
  const written: [string, string][] = []
  collect(job, '', named, written, 0)
  for (const name of named)
    records.add({
      type: 'sighting',
      externalId: `${workflow.externalId}#${place}/${name}`,
      name,
      place: `${path}, ${place}, secrets.${name}`,
      credentialType: credentialTypeOf(name),
      attributes: { namedOnly: true },
    })
  for (const [name, value] of written) {
    const lastFour = lastFourOf(value)
    records.add({
      type: 'sighting',
      externalId: `${workflow.externalId}#${place}/${name} in plain text`,
      name,
      place: `${path}, ${place}, ${name}`,
      fingerprint: fingerprint(value),
      ...(lastFour === undefined ? {} : { lastFour }),
      credentialType: credentialTypeOf(name),
      attributes: { plainText: true },
    })
  }
}

function collect(value: unknown, key: string, named: Set<string>, written: [string, string][], depth: number): void {
  if (depth > deepest) return
  if (typeof value === 'string') {
    for (const [, name] of value.matchAll(/\bsecrets\.([A-Za-z_]\w*)|\bsecrets\[['"]([A-Za-z_]\w*)['"]\]/g))
      if (name !== undefined && name !== 'GITHUB_TOKEN') named.add(name)
    const plain = value.length >= 8 && !/\s|\$\{\{|\$\(/.test(value) && !isMasked(value)
    if (plain && namesSecret(key) && !/^(?:true|false|[\d.]+|https?:\S+|[./]\S*)$/.test(value))
      written.push([key, value])
  } else if (Array.isArray(value)) for (const entry of value) collect(entry, key, named, written, depth + 1)
  else if (isFields(value))
    for (const [name, entry] of Object.entries(value)) collect(entry, name, named, written, depth + 1)
}
