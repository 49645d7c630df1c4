import { X509Certificate } from 'node:crypto'
import type { CredentialRecord, IdentityRecord, NodeRef } from '../contract'
import { wordTable } from '../word-table'
import { type Fields, field, isFields, list, text, textMap } from './fields'

/** What a user of a kubeconfig signs in with, and as whom. */
export interface Principal {
  ref: NodeRef
  records: (IdentityRecord | CredentialRecord)[]
  /** Cloud identities whose tokens its program fetches, by ids that are unique everywhere. */
  acts: { to: NodeRef; how: string }[]
  groups: string[]
  isEmpty: boolean
}

type Fingerprint = (secret: string) => string

/** What `kubectl config view` prints in place of a value. */
const isLeftOut = (value: string) => /^(?:REDACTED|DATA\+OMITTED)$/.test(value)

function traces(
  value: string | undefined,
  fingerprint: Fingerprint,
): Pick<CredentialRecord, 'fingerprint' | 'lastFour'> {
  if (value === undefined || isLeftOut(value)) return {}
  const isKey = value.includes('-----BEGIN')
  return { fingerprint: fingerprint(value), ...(value.length >= 12 && !isKey ? { lastFour: value.slice(-4) } : {}) }
}

const decoded = (value: string | undefined) =>
  value === undefined || isLeftOut(value) ? value : Buffer.from(value, 'base64').toString('utf8').trim()

/** Everything that one user of the file signs in with; names of files, programs and variables are kept, values are not. */
export function credentialsOf(name: string, user: Fields, fingerprint: Fingerprint): Principal {
  const certificate = readCertificate(user)
  const token = text(field(user, 'token'))
  const claims = token === undefined ? undefined : claimsOf(token)
  const provider = field(field(user, 'auth-provider'), 'config')
  const ref = refOf(name, text(field(user, 'username')), certificate?.name, claims?.subject)
  const records: CredentialRecord[] = []
  const add = (what: string, record: Omit<CredentialRecord, 'type' | 'externalId' | 'subject' | 'status'>) =>
    records.push({
      type: 'credential',
      externalId: `kubeconfig:${name}#${what}`,
      subject: ref,
      status: 'active',
      ...record,
    })

  if (
    certificate !== undefined ||
    field(user, 'client-key-data') !== undefined ||
    field(user, 'client-key') !== undefined
  )
    add('client-certificate', {
      credentialType: 'certificate',
      name: `Client certificate of ${name}`,
      ...traces(decoded(text(field(user, 'client-key-data'))), fingerprint),
      ...(certificate?.dates ?? {}),
      attributes: {
        ...(certificate?.facts ?? {}),
        ...file('keyFile', user, 'client-key'),
        ...file('certificateFile', user, 'client-certificate'),
      },
    })
  if (token !== undefined || field(user, 'tokenFile') !== undefined)
    add('token', {
      credentialType: 'access_token',
      name: `Token of ${name}`,
      ...traces(token, fingerprint),
      ...(claims === undefined ? {} : { expiresAt: claims.expiresAt }),
      attributes: file('tokenFile', user, 'tokenFile'),
    })
  const password = text(field(user, 'password'))
  if (password !== undefined)
    add('password', { credentialType: 'password', name: `Password of ${name}`, ...traces(password, fingerprint) })
  for (const [key, value] of Object.entries(isFields(provider) ? textMap(provider) : {})) {
    const credentialType = providerSecrets[key]
    if (credentialType !== undefined)
      add(key, { credentialType, name: `${key} of ${name}`, ...traces(value, fingerprint) })
  }
  const program = readProgram(field(user, 'exec'))
  for (const [variable, value] of program?.secrets ?? [])
    add(`exec/${variable}`, { credentialType: 'client_secret', name: variable, ...traces(value, fingerprint) })
  const identity = identityOf(ref, name, certificate?.name !== undefined, user, program)
  return {
    ref,
    records: [...(identity === undefined ? [] : [identity]), ...records],
    acts: program?.acts ?? [],
    groups: certificate?.groups ?? [],
    isEmpty: records.length === 0 && program === undefined && !isFields(field(user, 'auth-provider')),
  }
}

const providerSecrets: Record<string, CredentialRecord['credentialType']> = wordTable({
  'access-token': 'access_token',
  'id-token': 'access_token',
  'refresh-token': 'refresh_token',
  'client-secret': 'client_secret',
})

const file = (attribute: string, user: Fields, key: string): Record<string, string> => {
  const path = text(field(user, key))
  return path === undefined ? {} : { [attribute]: path.slice(0, 300) }
}

/** The user by the name that the cluster knows it by: of its token, its certificate, its password; else the file's own name. */
function refOf(
  name: string,
  login: string | undefined,
  certificate: string | undefined,
  subject: string | undefined,
): NodeRef {
  const known = subject ?? certificate ?? login
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(known ?? '')
  if (account !== null) return { type: 'identity', externalId: `serviceaccount:${account[1]}:${account[2]}` }
  return { type: 'identity', externalId: known === undefined ? `kubeconfig:${name}` : `user:${known}` }
}

