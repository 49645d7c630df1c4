import type { ResourceRecord } from '../contract'
import { wordTable } from '../word-table'
import type { Accounts } from './accounts'
import type { Entry } from './entries'
import { field, idText, instant, isFields, text, texts } from './fields'
import { locate } from './names'
import { everywhere, type Results } from './results'

type Attributes = NonNullable<ResourceRecord['attributes']>

/** The service whose resource a kind of entry is, for its full resource name. */
const services: Record<string, string> = wordTable({
  organization: 'cloudresourcemanager',
  folder: 'cloudresourcemanager',
  key_ring: 'cloudkms',
  crypto_key: 'cloudkms',
  secret: 'secretmanager',
  bucket: 'storage',
  pool: 'iam',
  provider: 'iam',
})

/** What is not a principal: projects, folders, key rings, keys, secrets, buckets, identity pools. */
export function mapResource({ kind, value, at, around }: Entry, accounts: Accounts, results: Results): void {
  const name = text(value.name) ?? ''
  if (kind === 'project') {
    mapProject(value, results)
    return
  }
  const service = services[kind]
  if (service === undefined || name === '') return
  const organization = kind === 'folder' ? around.organization : undefined
  const project = accounts.projectOf(idText(field(value, 'projectNumber')) ?? around.project)
  const { resource, instance } = locate(`//${service}.googleapis.com/${name}`, project, organization)
  const tooled = kind === 'provider' || kind === 'pool'
  results.add(instance, {
    ...resource,
    name: text(field(value, 'displayName')) ?? resource.name,
    ...(tooled ? { kind: kind === 'pool' ? 'identity_pool' : 'identity_provider' } : {}),
    attributes: { ...resource.attributes, ...factsOf(value) },
  })
  if (kind === 'provider' && issuerOf(value) === undefined)
    results.refuse(at, `the provider ${resource.name} is neither of AWS, OIDC, SAML nor X.509`)
}

function mapProject(value: Entry['value'], results: Results): void {
  const id = text(field(value, 'projectId')) ?? ''
  const title = text(field(value, 'displayName')) ?? text(value.name)
  const parent = parentOf(value.parent)
  results.add(id, {
    type: 'resource',
    externalId: `//cloudresourcemanager.googleapis.com/projects/${id}`,
    kind: 'account',
    name: id,
    attributes: {
      ...(title === undefined || title === id || title.startsWith('projects/') ? {} : { title }),
      ...(parent === undefined ? {} : { parent }),
      ...factsOf(value),
    },
  })
}

/** `{type: organization, id: 1}` of version 1, `organizations/1` of version 3. */
function parentOf(parent: unknown): string | undefined {
  const type = text(field(parent, 'type'))
  const id = idText(field(parent, 'id'))
  return type === undefined || id === undefined ? text(parent) : `${type}s/${id}`
}

function factsOf(value: Entry['value']): Attributes {
  const facts: Attributes = {}
  const texts2: [string, unknown][] = [
    ['number', field(value, 'projectNumber')],
    ['state', value.state ?? field(value, 'lifecycleState')],
    ['createdAt', instant(field(value, 'createTime')) ?? instant(field(value, 'creationTime'))],
    ['purpose', value.purpose],
    ['rotationPeriod', field(value, 'rotationPeriod')],
    ['nextRotationAt', instant(field(value, 'nextRotationTime'))],
    ['issuer', issuerOf(value)],
    ['attributeCondition', field(value, 'attributeCondition')],
    ['customerId', field(value.owner, 'directoryCustomerId')],
  ]
  for (const [key, fact] of texts2) {
    const known = idText(fact)
    if (known !== undefined) facts[key] = known
  }
  const audiences = texts(field(value.oidc, 'allowedAudiences'))
  if (audiences.length > 0) facts.allowedAudiences = audiences.slice(0, 50)
  const mapping = field(value, 'attributeMapping')
  if (isFields(mapping)) {
    facts.attributeMapping = Object.entries(mapping)
      .slice(0, 50)
      .map(([key, expression]) => `${key} = ${text(expression) ?? ''}`)
  }
  if (value.disabled === true) facts.disabled = true
  return facts
}

/** Who vouches for the identities of a provider. */
function issuerOf(value: Entry['value']): string | undefined {
  const account = idText(field(value.aws, 'accountId'))
  if (account !== undefined) return `AWS account ${account}`
  if (isFields(value.saml)) return 'SAML'
  if (isFields(value.x509)) return 'X.509'
  return text(field(value.oidc, 'issuerUri'))
}

/** People and groups of Workspace that stand beside the policies which name them. */
export function mapPerson({ kind, value, at }: Entry, results: Results): void {
  if (kind === 'membership') {
    mapMembers(value, results)
    return
  }
  const email = text(field(value, 'primaryEmail') ?? value.email)?.toLowerCase()
  if (email === undefined) {
    results.refuse(at, `the ${kind} has no e-mail address`)
    return
  }
  const name = text(field(value.name, 'fullName')) ?? text(value.name) ?? email
  if (kind === 'group') results.add(everywhere, { type: 'role', externalId: email, kind: 'group', name })
  else
    results.add(everywhere, { type: 'human', externalId: email, name, email, reason: 'is a user of Google Workspace' })
}

function mapMembers(value: Entry['value'], results: Results): void {
  for (const [group, members] of Object.entries(value)) {
    for (const member of Array.isArray(members) ? members : []) {
      const email = text(field(member, 'email'))?.toLowerCase()
      if (email === undefined) continue
      const isGroup = text(field(member, 'type')) === 'GROUP'
      const type = isGroup ? 'role' : email.endsWith('gserviceaccount.com') ? 'identity' : 'human'
      results.edge(everywhere, {
        kind: 'member_of',
        from: { type, externalId: email, global: true },
        to: { type: 'role', externalId: group.toLowerCase(), global: true },
        scopes: [text(field(member, 'role')) ?? 'MEMBER'],
        basis: 'entitlement',
      })
    }
  }
}
