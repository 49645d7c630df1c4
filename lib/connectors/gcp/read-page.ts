import type {
  IdentityRecord,
  MapContext,
  MapResult,
  NormalisedRecord,
  ParsedFile,
  Refusal,
  Unresolved,
} from '../contract'
import { askEach, unlessForbidden, unlessGone } from '../json-source'
import type { Call, DiscoveryPage, IdentityRights, RightsReport, Skipped } from '../live-contract'
import { type Detail, type Snapshot, Snapshots } from '../snapshot-pages'
import { accountName, administer, type GoogleSession, listAll, permittedOn } from './client'
import { field, isFields, text } from './fields'
import { mapGoogleCloud, takeSurvey } from './map'
import { projectOfEmail } from './members'

/** What the entries of a reading must know of one another, for what is asked page by page. */
const surveys = new WeakMap<GoogleSession, unknown>()

interface Mapped {
  records: NormalisedRecord[]
  refused: Refusal[]
  unresolved: Unresolved[]
}

const fileOf = (value: unknown): ParsedFile => ({ kind: 'json', name: 'answers', value })

/** Results of all projects of the file together: they are of one connection. */
function mapped(value: unknown, context: MapContext): Mapped {
  return mapGoogleCloud(fileOf(value), context).reduce<Mapped>(
    (all, { records, refused, unresolved }: MapResult) => ({
      records: [...all.records, ...records],
      refused: [...all.refused, ...refused],
      unresolved: [...all.unresolved, ...unresolved],
    }),
    { records: [], refused: [], unresolved: [] },
  )
}

const policyQuestion = { method: 'POST' as const, body: { options: { requestedPolicyVersion: 3 } } }

/** Projects with their policies, service accounts and roles of their own, mapped as files of the same answers are. */
async function readProjects(session: GoogleSession, call: Call): Promise<Snapshot> {
  session.permissions.clear()
  const skipped: Skipped[] = []
  const part = async <T>(scope: string, read: Promise<T>) =>
    unlessForbidden(read, ({ message }) => skipped.push({ scope, reason: message }))
  const entries: object[] = []
  const { organization } = session.config
  const places = [...session.projects.map((project) => `projects/${project}`)]
  if (organization !== '') places.push(`organizations/${organization}`)
  for (const place of places) {
    const read = administer(session, session.resources, { method: 'GET', path: `/v3/${place}` }, call)
    const about = await part(`the facts of ${place}`, read)
    const policy = await part(
      `the policy of ${place}`,
      administer(session, session.resources, { ...policyQuestion, path: `/v3/${place}:getIamPolicy` }, call),
    )
    entries.push({ ...(isFields(about) ? about : { name: place }), ...holderOf(place), ...withPolicy(policy) })
    const roles = listAll(session, `${place}/roles`, 'roles', call, { view: 'FULL' })
    for (const role of (await part(`the roles of ${place}`, roles)) ?? []) entries.push(role as object)
  }
  for (const project of session.projects) {
    const list = listAll(session, `projects/${project}/serviceAccounts`, 'accounts', call)
    for (const account of (await part(`the service accounts of ${project}`, list)) ?? []) {
      entries.push(account as object)
      const email = text(field(account, 'email'))?.toLowerCase()
      if (email !== undefined) session.homes.set(email, project)
    }
  }
  const survey = takeSurvey(fileOf(entries), takeSurvey(fileOf(entries), undefined, 1), 2)
  surveys.set(session, survey)
  return { ...mapped(entries, { ...session.setting, survey }), skipped }
}

/** Whose the policy is, where the answer was not given: a project's id. */
const holderOf = (place: string) =>
  place.startsWith('projects/') ? { projectId: place.slice('projects/'.length) } : {}

/** One that grants nothing is no gap: it was asked for. */
const withPolicy = (policy: unknown) => {
  const bindings = field(policy, 'bindings')
  return Array.isArray(bindings) && bindings.length > 0 ? { iamPolicy: policy } : {}
}

/** Keys of accounts, who may act as them, and what may be done with them: questions for each, so page by page. */
async function readAccounts(
  session: GoogleSession,
  identities: readonly IdentityRecord[],
  call: Call,
): Promise<Detail> {
  const found = await askEach(identities, (identity) => readAccount(session, identity, call))
  const skipped = new Map(found.flatMap((each) => (each.skipped ?? []).map((part) => [part.scope, part])))
  return {
    rights: found.flatMap(({ rights }) => rights),
    records: found.flatMap(({ records = [] }) => records),
    refused: found.flatMap(({ refused = [] }) => refused),
    unresolved: found.flatMap(({ unresolved = [] }) => unresolved),
    skipped: [...skipped.values()],
  }
}

