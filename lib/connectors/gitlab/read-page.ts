import { field, idText, list } from '../json-fields'
import { type ListedStage, readStages } from '../linked-pages'
import type { Call, DiscoveryPage, IdentityRights, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import { administer, everything, type GitlabSession, listPage, type Place } from './client'
import { mapAnswers } from './live-map'

/** Projects or groups in a page: each costs two or three questions. */
const placesInPage = 20

type Answers = { path: string; body: unknown }[]

const ofGroup = [
  ['access_tokens', 'access tokens'],
  ['deploy_tokens', 'deploy tokens'],
] as const
const ofProject = [...ofGroup, ['deploy_keys', 'deploy keys']] as const

const note = ({ placesOf }: GitlabSession, part: string, place: Place, found: readonly unknown[]) => {
  if (part === 'access_tokens') return
  for (const id of found.flatMap((each) => idText(field(each, 'id')) ?? [])) {
    const key = `${part === 'deploy_keys' ? 'deploy-key' : 'deploy-token'}:${id}`
    placesOf.set(key, (placesOf.get(key) ?? new Set()).add(place))
  }
}

/** What a project or a group holds. What may not be seen is told, and what is gone since the list was read holds nothing. */
async function readPlace(
  session: GitlabSession,
  place: Place,
  parts: readonly (readonly [string, string])[],
  { answers, skipped }: { answers: Answers; skipped: Skipped[] },
  call: Call,
): Promise<void> {
  for (const [part, what] of parts) {
    const path = `/${place}/${part}`
    try {
      const found = await everything(session, path, call)
      note(session, part, place, found)
      answers.push({ path, body: found })
    } catch (thrown) {
      const code = thrown instanceof LiveError ? thrown.code : undefined
      // GitLab tells of what may not be seen as of what is not there, too.
      const isUnseen = code === 'forbidden' || code === 'login_refused'
      if (isUnseen) skipped.push({ scope: `${what} of ${place}`, reason: (thrown as LiveError).message })
      else if (code !== 'not_found') throw thrown
    }
  }
}

const pageOf = (session: GitlabSession, answers: Answers, skipped: Skipped[], nextPath?: string) => {
  const page = mapAnswers(session, answers)
  return { ...page, rights: rightsOf(session, page.records), skipped, nextPath }
}

/** The group itself, with its service accounts and their tokens. */
const root: ListedStage<GitlabSession> = {
  id: 'group',
  scope: 'the group',
  first: ({ group }) => `/groups/${group.id}`,
  read: async (session, at, call) => {
    const answers: Answers = [{ path: '/groups', body: [await administer(session, { method: 'GET', path: at }, call)] }]
    const skipped: Skipped[] = []
    const place: Place = `groups/${session.group.id}`
    await readPlace(session, place, ofGroup, { answers, skipped }, call)
    const before = answers.length
    await readPlace(session, place, [['service_accounts', 'service accounts']], { answers, skipped }, call)
    for (const account of answers.slice(before).flatMap(({ body }) => list(body))) {
      const id = idText(field(account, 'id'))
      if (id === undefined) continue
      const part = `service_accounts/${id}/personal_access_tokens`
      await readPlace(session, place, [[part, 'tokens of a service account']], { answers, skipped }, call)
    }
    return pageOf(session, answers, skipped)
  },
}

const below = (
  id: 'groups' | 'projects',
  scope: string,
  list_: string,
  parts: readonly (readonly [string, string])[],
): ListedStage<GitlabSession> => ({
  id,
  scope,
  first: ({ group }, pageSize = placesInPage) => {
    const more = id === 'projects' ? '&include_subgroups=true&simple=true&archived=false' : ''
    return `/groups/${group.id}/${list_}?per_page=${Math.min(placesInPage, pageSize)}${more}`
  },
  read: async (session, at, call) => {
    const { body, nextPath } = await listPage(session, at, call)
    const answers: Answers = [{ path: `/${id}`, body }]
    const skipped: Skipped[] = []
    for (const number of list(body).flatMap((each) => idText(field(each, 'id')) ?? []))
      await readPlace(session, `${id}/${number}`, parts, { answers, skipped }, call)
    return pageOf(session, answers, skipped, nextPath)
  },
})

const stages = [
  root,
  below('groups', 'groups below it', 'descendant_groups', ofGroup),
  below('projects', 'projects', 'projects', ofProject),
]

export const readPage = (
  session: GitlabSession,
  from: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> => readStages(stages, session, from, call)

/** What the token's scopes and its role in the group allow. */
function rightsOf({ own, level }: GitlabSession, records: DiscoveryPage['records']): IdentityRights[] {
  const holders = new Set(
    records.flatMap((record) => (record.type === 'credential' && record.subject ? [record.subject.externalId] : [])),
  )
  const maintains = own.scopes.includes('api') && level >= 40
  return records.flatMap((record): IdentityRights[] => {
    if (record.type !== 'identity' || !holders.has(record.externalId)) return []
    const identity = record.externalId
    if (identity === `user:${own.user}`)
      return [{ identity, rotate: false, revoke: false, why: 'is the account that this connection signs in as' }]
    const needs = record.kind === 'service_account' ? 50 : 40
    const revoke = maintains && level >= needs
    const isToken = identity.startsWith('user:')
    const lacking = `lacks the scope api, or the role ${needs === 50 ? 'Owner' : 'Maintainer'} in the group`
    const why = revoke ? 'GitLab rotates no deploy tokens and no deploy keys' : lacking
    return [{ identity, rotate: revoke && isToken, revoke, ...(revoke && isToken ? {} : { why }) }]
  })
}
