import type { NormalisedRecord } from '../contract'
import type { DiscoveryPage } from '../live-contract'
import { RecordSet } from '../record-set'
import { mapApiAnswers } from './api'
import type { GithubSession } from './client'
import { instantOrNull, isFields, own, text } from './fields'
import { idsOf } from './ids'
import { addAccount, addSite, type Mapping, withAttributes } from './mapping'
import { gradeScopes } from './privileges'
import { lastFourOf } from './secret-names'

/** The site whose API this is: `github.com`, `acme.ghe.com`, or the server of one's own. */
export function siteOf({ config: { host, port, path } }: Pick<GithubSession, 'config'>): string {
  if (path !== undefined && path !== '') return port === 443 ? host : `${host}:${port}`
  return host.replace(/^api\./, '')
}

interface Answered {
  path: string
  body: unknown
}

/** Answers to records, by the map of files of the same answers. */
export function mapAnswers(
  session: Pick<GithubSession, 'config' | 'setting' | 'installation'>,
  answers: readonly Answered[],
): Pick<DiscoveryPage, 'records' | 'refused' | 'unresolved'> {
  // Tokens name their organization by number; the installation knows both.
  const known = { path: `/orgs/${session.config.organization}/installation`, body: session.installation }
  const value = [known, ...answers].map(({ path, body }) => ({ method: 'GET', path, response: body }))
  const { fingerprint } = session.setting
  const file = { kind: 'json', name: 'answers', value } as const
  const { records, refused, unresolved } = mapApiAnswers(file, { fingerprint, instance: siteOf(session) })
  // An empty list is no fault of what was read.
  return { records, refused: refused.filter(({ reason }) => !/empty list|nothing to import/.test(reason)), unresolved }
}

/** What GitHub said to the holder of a token. */
interface HeldToken {
  value: string
  /** The answer to `GET /user`; absent = the token is refused. */
  user?: unknown
  scopes?: string | undefined
  expiresAt?: string | undefined
}

/** A token whose value the connection holds, by the id that files give to it. */
export function mapHeldToken(
  { value, user, scopes: written, expiresAt: until }: HeldToken,
  session: Pick<GithubSession, 'config' | 'setting'>,
): NormalisedRecord[] {
  const { fingerprint } = session.setting
  const mark = fingerprint(value)
  const mapping: Mapping = {
    ...{ records: new RecordSet(), ids: idsOf(siteOf(session)), fingerprint },
    ...{ assumed: undefined, organizations: new Map() },
  }
  const subject = isFields(user) ? addAccount(user, mapping, 'has a token that this connection holds') : undefined
  const scopes = (written ?? '').split(/[\s,]+/).filter((scope) => scope !== '')
  const expiresAt = instantOrNull(until)
  const lastFour = lastFourOf(value)
  const from = mapping.records.add({
    ...{ type: 'credential', externalId: `token:${mark}`, credentialType: 'access_token', fingerprint: mark },
    ...(subject === undefined ? {} : { subject }),
    ...(lastFour === undefined ? {} : { lastFour }),
    name: subject === undefined ? 'token that GitHub refuses' : `token of ${text(own(user, 'login'))}`,
    status: user === undefined ? 'disabled' : 'active',
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...withAttributes({ scopes, tokenKind: kindOf(value) }),
  })
  if (scopes.length > 0)
    mapping.records.edge({ kind: 'grants', from, to: addSite(mapping), basis: 'entitlement', ...gradeScopes(scopes) })
  return mapping.records.finish({ system: 'github', instance: '', instanceName: '' }).records
}

const kinds: [RegExp, string][] = [
  [/^github_pat_/, 'fine-grained personal access token'],
  [/^ghp_/, 'classic personal access token'],
  [/^gho_/, 'OAuth app token'],
  [/^ghu_/, 'token of an app for a user'],
  [/^ghr_/, 'refresh token of an app'],
  [/^ghs_/, 'installation token'],
]

export const kindOf = (value: string) => kinds.find(([pattern]) => pattern.test(value))?.[1]
