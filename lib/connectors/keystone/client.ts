import { z } from 'zod'
import { pathField, secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, endpointFields } from '../outbound'
import { askHttp, type HttpQuestion, retryAfterMs } from '../outbound-http'
import { Secret, withoutSecrets } from '../secret'
import { type Login, readLogins } from './logins'

const name = (title: string, description: string) => z.string().trim().min(1).max(255).meta({ title, description })

export const keystoneConfig = z.object({
  ...endpointFields(5000),
  path: pathField('Path', 'What comes before /v3: /identity where one address serves all of OpenStack'),
  user: name('User', 'Name of the user that the connection signs in as'),
  userDomain: name('Domain of the user', 'Its name').default('Default'),
  password: secretField('Password'),
  scope: z.enum(['system', 'project']).default('system').meta({
    title: 'Signs in to',
    description:
      'system: the whole cloud, where the user has a role on it. project: one project, as older clouds need it',
  }),
  project: name('Project', 'Name of the project to sign in to').optional(),
  projectDomain: name('Domain of the project', 'Its name').default('Default'),
  domains: z.string().max(20_000).default('').meta({
    title: 'Domains to read',
    description:
      'Names or ids with commas between them. Empty: all. Where people have a domain of their own, leave it out',
    isScope: true,
  }),
  logins: secretField(
    'Users whose application credentials are renewed',
    'One on each line: id or name of the user, and its password. Keystone lets only the user itself make them',
  )
    .optional()
    .meta({ isLong: true }),
})
type KeystoneConfig = z.output<typeof keystoneConfig>

export interface KeystoneSession {
  config: KeystoneConfig
  setting: LiveSetting
  token: Secret
  userId: string
  roles: readonly string[]
  logins: readonly Login[]
  /** Users as they were listed last, for the pages of one walk. */
  listed: { users: unknown[]; isCut: boolean; until: number } | undefined
}

export interface Answer {
  status: number
  /** `{}` where nothing came, or no JSON. */
  body: Record<string, unknown>
  /** The token that the answer brings. */
  token?: Secret
  reason: string
}

export async function openKeystone(config: KeystoneConfig, setting: LiveSetting, call: Call): Promise<KeystoneSession> {
  if (config.scope === 'project' && config.project === undefined)
    throw new LiveError('invalid_config', 'Name the project to sign in to.')
  const session: KeystoneSession = {
    ...{ config, setting, token: new Secret(''), userId: '', roles: [], listed: undefined },
    logins: readLogins(config.logins?.reveal() ?? ''),
  }
  await signIn(session, call)
  return session
}

/** @throws LiveError `login_refused`, `unexpected_answer` */
async function signIn(session: KeystoneSession, call: Call): Promise<void> {
  const { user, userDomain, password, scope, project, projectDomain } = session.config
  const where =
    scope === 'system' ? { system: { all: true } } : { project: { name: project, domain: { name: projectDomain } } }
  const who = { name: user, domain: { name: userDomain }, password: password.reveal() }
  const { status, body, token, reason } = await logIn(session, byPassword(who), where, [password], call)
  if (status === 401 || status === 403)
    throw new LiveError('login_refused', 'Keystone refused the user, its password, or a role on what it signs in to.')
  const said = Signed.safeParse(body)
  if (status !== 201 || token === undefined || !said.success)
    throw new LiveError('unexpected_answer', `What answers there is not Keystone (${reason}).`)
  session.token = token
  session.userId = said.data.token.user.id
  session.roles = said.data.token.roles?.map((role) => role.name) ?? []
}

const Signed = z.object({
  token: z.object({
    user: z.object({ id: z.string() }),
    roles: z.array(z.object({ name: z.string() })).optional(),
  }),
})

export const byPassword = (user: object) => ({ methods: ['password'], password: { user } })

/** A sign-in of whoever it is; the answer says whether it was taken. */
export function logIn(
  session: KeystoneSession,
  identity: object,
  scope: object | undefined,
  secrets: readonly Secret[],
  call: Call,
): Promise<Answer> {
  const body = JSON.stringify({ auth: { identity, ...(scope === undefined ? {} : { scope }) } })
  return ask(session, { method: 'POST', path: '/auth/tokens?nocatalog', body }, call, secrets)
}

/** Ends a token that was only taken to see whether it is given. What cannot be ended ends by itself. */
export async function endToken(session: KeystoneSession, token: Secret, by: Secret, call: Call): Promise<void> {
  const headers = { 'x-auth-token': by.reveal(), 'x-subject-token': token.reveal() }
  await ask(session, { method: 'DELETE', path: '/auth/tokens', headers }, call, [token, by])
}

/** One question; what fails for all of them is thrown, everything else is the caller's. */
export async function ask(
  { config, setting }: KeystoneSession,
  question: HttpQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<Answer> {
  await call.pace()
  const place = await checkPlace(config, setting.outbound)
  const path = `${(config.path ?? '').replace(/\/+$/, '')}/v3${question.path}`
  const headers = {
    ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...question.headers,
  }
  const answer = await askHttp(place, { ...question, path, headers }, call.signal)
  const { status } = answer
  if (status === 429 || status === 503) throw new LiveError('rate_limited', 'Keystone is busy.', retryAfterMs(answer))
  if (status >= 500) throw new LiveError('unreachable', `Keystone failed with ${status}.`)
  if (status >= 300 && status < 400)
    throw new LiveError(
      'unexpected_answer',
      'Keystone points elsewhere, which is not followed. Name the right address.',
    )
  const body = parse(answer.text)
  const given = answer.headers['x-subject-token']
  const error = body.error as { message?: unknown } | undefined
  const said = typeof error?.message === 'string' ? error.message : ''
  return {
    ...{ status, body },
    ...(typeof given === 'string' ? { token: new Secret(given) } : {}),
    reason: withoutSecrets(said, secrets).slice(0, 300) || `it answered ${status}`,
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/**
 * One question with the connection's own rights.
 * @throws LiveError `forbidden`, `not_found`, `conflict`, `refused_by_source`
 */
export async function administer(
  session: KeystoneSession,
  question: { method: HttpQuestion['method']; path: string; body?: object },
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<Record<string, unknown>> {
  const { method, path, body } = question
  const once = () =>
    ask(
      session,
      {
        ...{ method, path, headers: { 'x-auth-token': session.token.reveal() } },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      call,
      [session.token, ...secrets],
    )
  let answer = await once()
  if (answer.status === 401) {
    // Tokens live for an hour or so, and whoever changes the user ends them.
    await signIn(session, call)
    answer = await once()
  }
  const { status, reason } = answer
  if (status === 401 || status === 403) throw new LiveError('forbidden', `Keystone does not allow it: ${reason}`)
  if (status === 404) throw new LiveError('not_found', `Keystone knows no such thing (any more): ${reason}`)
  if (status === 409) throw new LiveError('conflict', `Keystone refused it: ${reason}`)
  if (status >= 400) throw new LiveError('refused_by_source', `Keystone refused it: ${reason}`)
  return answer.body
}
