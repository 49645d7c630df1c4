import type { NodeRef, NormalisedRecord } from '../contract'

type NodeRecord = Exclude<NormalisedRecord, { type: 'entitlement' }>

/** Where people, groups and the public live: they belong to no project. The same word as in the Google Cloud files' importer. */
export const everywhere = 'google-cloud'

/** Whom a member of a binding stands for; a service account is only named, never described, by a binding. */
export type Member = { ref: NodeRef; record?: NodeRecord; instance: string } | { gone: string } | { refused: string }

const fromCluster = /^[\w.:-]+\.svc\.id\.goog\[([^/\]]+)\/([^\]]+)\]$/

/** Reads one member as IAM writes it: `user:ana@example.org`, `principalSet://…`, `allUsers`. */
export function readMember(member: unknown): Member {
  if (typeof member !== 'string' || member.trim() === '') return { refused: 'The member is not a text' }
  const value = member.trim()
  if (value === 'allUsers' || value === 'allAuthenticatedUsers')
    return role(value, 'public', value === 'allUsers' ? 'Anyone on the internet' : 'Anyone with a Google account')
  const prefix = /^([A-Za-z]+):/.exec(value)?.[1]
  const rest = prefix === undefined ? '' : value.slice(prefix.length + 1)
  if (prefix === undefined || rest === '')
    return {
      refused: `The member ${JSON.stringify(value.slice(0, 100))} has no prefix such as user: or serviceAccount:`,
    }
  switch (prefix.toLowerCase()) {
    case 'user':
      return person(rest.toLowerCase())
    case 'serviceaccount':
      return account(rest)
    case 'group':
      return role(rest.toLowerCase(), 'group', rest)
    case 'domain':
      return role(`domain:${rest.toLowerCase()}`, 'domain', `Everyone of ${rest}`)
    case 'projectowner':
    case 'projecteditor':
    case 'projectviewer':
      return role(`${prefix}:${rest}`, 'project_role', `${prefix.slice(7)}s of project ${rest}`)
    case 'deleted':
      return { gone: value }
    case 'principal':
      return federated(value, /\/subject\/(.+)$/.exec(value)?.[1] ?? value)
    case 'principalset':
      return role(value, 'principal_set', value.slice(value.lastIndexOf('Pools/') + 1))
    default:
      return { refused: `The member ${JSON.stringify(value.slice(0, 100))} is of a kind that is not known` }
  }
}

function person(email: string): Member {
  const ref: NodeRef = { type: 'human', externalId: email, global: true }
  return {
    ref,
    record: { type: 'human', externalId: email, name: email, email, reason: 'is granted a role as user:' },
    instance: everywhere,
  }
}

function role(externalId: string, kind: string, name: string): Member {
  const ref: NodeRef = { type: 'role', externalId, global: true }
  return { ref, record: { type: 'role', externalId, kind, name }, instance: everywhere }
}

function account(value: string): Member {
  const [, namespace, name] = fromCluster.exec(value) ?? []
  if (namespace !== undefined && name !== undefined) return federated(value, `${namespace}/${name}`)
  if (!/^[^\s@]+@[^\s@]+$/.test(value))
    return { refused: `The service account ${JSON.stringify(value.slice(0, 100))} is no e-mail address` }
  return { ref: { type: 'identity', externalId: value.toLowerCase(), global: true }, instance: everywhere }
}

function federated(externalId: string, name: string): Member {
  const ref: NodeRef = { type: 'identity', externalId, global: true }
  const record: NodeRecord = {
    type: 'identity',
    externalId,
    kind: 'workload',
    name,
    status: 'unknown',
    attributes: { federated: true },
  }
  return { ref, record, instance: everywhere }
}

/** The project that a service account's address names. */
export function projectOfEmail(email: string): string | undefined {
  const own = /@([^@]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1]
  if (own === undefined) return /^([^@]+)@appspot\.gserviceaccount\.com$/.exec(email)?.[1]
  const [name = '', ...domain] = own.split('.')
  return domain.length === 0 ? name : `${domain.join('.')}:${name}`
}
