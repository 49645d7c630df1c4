import { demandGood } from '../json-source'
import { type ListedStage, nextPath, readStages } from '../linked-pages'
import type { Call, DiscoveryPage, IdentityRights, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import { ask, type GithubSession } from './client'
import { idText, list, own, text } from './fields'
import { mapAnswers, mapHeldToken } from './live-map'

/** As many of a list as GitHub gives at once. */
const mostInPage = 100
/** Repositories in a page: each costs four questions. */
const repositoriesInPage = 15

const sized = (path: string, pageSize = mostInPage) => `${path}?per_page=${Math.min(mostInPage, pageSize)}`

/** One page of a list, without what comes before the API's paths. @throws what `demandGood` throws */
async function listPage(session: GithubSession, path: string, call: Call) {
  const answer = await ask(session, { method: 'GET', path }, call)
  const next = nextPath(session.source.endpoint, answer.headers)
  const prefix = (session.config.path ?? '').replace(/\/+$/, '')
  return {
    body: demandGood(session.source, answer),
    nextPath: next?.startsWith(prefix) ? next.slice(prefix.length) : next,
  }
}

/** A list that is mapped as it comes. */
const plain = (id: string, scope: string, path: string): ListedStage<GithubSession> => ({
  id,
  scope,
  first: ({ config }, pageSize) => sized(`/orgs/${config.organization}${path}`, pageSize),
  read: async (session, at, call) => {
    const { body, nextPath: next } = await listPage(session, at, call)
    const page = mapAnswers(session, [{ path: at.split('?')[0] ?? at, body }])
    return { ...page, rights: rightsOf(session, page.records), nextPath: next }
  },
})

const tokens: ListedStage<GithubSession> = {
  ...plain('tokens', 'fine-grained tokens', '/personal-access-tokens'),
  read: async (session, at, call) => {
    const { body, nextPath: next } = await listPage(session, at, call)
    const path = `/orgs/${session.config.organization}/personal-access-tokens`
    const answers = [{ path, body }]
    for (const token of list(body)) {
      const id = idText(own(token, 'id'))
      if (id === undefined || text(own(token, 'repository_selection')) !== 'subset') continue
      const repositories = await everything(session, `${path}/${id}/repositories`, call)
      answers.push({ path: `${path}/${id}/repositories`, body: { [id]: repositories } })
    }
    const page = mapAnswers(session, answers)
    return { ...page, rights: rightsOf(session, page.records), nextPath: next }
  },
}

/** All pages of a list that belongs to one entry. */
async function everything(session: GithubSession, path: string, call: Call): Promise<unknown[]> {
  const found: unknown[] = []
  for (let at: string | undefined = sized(path); at !== undefined; ) {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(session, at, call)
    found.push(...list(page.body))
    at = page.nextPath
  }
  return found
}

/** Only an organization with SAML single sign-on has them: GitHub knows no such list elsewhere. */
const authorizations: ListedStage<GithubSession> = {
  ...plain('authorizations', 'credentials authorized for single sign-on', '/credential-authorizations'),
  read: async (session, at, call) => {
    try {
      const { body, nextPath: next } = await listPage(session, at, call)
      const path = `/orgs/${session.config.organization}/credential-authorizations`
      const page = mapAnswers(session, [{ path, body }])
      return { ...page, rights: rightsOf(session, page.records), nextPath: next }
    } catch (thrown) {
      if (thrown instanceof LiveError && thrown.code === 'not_found') return { nextPath: undefined }
      throw thrown
    }
  },
}

/** What a repository holds, with the permission of the app that shows it. */
const ofRepository = [
  ['keys', 'deploy keys', 'administration'],
  ['actions/secrets', 'names of Actions secrets', 'secrets'],
  ['hooks', 'webhooks', 'repository_hooks'],
] as const

/** Repositories that the app is installed on, with what each of them holds. */
const repositories: ListedStage<GithubSession> = {
  id: 'repositories',
  scope: 'repositories',
  first: (_, pageSize = repositoriesInPage) =>
    sized('/installation/repositories', Math.min(repositoriesInPage, pageSize)),
  read: async (session, at, call) => {
    const { body, nextPath: next } = await listPage(session, at, call)
    const answers = [{ path: '/installation/repositories', body }]
    const skipped: Skipped[] = []
    const shown = ofRepository.filter(([, , permission]) => session.permissions[permission] !== undefined)
    // Told once, with the first page.
    if (!/[?&]page=/.test(at))
      for (const [, what, permission] of ofRepository.filter((part) => !shown.includes(part)))
        skipped.push({ scope: `${what} of repositories`, reason: `the app lacks ${permission}: read` })
    for (const name of list(own(body, 'repositories')).flatMap((each) => text(own(each, 'full_name')) ?? []))
      for (const [part, what] of shown) {
        const path = `/repos/${name}/${part}`
        try {
          for (let page: string | undefined = sized(path); page !== undefined; ) {
            const read: Awaited<ReturnType<typeof listPage>> = await listPage(session, page, call)
            answers.push({ path, body: read.body })
            page = read.nextPath
            if (part === 'keys')
              for (const key of list(read.body)) session.repositoryOf.set(idText(own(key, 'id')) ?? '', name)
          }
        } catch (thrown) {
          const code = thrown instanceof LiveError ? thrown.code : undefined
          // A repository that is gone since the list was read holds nothing.
          if (code === 'forbidden') skipped.push({ scope: `${what} of ${name}`, reason: (thrown as LiveError).message })
          else if (code !== 'not_found') throw thrown
        }
      }
    if (next === undefined && session.installation.repository_selection !== 'all')
      skipped.push({ scope: 'other repositories', reason: 'the app is installed on selected repositories only' })
    const page = mapAnswers(session, answers)
    return { ...page, rights: rightsOf(session, page.records), skipped, nextPath: next }
  },
}

/** Tokens whose values the connection holds: each says itself whose it is. */
const held: ListedStage<GithubSession> = {
  id: 'held',
  scope: 'tokens to end everywhere',
  first: ({ tokens: values }) => (values.length === 0 ? undefined : '0'),
  read: async (session, at, call) => {
    const token = session.tokens[Number(at)]
    if (token === undefined) return { nextPath: undefined }
    const answer = await ask(session, { method: 'GET', path: '/user' }, call, { token })
    // Tokens of apps are let in and have no user.
    const isAlive = answer.status === 200 || answer.status === 403
    const records = mapHeldToken(
      {
        value: token.reveal(),
        ...(isAlive ? { user: answer.status === 200 ? answer.body : {} } : {}),
        scopes: header(answer.headers['x-oauth-scopes']),
        expiresAt: header(answer.headers['github-authentication-token-expiration']),
      },
      session,
    )
    return { records, nextPath: Number(at) + 1 < session.tokens.length ? String(Number(at) + 1) : undefined }
  },
}

const header = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

const stages = [
  plain('installations', 'installations of apps', '/installations'),
  tokens,
  authorizations,
  plain('secrets', 'names of Actions secrets of the organization', '/actions/secrets'),
  plain('dependabot', 'names of Dependabot secrets of the organization', '/dependabot/secrets'),
  plain('hooks', 'webhooks of the organization', '/hooks'),
  repositories,
  held,
]

export const readPage = (
  session: GithubSession,
  from: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> => readStages(stages, session, from, call)

/** What the app's permissions allow, for each identity of a page. */
function rightsOf(session: GithubSession, records: DiscoveryPage['records']): IdentityRights[] {
  const { permissions, apps, installation } = session
  const isOwn = `installation:${installation.id}`
  const holders = new Set(
    records.flatMap((record) => (record.type === 'credential' && record.subject ? [record.subject.externalId] : [])),
  )
  return records.flatMap((record): IdentityRights[] => {
    if (record.type !== 'identity') return []
    const identity = record.externalId
    if (identity === isOwn)
      return [{ identity, rotate: false, revoke: false, why: 'is the installation that this connection lives on' }]
    if (identity.startsWith('installation:')) {
      const revoke = apps.has(String(record.attributes?.appId ?? ''))
      const why = revoke
        ? 'GitHub makes keys of apps on its pages only'
        : 'lacks the private key of the app, which alone may suspend its installations'
      return [{ identity, rotate: false, revoke, why }]
    }
    if (identity.startsWith('deploy-key:')) {
      const may = permissions.administration === 'write'
      return [{ identity, rotate: may, revoke: may, ...(may ? {} : { why: 'lacks administration: write' }) }]
    }
    if (!holders.has(identity)) return []
    const revoke = permissions.organization_personal_access_tokens === 'write'
    const why = revoke ? 'only its owner makes new tokens' : 'lacks organization_personal_access_tokens: write'
    return [{ identity, rotate: false, revoke, why }]
  })
}
