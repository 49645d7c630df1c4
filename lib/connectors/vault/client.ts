import { z } from 'zod'
import { field, list, path, text } from '../json-fields'
import { askJson, demandGood, type JsonAnswer, type JsonQuestion, type JsonSource } from '../json-source'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { endpointFields } from '../outbound'
import { Secret } from '../secret'

const mountForm = /^[\w.-]+(\/[\w.-]+)*$/

export const vaultConfig = z.object({
  ...endpointFields(8200),
  namespace: z
    .string()
    .trim()
    .regex(/^[\w./-]*$/, 'must be the path of a namespace')
    .default('')
    .meta({ title: 'Namespace', description: 'Where the server has namespaces' }),
  mount: z
    .string()
    .trim()
    .regex(mountForm, 'must be a path without slashes at its ends')
    .default('approle')
    .meta({ title: 'Path of sign-in', description: 'Where the AppRole that the connection signs in as is mounted' }),
  roleId: z.string().trim().min(1).max(4096).meta({ title: 'Role id', description: 'Of that AppRole' }),
  secretId: secretField('Secret id', 'Of that AppRole'),
  mounts: z
    .string()
    .trim()
    .max(20_000)
    .regex(/^[\w./-]*(\s*,\s*[\w./-]+)*$/, 'must be paths with commas between them')
    .default('')
    .meta({
      title: 'AppRole paths to read',
      description: 'Paths with commas between them. Empty: every AppRole method of the server',
      isScope: true,
    }),
  accessors: z.enum(['read', 'leave']).default('read').meta({
    title: 'Tokens',
    description:
      'read: tokens that were made by hand, by their accessors, which needs sudo on auth/token/accessors. leave: none',
    isScope: true,
  }),
})
type VaultConfig = z.output<typeof vaultConfig>

export interface VaultSession {
  config: VaultConfig
  setting: LiveSetting
  source: JsonSource
  token: Secret
  /** Of the connection's own token and AppRole. */
  own: { accessor: string; role: string; secretAccessor?: string }
  version: string
}

const reasonOf = (body: unknown) => {
  const said = list(field(body, 'errors')).filter((each): each is string => typeof each === 'string')
  return said.length === 0 ? text(path(body, 'data', 'error')) : said.join('; ')
}

export async function openVault(config: VaultConfig, setting: LiveSetting, call: Call): Promise<VaultSession> {
  const source = { title: 'Vault', endpoint: config, outbound: setting.outbound, reasonOf }
  const session: VaultSession = {
    config,
    setting,
    source,
    token: new Secret(''),
    own: { accessor: '', role: '' },
    version: '',
  }
  const health = await ask(session, { method: 'GET', path: '/sys/health?standbyok=true&perfstandbyok=true' }, call)
  session.version = text(field(health.body, 'version'))?.slice(0, 60) ?? 'of an unknown version'
  await signIn(session, call)
  const question: JsonQuestion = {
    ...{ method: 'POST', path: `/auth/${config.mount}/role/${encodeURIComponent(session.own.role)}/secret-id/lookup` },
    body: { secret_id: config.secretId.reveal() },
  }
  const { status, body } = await ask(session, question, call)
  const accessor = status === 200 ? text(path(body, 'data', 'secret_id_accessor')) : undefined
  if (accessor !== undefined) session.own.secretAccessor = accessor
  return session
}

/** The token ends with the connection. What cannot be ended ends by itself. */
export async function closeVault(session: VaultSession): Promise<void> {
  const call = { signal: AbortSignal.timeout(5_000), pace: async () => {} }
  await ask(session, { method: 'POST', path: '/auth/token/revoke-self' }, call)
}

/** A sign-in by AppRole; the answer says whether it was taken. */
export function logIn(session: VaultSession, mount: string, roleId: string, secret: Secret, call: Call) {
  const body = { role_id: roleId, secret_id: secret.reveal() }
  const question: JsonQuestion = {
    method: 'POST',
    path: `/auth/${mount}/login`,
    body,
    headers: { 'x-vault-token': '' },
  }
  return ask(session, question, call, [secret])
}

/** @throws LiveError `login_refused`, `unexpected_answer` */
async function signIn(session: VaultSession, call: Call): Promise<void> {
  const { mount, roleId, secretId } = session.config
  const { status, body, reason } = await logIn(session, mount, roleId, secretId, call)
  const auth = field(body, 'auth')
  const token = text(field(auth, 'client_token'))
  if (status === 400 || status === 403)
    throw new LiveError('login_refused', `Vault refused the AppRole or its secret id: ${reason}`)
  const role = text(path(auth, 'metadata', 'role_name'))
  if (status !== 200 || token === undefined || role === undefined)
    throw new LiveError('unexpected_answer', `What answers there is no AppRole of Vault (${reason}).`)
  session.token = new Secret(token)
  session.own = { ...session.own, role, accessor: text(field(auth, 'accessor')) ?? '' }
}

/** One question under `/v1`, with the connection's own token unless the question has another. */
export function ask(
  { source, config, token }: VaultSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<JsonAnswer> {
  const headers: Record<string, string> = {
    ...{ 'x-vault-token': token.reveal(), 'x-vault-request': 'true' },
    ...(config.namespace === '' ? {} : { 'x-vault-namespace': config.namespace }),
    ...question.headers,
  }
  if (headers['x-vault-token'] === '') delete headers['x-vault-token']
  return askJson(source, { ...question, path: `/v1${question.path}`, headers }, call, [token, ...secrets])
}

/**
 * The `data` of a good answer. Vault says "permission denied" also for a token that ended: then another is taken.
 * @throws LiveError as `demandGood`
 */
export async function administer(
  session: VaultSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<unknown> {
  let answer = await ask(session, question, call, secrets)
  if (answer.status === 403 && (await isTokenDead(session, call))) {
    await signIn(session, call)
    answer = await ask(session, question, call, secrets)
  }
  return field(demandGood(session.source, answer), 'data')
}

const isTokenDead = async (session: VaultSession, call: Call) =>
  (await ask(session, { method: 'GET', path: '/auth/token/lookup-self' }, call)).status === 403

/** Names of a list; none where Vault says that there is nothing. @throws LiveError `forbidden` */
export async function listKeys(session: VaultSession, place: string, call: Call): Promise<string[]> {
  try {
    const data = await administer(session, { method: 'GET', path: `${place}?list=true` }, call)
    return list(field(data, 'keys')).filter((key): key is string => typeof key === 'string')
  } catch (error) {
    if (error instanceof LiveError && error.code === 'not_found') return []
    throw error
  }
}

/** Paths asked about at once. */
const pathsAtOnce = 200

/** What the connection may do on each path, as Vault says it: nothing is tried. */
export async function capabilitiesOn(
  session: VaultSession,
  paths: string[],
  call: Call,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (let from = 0; from < paths.length; from += pathsAtOnce) {
    const part = paths.slice(from, from + pathsAtOnce)
    const data = await administer(
      session,
      { method: 'POST', path: '/sys/capabilities-self', body: { paths: part } },
      call,
    )
    for (const each of part)
      found.set(
        each,
        list(field(data, each)).filter((word): word is string => typeof word === 'string'),
      )
  }
  return found
}
