import { z } from 'zod'
import { field, idText, list, text, texts } from '../json-fields'
import { askJson, demandGood, type JsonAnswer, type JsonQuestion, type JsonSource } from '../json-source'
import { nextPath } from '../linked-pages'
import { pathField, plainPath, secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { endpointFields } from '../outbound'
import type { HttpAnswer } from '../outbound-http'
import type { Secret } from '../secret'

const { host, ...endpoint } = endpointFields(443)

export const gitlabConfig = z.object({
  host: host.default('gitlab.com'),
  ...endpoint,
  path: pathField('Path', 'What comes before /api/v4, where GitLab is not at the root: /gitlab', plainPath, 200),
  group: z
    .string()
    .trim()
    .regex(/^[\w./-]{1,255}$/, 'must be the path or the number of a group')
    .meta({ title: 'Group', description: 'Path of the group: acme or acme/platform. All below it is read' }),
  token: secretField('Access token', 'Of the group, or of a service account that is its owner'),
})
export type GitlabConfig = z.output<typeof gitlabConfig>

/** A project or a group: `projects/7`. */
export type Place = `${'projects' | 'groups'}/${string}`

export interface GitlabSession {
  config: GitlabConfig
  setting: LiveSetting
  source: JsonSource
  group: { id: string; path: string }
  own: { token: string; user: string; scopes: readonly string[] }
  /** The role in the group, as a number; 0 = not told. */
  level: number
  /** Places of deploy tokens and deploy keys that were seen, by `deploy-token:7`. */
  placesOf: Map<string, Set<Place>>
}

export async function openGitlab(config: GitlabConfig, setting: LiveSetting, call: Call): Promise<GitlabSession> {
  const source: JsonSource = {
    ...{ title: 'GitLab', endpoint: config, outbound: setting.outbound },
    ...{ reasonOf, waitMs },
  }
  const session: GitlabSession = {
    ...{ config, setting, source, group: { id: '', path: config.group } },
    ...{ own: { token: '', user: '', scopes: [] }, level: 0, placesOf: new Map() },
  }
  const self = demandGood(source, await ask(session, { method: 'GET', path: '/personal_access_tokens/self' }, call))
  const [token, user] = [idText(field(self, 'id')), idText(field(self, 'user_id'))]
  if (token === undefined || user === undefined)
    throw new LiveError('unexpected_answer', 'What answers there is not GitLab.')
  session.own = { token, user, scopes: texts(field(self, 'scopes')) }
  const answer = await ask(session, { method: 'GET', path: `/groups/${encodeURIComponent(config.group)}` }, call)
  if (answer.status === 404) throw new LiveError('login_refused', `The token sees no group ${config.group}.`)
  const group = demandGood(source, answer)
  session.group = { id: idText(field(group, 'id')) ?? '', path: text(field(group, 'full_path')) ?? config.group }
  const member = await ask(session, { method: 'GET', path: `/groups/${session.group.id}/members/all/${user}` }, call)
  session.level = member.status === 200 ? Number(field(member.body, 'access_level')) || 0 : 0
  return session
}

const prefixOf = ({ path }: GitlabConfig) => (path ?? '').replace(/\/+$/, '')

/** One question; paths are those of the API. `token`: somebody else's, to see whether it is let in. */
export async function ask(
  session: Pick<GitlabSession, 'config' | 'source'>,
  question: JsonQuestion,
  call: Call,
  token: Secret = session.config.token,
): Promise<JsonAnswer> {
  const headers = { 'private-token': token.reveal(), ...question.headers }
  const path = `${prefixOf(session.config)}/api/v4${question.path}`
  return askJson(session.source, { ...question, path, headers }, call, [token])
}

/** The body of a good answer. @throws what `demandGood` throws */
export async function administer(session: GitlabSession, question: JsonQuestion, call: Call): Promise<unknown> {
  return demandGood(session.source, await ask(session, question, call))
}

/** One page of a list; paths without what comes before those of the API. */
export async function listPage(session: GitlabSession, path: string, call: Call) {
  const answer = await ask(session, { method: 'GET', path }, call)
  const next = nextPath(session.source.endpoint, answer.headers)
  const prefix = `${prefixOf(session.config)}/api/v4`
  return {
    body: demandGood(session.source, answer),
    nextPath: next?.startsWith(prefix) ? next.slice(prefix.length) : next,
  }
}

/** All pages of a list that belongs to one entry. */
export async function everything(session: GitlabSession, path: string, call: Call): Promise<unknown[]> {
  const found: unknown[] = []
  for (let at: string | undefined = `${path}?per_page=100`; at !== undefined; ) {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(session, at, call)
    found.push(...list(page.body))
    at = page.nextPath
  }
  return found
}

/** Whether Git over HTTPS opens a project to a deploy token. Nothing of it is read but the answer's status. */
export async function tryGit(
  { config, source }: GitlabSession,
  project: string,
  login: { username: string; token: Secret },
  call: Call,
): Promise<JsonAnswer> {
  const basic = Buffer.from(`${login.username}:${login.token.reveal()}`).toString('base64')
  const path = `${prefixOf(config)}/${project}.git/info/refs?service=git-upload-pack`
  const headers = { authorization: `Basic ${basic}`, accept: '*/*' }
  return askJson(source, { method: 'GET', path, headers }, call, [login.token])
}

function reasonOf(body: unknown): string | undefined {
  const message = field(body, 'message')
  const said = [
    typeof message === 'object' ? JSON.stringify(message) : message,
    field(body, 'error'),
    field(body, 'error_description'),
  ]
  const words = said.flatMap((each) => text(each) ?? [])
  return words.length === 0 ? undefined : words.join(': ')
}

/** GitLab says when it will answer again, also where it does not say how long that is. */
export function waitMs({ status, headers }: Pick<HttpAnswer, 'status' | 'headers'>): number | undefined {
  const reset = Number(headers['ratelimit-reset']) * 1000
  return status === 429 && Number.isFinite(reset) ? Math.max(0, reset - Date.now()) : undefined
}