async function readAccount(session: GoogleSession, identity: IdentityRecord, call: Call): Promise<Detail> {
  const { externalId: email } = identity
  const project = session.homes.get(email)
  if (project === undefined)
    return { rights: [{ identity: email, rotate: false, revoke: false, why: whyNot(session, identity) }] }
  const name = accountName(project, email)
  const skipped: Skipped[] = []
  const part = async <T>(scope: string, read: Promise<T>) =>
    unlessGone(unlessForbidden(read, ({ message }) => skipped.push({ scope, reason: message })))
  const keys = await part('keys', listAll(session, `${name}/keys`, 'keys', call, { keyTypes: 'USER_MANAGED' }))
  const policy = await part(
    'policies of service accounts',
    administer(session, session.iam, { ...policyQuestion, method: 'POST', path: `/v1/${name}:getIamPolicy` }, call),
  )
  const account = {
    name: `projects/${project}/serviceAccounts/${email}`,
    email,
    projectId: project,
    ...withPolicy(policy),
  }
  const context = { ...session.setting, survey: surveys.get(session) }
  const { records, ...rest } = mapped([account, ...(keys ?? [])], context)
  return {
    rights: [await rightsOf(session, project, email, call)],
    // The account itself was told from the listing, which says more of it.
    records: records.filter((record) => record.type !== 'identity' || record.externalId !== email),
    ...{ ...rest, skipped },
  }
}

function whyNot({ projects }: GoogleSession, { kind, externalId }: IdentityRecord): string {
  if (kind !== 'service_account') return 'is no service account of Google Cloud'
  const project = projectOfEmail(externalId)
  return project === undefined || !projects.includes(project)
    ? 'is of a project that this connection does not read'
    : 'is named in a policy, and no service account of that name is there'
}

const pages = new Snapshots<GoogleSession>(readProjects, readAccounts)

export const readPage = (
  session: GoogleSession,
  from: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> => pages.page(session, from, call)

export const selfOf = ({ own }: GoogleSession) => [
  own.email ?? '',
  `projects/${own.project}/serviceAccounts/${own.email}/keys/${own.id}`,
]

const toRotate = ['iam.serviceAccountKeys.create', 'iam.serviceAccountKeys.delete']
const toRevoke = [
  ...['iam.serviceAccountKeys.disable', 'iam.serviceAccountKeys.delete'],
  ...['iam.serviceAccounts.disable', 'iam.serviceAccounts.delete'],
]
const acting = [...new Set([...toRotate, ...toRevoke])]

/** In the whole project, or on the account itself. */
async function rightsOf(session: GoogleSession, project: string, email: string, call: Call): Promise<IdentityRights> {
  const [own] = selfOf(session)
  if (email === own)
    return { identity: email, rotate: false, revoke: false, why: 'is the account that this connection signs in as' }
  const everywhere = await permissionsIn(session, project, call)
  const isAll = acting.every((permission) => everywhere.has(permission))
  const place = `/v1/${accountName(project, email)}`
  const here = isAll ? everywhere : await permittedOn(session, session.iam, place, acting, call)
  const lacking = (permissions: string[]) => permissions.filter((each) => !everywhere.has(each) && !here.has(each))
  const missing = [...new Set([...lacking(toRotate), ...lacking(toRevoke)])]
  return {
    ...{ identity: email, rotate: lacking(toRotate).length === 0, revoke: lacking(toRevoke).length === 0 },
    ...(missing.length === 0 ? {} : { why: `lacks ${missing.join(', ')}` }),
  }
}

const reading = [
  ...['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.list', 'iam.roles.get'],
  ...['iam.serviceAccounts.list', 'iam.serviceAccounts.getIamPolicy', 'iam.serviceAccountKeys.list'],
]
const bringingBack = ['iam.serviceAccounts.enable', 'iam.serviceAccountKeys.enable', 'iam.serviceAccounts.undelete']
const giving = ['resourcemanager.projects.setIamPolicy']

async function permissionsIn(session: GoogleSession, project: string, call: Call): Promise<ReadonlySet<string>> {
  const known = session.permissions.get(project)
  if (known !== undefined) return known
  const all = [...reading, ...acting, ...bringingBack, ...giving]
  const found = await permittedOn(session, session.resources, `/v3/projects/${project}`, all, call)
  session.permissions.set(project, found)
  return found
}

export async function describeRights(session: GoogleSession, call: Call): Promise<RightsReport> {
  const statements: RightsReport['statements'] = []
  for (const project of session.projects) {
    const held = await permissionsIn(session, project, call)
    const where = session.projects.length === 1 ? '' : ` in ${project}`
    const say = (what: string, permissions: string[]) => {
      const missing = permissions.filter((permission) => !held.has(permission)).join(', ')
      statements.push(
        missing === '' ? { what: what + where, allowed: true } : { what: what + where, allowed: false, missing },
      )
    }
    say('See service accounts and who may act as them', [
      'iam.serviceAccounts.list',
      'iam.serviceAccounts.getIamPolicy',
    ])
    say('See keys', ['iam.serviceAccountKeys.list'])
    say('See policies and roles', reading.slice(0, 4))
    say('Make and delete keys', toRotate)
    say('Switch keys and accounts off and on, delete and bring back', [...toRevoke, ...bringingBack])
    say('Give and take roles', [...giving, 'resourcemanager.projects.getIamPolicy'])
  }
  return { account: session.own.email ?? '', product: `Google Cloud, ${session.projects.join(', ')}`, statements }
}
