import { unlessForbidden } from '../json-source'
import { liveConnector } from '../live-connector'
import type { Call, RightsReport, SemanticsCard } from '../live-contract'
import { makeSecret } from '../secret'
import { actingScopes, listPage, type OktaSession, oktaConfig, openOkta, readingScopes } from './client'
import { clientHands, keyHands, makeKey, secretHands, tokenHands } from './hands'
import { readPage } from './read-page'

const spreads = 'Okta states no limit of time: verify.'

const clientCard: SemanticsCard = {
  disable: `The app is INACTIVE: its secrets and keys give no new token. ${spreads} An API service integration cannot be disabled, only deleted.`,
  delete: 'The app is deactivated and deleted, with its secrets, keys and grants. An API token is revoked.',
  openSessions: {
    goOn: true,
    says: 'Access tokens that were issued go on until they expire: an hour at the organization’s own server, up to 24 h at one that was set so. Ending sessions revokes refresh tokens and the access tokens that came with them; those of client credentials go on.',
  },
  residualSeconds: 86_400,
  refusedWithinSeconds: 60,
  enablingRevives: {
    does: true,
    says: 'The same secrets and keys work again. If one leaked, delete it before enabling.',
  },
  twoSecrets: { can: true, says: 'A client may have two secrets, and any number of keys.' },
  undo: 'Disable: by enable. Delete: none; a new app has another client id.',
  source: 'https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/',
}

const secretCard: SemanticsCard = {
  disable: `The secret is INACTIVE, and a sign-in with it is refused. ${spreads} Okta refuses it for the only secret of a client.`,
  delete: 'The secret is deactivated and deleted for good. Okta refuses it for the only secret of a client.',
  openSessions: {
    goOn: true,
    says: 'Tokens that were issued for the secret go on until they expire, unless the sessions of the app are ended.',
  },
  residualSeconds: 86_400,
  refusedWithinSeconds: 60,
  enablingRevives: { does: true, says: 'The same secret works again.' },
  twoSecrets: { can: true, says: 'Two secrets work side by side, and Okta allows no third.' },
  undo: 'Disable: by enable. Delete: none.',
  source: 'https://developer.okta.com/docs/guides/client-secret-rotation-key/main/',
}

const keyCard: SemanticsCard = {
  ...secretCard,
  disable: `The key is INACTIVE, and what is signed with it is refused. ${spreads} An encryption key cannot be switched off.`,
  delete: 'The public key is deactivated and deleted; the private half is wherever it was.',
  twoSecrets: { can: true, says: 'A client may have many keys, each with a key id of its own.' },
}

const tokenCard: SemanticsCard = {
  disable: 'An API token cannot be switched off, only revoked.',
  delete: `The token is revoked: requests with it are refused. ${spreads}`,
  openSessions: { goOn: false, says: 'Every request shows the token anew: there is nothing that goes on.' },
  residualSeconds: 60,
  refusedWithinSeconds: 60,
  enablingRevives: { does: false, says: 'A revoked token stays revoked.' },
  twoSecrets: { can: true, says: 'A user may have many tokens. They are made on pages of Okta: no API does.' },
  undo: 'None. The user makes a new token.',
  source: 'https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiToken/',
}

const service = (scopes: readonly string[], role: string) => `# Applications, Create App Integration, API Services.
# General: client authentication "Public key / Private key"; add a key and keep the private half. "Require Demonstrating
# Proof of Possession (DPoP)" off.
# Okta API Scopes, grant:
${scopes.join('\n')}
# Admin roles, assign: ${role}
# Scopes of the connection: ${scopes.join(' ')}`

export const okta = liveConnector({
  id: 'okta',
  title: 'Okta',
  evidence: 'recorded',
  config: oktaConfig,
  instructions: [
    { title: 'Discover only', language: 'text', text: service(readingScopes, 'Read-only Administrator') },
    {
      title: 'Discover, rotate and revoke',
      language: 'text',
      // A scope says what an app may ask for, its role what it is given; both have to be there.
      text: `${service([...readingScopes, ...actingScopes], 'a custom role for the apps that shall be acted upon')}
# The custom role: permissions "View application and its details", "Edit application", "Manage API tokens", on a resource
# set with those apps. Granting scopes and integrations need Super Administrator; leave their scopes out where that is too much:
# okta.appGrants.manage okta.oauthIntegrations.manage`,
    },
  ],
  requestsPerSecond: 8,
  hands: { identity: clientHands, client_secret: secretHands, signing_key: keyHands, access_token: tokenHands },
  semantics: { identity: clientCard, client_secret: secretCard, signing_key: keyCard, access_token: tokenCard },
  propose: (subject) => (subject === 'signing_key' ? makeKey() : makeSecret(64)),
  open: openOkta,
  close: async () => {},
  self: ({ config }) => [config.clientId],
  describeRights,
  readPage,
  changes: {
    why: 'Okta lists apps by state, name, user, group or key, and not by time of change.',
    source: 'https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/',
  },
  explain: () => undefined,
})

async function describeRights(session: OktaSession, call: Call): Promise<RightsReport> {
  const { scopes, config } = session
  // A scope without a role is let in to nothing: one question shows it.
  const looked = listPage(session, '/api/v1/apps?limit=1', call)
  const isLetIn = (await unlessForbidden(looked, () => {})) !== undefined
  const may = (what: string, scope: string) => {
    const has = scopes.has(scope) || scopes.has(scope.replace(/\.read$/, '.manage'))
    if (!has) return { what, allowed: false, missing: scope }
    if (isLetIn)
      return { what, allowed: 'unknown' as const, missing: 'what its administrator role allows, which may differ' }
    return { what, allowed: false, missing: 'an administrator role, or one with these apps in its resource set' }
  }
  return {
    account: `the service app ${config.clientId}`,
    product: `Okta organization ${config.host}`,
    statements: [
      isLetIn
        ? { what: 'See apps, their secrets and keys', allowed: true }
        : may('See apps, their secrets and keys', 'okta.apps.read'),
      may('See scopes of apps', 'okta.appGrants.read'),
      may('See API tokens', 'okta.apiTokens.read'),
      may('See API service integrations', 'okta.oauthIntegrations.read'),
      may('See administrator roles of apps', 'okta.roles.read'),
      may('Rotate and disable apps, their secrets and keys', 'okta.apps.manage'),
      may('Grant scopes to apps', 'okta.appGrants.manage'),
      may('Revoke API tokens', 'okta.apiTokens.manage'),
      may('Rotate and delete API service integrations', 'okta.oauthIntegrations.manage'),
    ],
  }
}
