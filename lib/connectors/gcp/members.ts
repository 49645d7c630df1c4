import type { NodeRef, NormalisedRecord } from '../contract'
import { everywhere } from './results'

type NodeRecord = Exclude<NormalisedRecord, { type: 'entitlement' }>

/** Whom a member of a binding stands for. */
export type Member =
  | { is: 'known'; ref: NodeRef; record: NodeRecord; instance: string }
  | { is: 'service_account'; email: string }
  | { is: 'gone'; reference: string; reason: string }
  | { is: 'refused'; reason: string }

const workload = /^(?:[\w.:-]+)\.svc\.id\.goog\[([^/\]]+)\/([^\]]+)\]$/

/** Reads one member as IAM writes it: `user:ana@example.org`, `principalSet://…`, `allUsers`. */
export function readMember(member: unknown): Member {
  if (typeof member !== 'string' || member.trim() === '') return { is: 'refused', reason: 'the member is not a text' }
  const value = member.trim()
  if (/^(?:allUsers|principalSet:\/\/goog\/public:all)$/i.test(value)) return open('allUsers', 'Anyone on the internet')
  if (/^allAuthenticatedUsers$/i.test(value)) return open('allAuthenticatedUsers', 'Anyone with a Google account')
  const prefix = /^([A-Za-z]+):/.exec(value)?.[1]
  if (prefix === undefined)
    return {
      is: 'refused',
      reason: `the member ${JSON.stringify(value.slice(0, 100))} has no prefix such as user: or serviceAccount:, so it is not known whom it means`,
    }
  const rest = value.slice(prefix.length + 1)
  if (rest === '') return { is: 'refused', reason: `the member ${value.slice(0, 100)} names nobody` }
  switch (prefix.toLowerCase()) {
    case 'user':
      return human(rest.toLowerCase(), 'is granted a role as user:')
    case 'serviceaccount':
      return account(rest)
    case 'group':
      return role(rest.toLowerCase(), 'group', rest)
    case 'domain':
      return role(`domain:${rest.toLowerCase()}`, 'domain', `Everyone of ${rest}`)
    case 'projectowner':
    case 'projecteditor':
    case 'projectviewer':
      return role(`${prefix}:${rest}`, 'project_role', `${prefix.slice(7)}s of project ${rest}`, { project: rest })
    case 'deleted':
      return { is: 'gone', reference: value, reason: 'was deleted; the binding remains until someone removes it' }
    case 'principal':
      return principal(value)
    case 'principalset':
      return principalSet(value)
    default:
      return {
        is: 'refused',
        reason: `the member ${JSON.stringify(value.slice(0, 100))} is of a kind that is not known`,
      }
  }
}

function open(externalId: string, name: string): Member {
  return role(externalId, 'public', name)
}

function role(externalId: string, kind: string, name: string, attributes?: Record<string, string>): Member {
  const record: NodeRecord = {
    type: 'role',
    externalId,
    kind,
    name,
    ...(attributes === undefined ? {} : { attributes }),
  }
  return { is: 'known', ref: { type: 'role', externalId, global: true }, record, instance: everywhere }
}

function human(email: string, reason: string): Member {
  const record: NodeRecord = { type: 'human', externalId: email, name: email, email, reason }
  return { is: 'known', ref: { type: 'human', externalId: email, global: true }, record, instance: everywhere }
}

function account(value: string): Member {
  const [, namespace, name] = workload.exec(value) ?? []
  if (namespace !== undefined && name !== undefined)
    return federated(value, `${namespace}/${name}`, {
      namespace,
      serviceAccount: name,
      issuer: 'GKE workload identity',
    })
  if (!/^[^\s@]+@[^\s@]+$/.test(value))
    return {
      is: 'refused',
      reason: `the service account ${JSON.stringify(value.slice(0, 100))} is not an e-mail address`,
    }
  return { is: 'service_account', email: value.toLowerCase() }
}

/** One subject of an identity pool: a workload outside of Google Cloud, or a person of the workforce. */
function principal(value: string): Member {
  const [, email] = /^principal:\/\/goog\/subject\/(.+)$/i.exec(value) ?? []
  if (email !== undefined) return human(email.toLowerCase(), 'is granted a role as principal://goog/subject')
  const [, kind, pool, subject] = /\/(workloadIdentityPools|workforcePools)\/([^/]+)\/subject\/(.+)$/.exec(value) ?? []
  if (kind === 'workforcePools' && subject !== undefined) {
    const record: NodeRecord = {
      type: 'human',
      externalId: value,
      name: subject,
      reason: `signs in through the workforce pool ${pool}`,
    }
    return { is: 'known', ref: { type: 'human', externalId: value, global: true }, record, instance: everywhere }
  }
  return federated(value, subject ?? value.slice(value.lastIndexOf('/') + 1), pool === undefined ? {} : { pool })
}

function principalSet(value: string): Member {
  const [, group] = /^principalSet:\/\/goog\/group\/(.+)$/i.exec(value) ?? []
  if (group !== undefined) return role(group.toLowerCase(), 'group', group)
  const [, pool, what] = /\/(?:workloadIdentityPools|workforcePools)\/([^/]+)\/(.+)$/.exec(value) ?? []
  const name = pool === undefined ? value : what === '*' ? `Everyone of pool ${pool}` : `${what} of pool ${pool}`
  return role(value, 'principal_set', name, pool === undefined ? undefined : { pool })
}

function federated(externalId: string, name: string, attributes: Record<string, string>): Member {
  const record: NodeRecord = {
    type: 'identity',
    externalId,
    kind: 'workload',
    name,
    status: 'unknown',
    attributes: { federated: true, ...attributes },
  }
  return { is: 'known', ref: { type: 'identity', externalId, global: true }, record, instance: everywhere }
}

/** Google's own accounts: they act for a service, are in no listing and have no keys. */
export function isServiceAgent(email: string): boolean {
  return (
    /^service-(?:org-|folder-)?\d+@/.test(email) ||
    /@gcp-sa-[a-z0-9-]+\.iam\.gserviceaccount\.com$/.test(email) ||
    /@(?:cloudservices|cloudbuild|system|container-engine-robot\.iam|compute-system\.iam)\.gserviceaccount\.com$/.test(
      email,
    )
  )
}

/** The project that a service account's address names; `undefined` for the default accounts that carry a number. */
export function projectOfEmail(email: string): string | undefined {
  const own = /@([^@]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1]
  if (own !== undefined) {
    const [name = '', ...domain] = own.split('.')
    return domain.length === 0 ? name : `${domain.join('.')}:${name}`
  }
  return /^([^@]+)@appspot\.gserviceaccount\.com$/.exec(email)?.[1]
}
