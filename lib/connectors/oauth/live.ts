import { liveConnector } from '../live-connector'
import type { Call, DiscoveryPage, RightsReport, SemanticsCard } from '../live-contract'
import { introspect, type OauthSession, oauthConfig, openOauth, signIn } from './client'
import { identityHands, secretHands, tokenHands } from './hands'
import { readClient } from './manage-client'
import { clientRef, mapClient, mapServer, mapToken, rightsOf, secretRef, tokenRef } from './map'

const identityCard: SemanticsCard = {
  disable:
    'OAuth knows no switch: the registration is changed to a key that nobody holds, so that no secret and no other key is taken. Tokens issued before stay active.',
  delete: 'The registration is gone at once. Tokens issued before stay active until they expire, at many servers.',
  openSessions: {
    goOn: true,
    says: 'Access tokens issued before go on until they expire; how long is the server’s setting, which nobody can ask for. No server lists them: only those whose value you hold can be revoked, and that before the client is disabled or deleted.',
  },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'The same secret works again. If it leaked, issue a new one as well.' },
  twoSecrets: { can: false, says: 'A client has one secret. For no gap at all, use two clients in turn.' },
  undo: 'Disable: by writing back how the client signed in, which was kept. Delete: none; a new registration has another client id.',
  source: 'https://www.rfc-editor.org/rfc/rfc7592',
}

const secretCard: SemanticsCard = {
  ...identityCard,
  disable: 'A secret cannot be switched off alone: disable the client.',
  delete: 'A secret cannot be deleted alone: issue a new one, or delete the client.',
  openSessions: {
    goOn: true,
    says: 'Access tokens that were issued for the old secret stay active until they expire, unless each is revoked.',
  },
  twoSecrets: {
    can: false,
    says: 'The server makes the new secret and drops the old one at once: everything that holds the old one must change within a window. Whether it makes one at all is left to the server.',
  },
  undo: 'None: no server takes a secret from outside, also not the former one.',
}

const tokenCard: SemanticsCard = {
  disable: 'A token cannot be switched off, only revoked.',
  delete: 'The token is revoked: whoever asks the server about it learns that it is not active.',
  openSessions: {
    goOn: true,
    says: 'APIs that ask the server refuse the token at once; those that check a signed token by themselves take it until it expires.',
  },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: false, says: 'A revoked token stays revoked.' },
  twoSecrets: { can: true, says: 'A client may have as many tokens at once as it asks for.' },
  undo: 'None. The client asks for a new token.',
  source: 'https://www.rfc-editor.org/rfc/rfc7009',
}

const refreshCard: SemanticsCard = {
  ...tokenCard,
  delete: 'The token is revoked, at most servers with the access tokens of the same consent.',
  undo: 'None. The person has to agree again.',
}

export const oauth = liveConnector({
  id: 'oauth',
  title: 'OAuth clients and tokens',
  evidence: 'real',
  config: oauthConfig,
  instructions: [
    {
      title: 'Look at tokens only',
      language: 'shell',
      text: `# A client that only asks about tokens. It needs no grant, no scope and no redirect.
curl -s https://auth.example/register -H "Authorization: Bearer $INITIAL_TOKEN" -H 'Content-Type: application/json' \\
  -d '{"client_name":"Bailiwick","grant_types":[],"response_types":[],"redirect_uris":[]}'
# client_id and client_secret of the answer go into the connection.
# Servers that ask for a right to introspect: give the client that one (Keycloak: none is needed).`,
    },
    {
      title: 'Discover, rotate and revoke clients',
      language: 'shell',
      text: `# RFC 7591 and 7592 have no list of clients: name each that shall be governed, on a line of its own:
#   CLIENT_ID REGISTRATION_ACCESS_TOKEN [REGISTRATION_CLIENT_URI]
# The token came with the registration. It opens this one client and nothing else; a lost one is issued anew by an
# administrator (Keycloak: Clients, the client, Credentials, Registration access token).
curl -s https://auth.example/register/CLIENT_ID -H "Authorization: Bearer $REGISTRATION_ACCESS_TOKEN"`,
    },
  ],
  requestsPerSecond: 20,
  hands: { identity: identityHands, client_secret: secretHands, access_token: tokenHands, refresh_token: tokenHands },
  semantics: { identity: identityCard, client_secret: secretCard, access_token: tokenCard, refresh_token: refreshCard },
  open: openOauth,
  close: async () => {},
  self: ({ own }) => [clientRef(own.id), secretRef(own.id)],
  describeRights,
  readPage,
  changes: {
    why: 'Clients are asked for one by one; there is no list of what changed.',
    source: 'https://www.rfc-editor.org/rfc/rfc7592',
  },
  explain: () => undefined,
})

