import type { MapContext, NodeRef } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, known, list, text } from '../json-fields'
import { addPersonalKey } from '../personal-key'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { secretFacts } from './secret'
import { connectorOf } from './system'

/** A token acts for the user who made it, in the teams of its scopes. */
function readToken({ value, at }: Entry, graph: Graph, { fingerprint }: MapContext): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const name = text(field(value, 'name')) ?? externalId
  const owner = text(field(value, 'owner_id')) ?? text(field(value, 'userId'))
  const key = {
    externalId,
    credentialType: 'access_token' as const,
    name,
    status: 'active' as const,
    ...secretFacts(field(value, 'bearerToken'), fingerprint),
    createdAt: instant(field(value, 'createdAt')),
    expiresAt: field(value, 'expiresAt') === undefined ? null : instantOrNone(field(value, 'expiresAt')),
    lastUsedAt: instant(field(value, 'activeAt')),
  }
  const attributes = known({ tokenType: text(field(value, 'type')), origin: text(field(value, 'origin')) })
  const self: NodeRef = { type: 'identity', externalId }
  if (owner !== undefined)
    addPersonalKey(graph, key, { type: 'human', externalId: owner }, at, {
      attributes,
      ownerHints: [{ value: owner, from: 'owner' }],
    })
  else {
    const { createdAt, lastUsedAt } = key
    graph.add(
      { type: 'identity', externalId, kind: 'api_client', name, status: 'active', createdAt, lastUsedAt, attributes },
      at,
    )
    graph.add({ type: 'credential', ...key, subject: self }, at)
  }
  for (const scope of list(field(value, 'scopes'))) {
    const team = text(field(scope, 'teamId'))
    const type = text(field(scope, 'type'))
    if (type === undefined) continue
    const to: NodeRef = { type: 'resource', externalId: team ?? 'vercel:user-account' }
    graph.add(
      {
        type: 'resource',
        externalId: to.externalId,
        kind: 'account',
        name: team === undefined ? 'Account of the user' : `Vercel team ${team}`,
      },
      at,
    )
    const notEvaluable = 'a token has the rights of its user, which the listing does not state'
    graph.edge({ kind: 'grants', from: self, to, scopes: [type], notEvaluable }, at)
  }
  return undefined
}

const has = ({ value }: Entry, ...names: string[]) => names.every((name) => field(value, name) !== undefined)

export const vercel = connectorOf({
  id: 'saas-vercel',
  system: 'vercel',
  title: 'Vercel',
  expects: 'a Vercel listing of tokens ("activeAt", "origin")',
  yields: 'Access tokens with the teams that they reach',
  production: [
    {
      from: 'Vercel API',
      steps: [
        'curl -H "Authorization: Bearer $VERCEL_TOKEN" "https://api.vercel.com/v6/user/tokens" > vercel-tokens.json',
      ],
      rights: 'A token of the user whose tokens are listed',
    },
  ],
  kinds: [
    {
      name: 'token',
      is: (entry) => has(entry, 'id', 'activeAt', 'createdAt') && (has(entry, 'origin') || has(entry, 'scopes')),
      read: readToken,
    },
  ],
})
