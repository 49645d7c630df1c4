import { z } from 'zod'
import { askJson, demandGood, type JsonAnswer, type JsonQuestion, type JsonSource, usualReason } from '../json-source'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { endpointFields } from '../outbound'
import type { Secret } from '../secret'
import { field, list, path, text } from './fields'

export const kubernetesConfig = z.object({
  ...endpointFields(6443),
  token: secretField('Token', 'Of the service account that the connection signs in as'),
  namespaces: z
    .string()
    .trim()
    .max(20_000)
    .regex(/^[a-z0-9-]*(\s*,\s*[a-z0-9-]+)*$/, 'must be names of namespaces with commas between them')
    .default('')
    .meta({
      title: 'Namespaces to read',
      description: 'Names with commas between them. Empty: all, which needs rights in the whole cluster',
      isScope: true,
    }),
  holders: z.enum(['read', 'leave']).default('read').meta({
    title: 'Secrets of tokens',
    description:
      'read: Secrets that hold or bind a token of a service account, and no others. leave: none, so that the connection needs no right on Secrets',
    isScope: true,
  }),
})
type KubernetesConfig = z.output<typeof kubernetesConfig>

/** What a connection may do in a namespace, as the cluster says it. */
export interface NamespaceRules {
  rules: unknown[]
  /** The cluster could not tell all. */
  isPart: boolean
}

export interface KubernetesSession {
  config: KubernetesConfig
  setting: LiveSetting
  source: JsonSource
  /** As the cluster names it: `system:serviceaccount:bailiwick:bailiwick`. */
  account: string
  version: string
  rules: Map<string, NamespaceRules>
}

export const namespacesOf = ({ config }: Pick<KubernetesSession, 'config'>) =>
  config.namespaces.split(',').flatMap((name) => name.trim() || [])

export async function openKubernetes(
  config: KubernetesConfig,
  setting: LiveSetting,
  call: Call,
): Promise<KubernetesSession> {
  const source = { title: 'Kubernetes', endpoint: config, outbound: setting.outbound, reasonOf: usualReason }
  const session: KubernetesSession = { config, setting, source, account: '', version: '', rules: new Map() }
  session.account = await whoAmI(session, call)
  const version = await ask(session, { method: 'GET', path: '/version' }, call)
  session.version = text(field(version.body, 'gitVersion'))?.slice(0, 60) ?? 'of an unknown version'
  return session
}

async function whoAmI(session: KubernetesSession, call: Call): Promise<string> {
  const review = (kind: string, plural: string, spec: object) => ({
    ...{ method: 'POST' as const, path: `/apis/authentication.k8s.io/v1/${plural}` },
    body: { apiVersion: 'authentication.k8s.io/v1', kind, ...spec },
  })
  const answer = await ask(session, review('SelfSubjectReview', 'selfsubjectreviews', {}), call)
  // Clusters before 1.28 do not know it, but say of a token whose it is.
  const said =
    answer.status === 404
      ? await ask(
          session,
          review('TokenReview', 'tokenreviews', { spec: { token: session.config.token.reveal() } }),
          call,
        )
      : answer
  const status = field(demandGood(session.source, said), 'status')
  const name = text(path(status, 'userInfo', 'username')) ?? text(path(status, 'user', 'username'))
  if (name === undefined) throw new LiveError('unexpected_answer', 'What answers there is no Kubernetes API server.')
  return name
}

/** One question with the connection's own token. */
export function ask(
  { source, config }: KubernetesSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<JsonAnswer> {
  const headers = { authorization: `Bearer ${config.token.reveal()}`, ...question.headers }
  return askJson(source, { ...question, headers }, call, [config.token, ...secrets])
}

/**
 * The body of a good answer.
 * @throws LiveError as `demandGood`
 */
export async function administer(
  session: KubernetesSession,
  question: JsonQuestion,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<unknown> {
  return demandGood(session.source, await ask(session, question, call, secrets))
}

/** Entries in one answer, answers in one list, and how often a list is begun anew. */
const [limit, mostPages, mostBeginnings] = [250, 4_000, 3]

/**
 * A list to its end, each entry as `keep` leaves it. The cluster forgets after some minutes where a list was: it is begun anew.
 * @throws LiveError `forbidden`; `unexpected_answer` for a list without end
 */
export async function listAll<T>(
  session: KubernetesSession,
  place: string,
  call: Call,
  keep: (item: unknown) => T[],
  fieldSelector?: string,
): Promise<T[]> {
  for (let beginning = 1; ; beginning++) {
    const kept: T[] = []
    let next: string | undefined
    for (let page = 1; ; page++) {
      const query = new URLSearchParams({
        limit: String(limit),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
        ...(next === undefined ? {} : { continue: next }),
      })
      const answer = await ask(session, { method: 'GET', path: `${place}?${query}` }, call)
      if (answer.status === 410 && beginning < mostBeginnings) break
      const body = demandGood(session.source, answer)
      kept.push(...list(field(body, 'items')).flatMap(keep))
      const following = text(path(body, 'metadata', 'continue'))
      if (following === undefined) return kept
      if (following === next || page === mostPages)
        throw new LiveError('unexpected_answer', `The list ${place} is too large to be read here, or does not end.`)
      next = following
    }
  }
}

/** Whether the connection may do something, as the cluster says it: nothing is tried. */
export async function mayDo(
  session: KubernetesSession,
  attributes: { verb: string; group?: string; resource: string; subresource?: string; namespace?: string },
  call: Call,
): Promise<boolean> {
  const body = {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
    spec: { resourceAttributes: attributes },
  }
  const place = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const answer = await administer(session, { method: 'POST', path: place, body }, call)
  return path(answer, 'status', 'allowed') === true
}

/** What the connection may do in a namespace; asked once. */
export async function rulesIn(session: KubernetesSession, namespace: string, call: Call): Promise<NamespaceRules> {
  const known = session.rules.get(namespace)
  if (known !== undefined) return known
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } }
  const place = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'
  const status = field(await administer(session, { method: 'POST', path: place, body }, call), 'status')
  const found = { rules: list(field(status, 'resourceRules')), isPart: field(status, 'incomplete') === true }
  session.rules.set(namespace, found)
  return found
}