async function describeRights(session: OauthSession, call: Call): Promise<RightsReport> {
  await signIn(session, call)
  const { metadata, registrations, tokens, own, mayIntrospect } = session
  const may = (what: string, allowed: boolean, missing: string) =>
    allowed ? { what, allowed } : { what, allowed, missing }
  const named = registrations.size
  return {
    account: own.id,
    product: `OAuth server ${metadata.issuer}`,
    statements: [
      may(
        `See, disable and delete ${named === 0 ? 'clients' : named === 1 ? 'the one client that is named' : `the ${named} clients that are named`}`,
        named > 0,
        'registration access tokens of the clients to govern',
      ),
      may('See all other clients', false, 'a list of clients, which RFC 7591 and 7592 do not have'),
      session.config.atUpdate === 'new'
        ? may('Rotate client secrets', named > 0, 'registration access tokens of the clients to govern')
        : {
            what: 'Rotate client secrets',
            allowed: session.config.atUpdate === 'kept' ? false : ('unknown' as const),
            missing: 'a server that makes a new secret at an update',
          },
      may(
        `Ask about tokens; ${tokens.length} to watch`,
        mayIntrospect,
        metadata.introspection === undefined
          ? 'an introspection endpoint of the server'
          : 'the right of the client to introspect',
      ),
      may('Revoke watched tokens', mayIntrospect && metadata.revocation !== undefined, 'introspection and revocation'),
    ],
  }
}

/** Clients by id and then tokens, so many at a time, each asked for by itself. The cursor is the last that was read. */
async function readPage(
  session: OauthSession,
  { cursor, pageSize = 100 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const page: DiscoveryPage = { records: [], rights: [], refused: [], unresolved: [], skipped: [], next: null }
  const { fingerprint } = session.setting
  if (cursor === null) {
    page.records.push(mapServer(session.metadata.issuer))
    if (session.registrations.size === 0)
      page.skipped.push({
        scope: 'all clients',
        reason: 'the connection names none, and the server has no list of them',
      })
  }
  const entries = [
    ...[...session.registrations.keys()].map((id) => ({
      key: clientRef(id),
      read: () => readOne(session, id, page, call),
    })),
    ...session.tokens.map((token) => ({
      key: tokenRef(fingerprint(token.reveal())),
      read: async () => {
        if (!session.mayIntrospect) return
        page.records.push(mapToken(await introspect(session, token, call), token.reveal(), fingerprint))
      },
    })),
  ].sort((a, b) => (a.key < b.key ? -1 : 1))
  const rest = entries.filter(({ key }) => cursor === null || key > cursor)
  const now = rest.slice(0, pageSize)
  for (const { read } of now) await read()
  if (cursor === null && session.tokens.length > 0 && !session.mayIntrospect)
    page.skipped.push({ scope: 'watched tokens', reason: 'the client may not ask about tokens' })
  page.next = rest.length > now.length ? (now.at(-1)?.key ?? null) : null
  return page
}

async function readOne(session: OauthSession, id: string, page: DiscoveryPage, call: Call): Promise<void> {
  const read = await readClient(session, id, call)
  if ('found' in read) {
    page.records.push(...mapClient(read.found, id, session.setting.fingerprint))
    const { atUpdate } = session.config
    page.rights.push(rightsOf(id, read.found, { own: session.own.id, atUpdate }))
  } else if (read.missing === 'refused')
    page.skipped.push({
      scope: `the client ${id}`,
      reason: 'its registration access token is refused: the client was deleted, or the token is not the newest',
    })
}
