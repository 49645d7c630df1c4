import { field, isFields, list, path, text } from '../json-fields'
import { askEach } from '../json-source'
import { type ListedStage, readStages } from '../linked-pages'
import type { Call, DiscoveryPage, IdentityRights, Skipped } from '../live-contract'
import { LiveError } from '../live-error'
import { clientIdOf } from './applications'
import { everything, listPage, type OktaSession } from './client'
import { mapAnswers, withoutCopies } from './live-map'

/** Apps in a page: each that signs in by OAuth costs four questions. */
const appsInPage = 20

/** What is asked of each app, with the scope that shows it. */
const ofApp = [
  ['credentials/secrets', 'client secrets', 'okta.apps.read'],
  ['credentials/jwks', 'keys of clients', 'okta.apps.read'],
  ['grants', 'scopes of apps', 'okta.appGrants.read'],
  ['roles', 'administrator roles of apps', 'okta.roles.read'],
] as const

const may = ({ scopes }: OktaSession, scope: string) =>
  scopes.has(scope) || scopes.has(scope.replace(/\.read$/, '.manage'))

const apps: ListedStage<OktaSession> = {
  id: 'apps',
  scope: 'apps',
  first: (_, pageSize = appsInPage) => `/api/v1/apps?limit=${Math.min(appsInPage, pageSize)}`,
  read: async (session, at, call) => {
    const { body, nextPath } = await listPage(session, at, call)
    const answers: { path: string; body: unknown }[] = []
    const skipped: Skipped[] = []
    const shown = ofApp.filter(([, , scope]) => may(session, scope))
    // Told once, with the first page.
    if (!/[?&]after=/.test(at))
      for (const [, what, scope] of ofApp.filter((part) => !shown.includes(part)))
        skipped.push({ scope: what, reason: `the connection lacks the scope ${scope}` })
    // Some at a time: one after the other, slow answers would take longer than a page may.
    const found = await askEach(list(body), (app) => readApp(session, app, shown, call))
    answers.push(...found.flatMap((each) => each.answers))
    skipped.push(...found.flatMap((each) => each.skipped))
    const page = mapAnswers(session.setting, answers)
    return { ...page, rights: rightsOf(session, page.records), skipped, nextPath }
  },
}

async function readApp(session: OktaSession, app: unknown, shown: readonly (typeof ofApp)[number][], call: Call) {
  const answers: { path: string; body: unknown }[] = []
  const skipped: Skipped[] = []
  const id = text(field(app, 'id'))
  const isClient = isFields(path(app, 'credentials', 'oauthClient'))
  answers.push({ path: '/api/v1/apps', body: [isClient ? withoutCopies(app) : app] })
  if (id === undefined || !isClient) return { answers, skipped }
  const client = clientIdOf(app) ?? id
  if (client !== id) session.appOf.set(client, id)
  for (const [part, what] of shown) {
    const place = part === 'roles' ? `/oauth2/v1/clients/${client}/roles` : `/api/v1/apps/${id}/${part}`
    await readInto(answers, skipped, `${what} of ${text(field(app, 'label')) ?? id}`, place, async () =>
      part === 'credentials/jwks' ? (await listPage(session, place, call)).body : everything(session, place, call),
    )
  }
  return { answers, skipped }
}

/** What is gone since the list was read holds nothing; what is forbidden is told. */
async function readInto(
  answers: { path: string; body: unknown }[],
  skipped: Skipped[],
  scope: string,
  place: string,
  read: () => Promise<unknown>,
): Promise<void> {
  try {
    answers.push({ path: place, body: await read() })
  } catch (thrown) {
    const code = thrown instanceof LiveError ? thrown.code : undefined
    if (code === 'forbidden') skipped.push({ scope, reason: (thrown as LiveError).message })
    else if (code !== 'not_found') throw thrown
  }
}

const integrations: ListedStage<OktaSession> = {
  id: 'integrations',
  scope: 'API service integrations',
  first: () => '/integrations/api/v1/api-services',
  read: async (session, at, call) => {
    const { body, nextPath } = await listPage(session, at, call)
    const answers = [{ path: '/integrations/api/v1/api-services', body }]
    const skipped: Skipped[] = []
    const ids = list(body).flatMap((each) => text(field(each, 'id')) ?? [])
    await askEach(ids, async (id) => {
      const place = `/integrations/api/v1/api-services/${id}/credentials/secrets`
      await readInto(answers, skipped, `client secrets of ${id}`, place, () => everything(session, place, call))
    })
    const page = mapAnswers(session.setting, answers)
    return { ...page, rights: rightsOf(session, page.records), skipped, nextPath }
  },
}

const plain = (id: string, scope: string, at: string, needs?: string): ListedStage<OktaSession> => ({
  id,
  scope,
  // Accounts of Privileged Access: a product of its own, which is read where its scope was asked for.
  first: (session) => (needs === undefined || may(session, needs) ? at : undefined),
  read: async (session, here, call) => {
    const { body, nextPath } = await listPage(session, here, call)
    const page = mapAnswers(session.setting, [{ path: at, body }])
    return { ...page, rights: rightsOf(session, page.records), nextPath }
  },
})

const stages = [
  apps,
  integrations,
  plain('tokens', 'API tokens', '/api/v1/api-tokens'),
  plain('accounts', 'service accounts', '/privileged-access/api/v1/service-accounts', 'okta.serviceAccounts.read'),
  plain(
    'users',
    'service accounts of Okta',
    '/privileged-access/api/v1/okta-service-accounts',
    'okta.serviceAccounts.okta.read',
  ),
]

export const readPage = (
  session: OktaSession,
  from: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> => readStages(stages, session, from, call)

function rightsOf(session: OktaSession, records: DiscoveryPage['records']): IdentityRights[] {
  return records.flatMap((record): IdentityRights[] => {
    if (record.type !== 'identity') return []
    const [identity, attributes] = [record.externalId, record.attributes ?? {}]
    if (identity === session.config.clientId)
      return [{ identity, rotate: false, revoke: false, why: 'is the service app that this connection signs in as' }]
    const isToken = attributes.personalKey === true
    const isIntegration = attributes.apiServiceIntegration === true
    if (!isToken && !isIntegration && attributes.appId === undefined) return []
    const scope = isToken
      ? 'okta.apiTokens.manage'
      : isIntegration
        ? 'okta.oauthIntegrations.manage'
        : 'okta.apps.manage'
    const revoke = session.scopes.has(scope)
    const why = revoke ? 'Okta makes API tokens on its pages only' : `lacks the scope ${scope}`
    return [{ identity, rotate: revoke && !isToken, revoke, ...(revoke && !isToken ? {} : { why }) }]
  })
}