function identityOf(
  { externalId }: NodeRef,
  name: string,
  isCertified: boolean,
  user: Fields,
  program: Program | undefined,
): IdentityRecord | undefined {
  if (externalId.startsWith('serviceaccount:')) return undefined
  const provider = text(field(field(user, 'auth-provider'), 'name'))
  const as = text(field(user, 'as'))
  return {
    type: 'identity',
    externalId,
    kind: isCertified ? 'certificate_principal' : 'api_client',
    name: externalId.startsWith('user:') ? externalId.slice(5) : name,
    status: 'unknown',
    attributes: {
      kubeconfigUser: name,
      ...(program === undefined ? {} : { signsInBy: program.command }),
      ...(provider === undefined ? {} : { authProvider: provider }),
      ...(as === undefined ? {} : { actsAs: as }),
    },
  }
}

interface Certificate {
  name?: string | undefined
  groups?: string[]
  dates?: Pick<CredentialRecord, 'createdAt' | 'expiresAt'>
  facts: Record<string, string>
}

function readCertificate(user: Fields): Certificate | undefined {
  const data = text(field(user, 'client-certificate-data'))
  if (data === undefined || isLeftOut(data)) {
    const isNamed = data !== undefined || field(user, 'client-certificate') !== undefined
    return isNamed ? { facts: { certificate: 'not in the file' } } : undefined
  }
  try {
    const { subject, validFrom, validTo, serialNumber, issuer } = new X509Certificate(Buffer.from(data, 'base64'))
    const parts = subject.split('\n')
    const of = (key: string) =>
      parts.flatMap((part) => (part.startsWith(`${key}=`) ? [part.slice(key.length + 1)] : []))
    return {
      name: of('CN')[0],
      groups: of('O'),
      dates: { createdAt: new Date(validFrom).toISOString(), expiresAt: new Date(validTo).toISOString() },
      facts: { serialNumber, issuer: issuer.replaceAll('\n', ', ').slice(0, 300) },
    }
  } catch {
    return { facts: { certificate: 'cannot be read' } }
  }
}

/** Whose a token is and when it ends, where it is a JSON Web Token of a cluster. */
function claimsOf(token: string): { subject: string | undefined; expiresAt: string | null } | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    const seconds = field(claims, 'exp')
    const ends = typeof seconds === 'number' && seconds > 0 && seconds < 253_402_300_800
    const subject = text(field(claims, 'sub'))
    return {
      subject: subject?.startsWith('system:') === true ? subject : undefined,
      expiresAt: ends ? new Date(seconds * 1000).toISOString() : null,
    }
  } catch {
    return undefined
  }
}

interface Program {
  command: string
  acts: { to: NodeRef; how: string }[]
  secrets: [name: string, value: string][]
}

const namesSecret = /secret|token|passw|api_?key|private_?key/i

/** Options of sign-in programs that name a cloud identity: `aws … --role-arn`, `kubelogin --client-id`. */
const identityOptions: { option: RegExp; valid: RegExp }[] = [
  { option: /^(?:--role(?:-arn)?|-r|AWS_ROLE_ARN)$/, valid: /^arn:[\w-]+:iam::\d{12}:role\/\S+$/ },
  { option: /^(?:--client-id|AZURE_CLIENT_ID)$/, valid: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i },
  {
    option: /^(?:--impersonate[_-]service[_-]account|CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT)$/,
    valid: /^[^\s@]+@[^\s@]+\.gserviceaccount\.com$/,
  },
]

function readProgram(exec: unknown): Program | undefined {
  const command = text(field(exec, 'command'))
  if (command === undefined) return undefined
  const words = list(field(exec, 'args')).flatMap((word) => (typeof word === 'string' ? word.split(/=(.*)/s, 2) : []))
  const variables = list(field(exec, 'env')).flatMap((entry): [string, string][] => {
    const [name, value] = [text(field(entry, 'name')), text(field(entry, 'value'))]
    return name === undefined || value === undefined ? [] : [[name.slice(0, 200), value]]
  })
  const given: [string, string][] = [
    ...words.flatMap((word, index): [string, string][] => {
      const value = words[index + 1]
      return word.startsWith('-') && value !== undefined && !value.startsWith('-') ? [[word, value]] : []
    }),
    ...variables,
  ]
  const acts = given.flatMap(([option, value]) => {
    const known = identityOptions.find((one) => one.option.test(option) && one.valid.test(value))
    if (known === undefined) return []
    const externalId = value.startsWith('arn:') ? value : value.toLowerCase()
    return [{ to: { type: 'identity' as const, externalId, global: true }, how: option }]
  })
  const secrets = given.filter(([name, value]) => namesSecret.test(name) && !/^(?:true|false|\/\S*|\d+)$/.test(value))
  return { command: command.slice(command.lastIndexOf('/') + 1).slice(0, 100), acts, secrets }
}
