import { z } from 'zod'
import { askJson, demandGood, type JsonAnswer, type JsonQuestion, type JsonSource, usualReason } from '../json-source'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { endpointFields } from '../outbound'
import { Secret } from '../secret'
import { field, list, text } from './fields'
import { type KeyFile, readKeyFile, signedAssertion } from './key-file'

const { host, ...endpoint } = endpointFields(443)

export const googleConfig = z.object({
  host: host.default('iam.googleapis.com').meta({ title: 'Host of IAM' }),
  ...endpoint,
  resourceHost: host.default('cloudresourcemanager.googleapis.com').meta({ title: 'Host of the Resource Manager' }),
  loginHost: host.default('oauth2.googleapis.com').meta({
    title: 'Host for sign-in',
    description: 'Where keys are shown for tokens. What the key’s own file says is not followed',
  }),
  key: secretField(
    'Key of the service account',
    'The JSON file, as Google gave it, of the account that the connection signs in as',
  ).meta({ isLong: true }),
  projects: z
    .string()
    .trim()
    .max(20_000)
    .regex(/^[a-z0-9:.-]*(\s*,\s*[a-z0-9:.-]+)*$/, 'must be ids of projects with commas between them')
    .default('')
    .meta({
      title: 'Projects to read',
      description: 'Ids with commas between them. Empty: the project of the service account',
      isScope: true,
    }),
  organization: z
    .string()
    .trim()
    .regex(/^\d*$/, 'must be the number of an organization')
    .default('')
    .meta({ title: 'Organization', description: 'Its number, where its policy is to be read too', isScope: true }),
})
type GoogleConfig = z.output<typeof googleConfig>

export interface GoogleSession {
  config: GoogleConfig
  setting: LiveSetting
  iam: JsonSource
  resources: JsonSource
  login: JsonSource
  own: KeyFile
  token: Secret
  projects: readonly string[]
  /** The project in which an account was found, by address: that of Google’s default accounts is not in it. */
  homes: Map<string, string>
  /** What the connection may do in a whole project. */
  permissions: Map<string, ReadonlySet<string>>
}

export async function openGoogle(config: GoogleConfig, setting: LiveSetting, call: Call): Promise<GoogleSession> {
  const own = readKeyFile(config.key.reveal())
  if (own?.email === undefined || own.project === undefined)
    throw new LiveError('invalid_config', 'The key is not the JSON file that Google gives for a service account.')
  const source = (title: string, name: string): JsonSource => ({
    ...{ title, endpoint: { ...config, host: name }, outbound: setting.outbound, reasonOf: usualReason },
  })
  const wanted = config.projects.split(',').flatMap((project) => project.trim() || [])
  const session: GoogleSession = {
    ...{ config, setting, own, token: new Secret(''), homes: new Map(), permissions: new Map() },
    ...{ iam: source('Google IAM', config.host), resources: source('Google Resource Manager', config.resourceHost) },
    ...{ login: source('Google', config.loginHost), projects: wanted.length === 0 ? [own.project] : wanted },
  }
  await signIn(session, call)
  // Whatever IAM answers, it is there and takes the token.
  const question: JsonQuestion = {
    ...{ method: 'POST', path: `/v1/${accountName(own.project, own.email)}:testIamPermissions` },
    body: { permissions: ['iam.serviceAccounts.get'] },
  }
  const { status } = await ask(session, session.iam, question, call)
  if (status === 401) throw new LiveError('login_refused', 'Google IAM does not take the token of the service account.')
  return session
}

export const accountName = (project: string, email: string) =>
  `projects/${encodeURIComponent(project)}/serviceAccounts/${encodeURIComponent(email)}`

/** A sign-in by an assertion that the key signs (RFC 7523); the answer says whether it was taken. */
export function logIn(session: GoogleSession, key: KeyFile, email: string, call: Call): Promise<JsonAnswer> {
  const assertion = signedAssertion(key, email, `https://${session.config.loginHost}/token`)
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const question: JsonQuestion = { method: 'POST', path: '/token', headers, body: body.toString() }
  return askJson(session.login, question, call, [new Secret(assertion)])
}

/** @throws LiveError `login_refused`, `unexpected_answer` */
async function signIn(session: GoogleSession, call: Call): Promise<void> {
  const { status, body, reason } = await logIn(session, session.own, session.own.email ?? '', call)
  const token = text(field(body, 'access_token'))
  if (status === 200 && token !== undefined) {
    session.token = new Secret(token)
    return
  }
  if (text(field(body, 'error')) === undefined)
    throw new LiveError('unexpected_answer', 'What answers there is no sign-in of Google.')
  throw new LiveError('login_refused', `Google refused the service account or its key: ${reason}`)
}

async function ask(session: GoogleSession, source: JsonSource, question: JsonQuestion, call: Call) {
  const headers = { authorization: `Bearer ${session.token.reveal()}`, ...question.headers }
  return askJson(source, { ...question, headers }, call, [session.token])
}

/**
 * One question with the connection's own rights, the body of a good answer. A token lives for an hour: another is taken when it
 * ended.
 * @throws LiveError as `demandGood`
 */
export async function administer(
  session: GoogleSession,
  source: JsonSource,
  question: JsonQuestion,
  call: Call,
): Promise<unknown> {
  const answer = await ask(session, source, question, call)
  if (answer.status !== 401) return demandGood(source, answer)
  await signIn(session, call)
  return demandGood(source, await ask(session, source, question, call))
}

/** Pages of one list, at most. */
const mostPages = 2_000

/** The lists of that name in all pages. @throws LiveError `unexpected_answer` for a list without end */
export async function listAll(
  session: GoogleSession,
  path: string,
  name: string,
  call: Call,
  more: Record<string, string> = {},
): Promise<unknown[]> {
  const all: unknown[] = []
  let token: string | undefined
  for (let page = 1; ; page++) {
    const query = new URLSearchParams({
      pageSize: '100',
      ...more,
      ...(token === undefined ? {} : { pageToken: token }),
    })
    const body = await administer(session, session.iam, { method: 'GET', path: `/v1/${path}?${query}` }, call)
    for (const entry of list(field(body, name))) all.push(entry)
    const next = text(field(body, 'nextPageToken'))
    if (next === undefined) return all
    if (next === token || page === mostPages)
      throw new LiveError('unexpected_answer', `The list ${path} is too large to be read here, or does not end.`)
    token = next
  }
}

/** Which of these the connection may do there, as Google says it: nothing is tried. */
export async function permittedOn(
  session: GoogleSession,
  source: JsonSource,
  place: string,
  permissions: readonly string[],
  call: Call,
): Promise<Set<string>> {
  const question: JsonQuestion = { method: 'POST', path: `${place}:testIamPermissions`, body: { permissions } }
  const answer = await administer(session, source, question, call)
  return new Set(list(field(answer, 'permissions')).filter((each): each is string => typeof each === 'string'))
}
