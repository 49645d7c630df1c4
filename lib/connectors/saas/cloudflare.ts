import type { MapContext, NodeRef, Privilege } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, idText, isFields, known, list, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { secretFacts } from './secret'
import { connectorOf } from './system'

/**
 * The privilege of a Cloudflare permission group. Their names end in what they allow: `… Read`, `… Write`, `… Edit`, `… Revoke`;
 * tokens, memberships and access rules govern.
 */
export function cloudflarePrivilege(group: string): Privilege | undefined {
  const [, subject = '', verb = ''] =
    /^(.*\S)\s+(Read|Write|Edit|Revoke|Purge|Run|Report|Metadata Read|Sign)$/.exec(group) ?? []
  if (/Read$|Report/.test(verb)) return 'read'
  if (verb === '') return undefined
  return /API Tokens|Memberships|Access: |Account Settings|SCIM|Secrets Store|Zero Trust/.test(subject)
    ? 'admin'
    : 'write'
}

/** A token is its own principal: its policies say what it may do where. */
function readToken({ value, at }: Entry, graph: Graph, { fingerprint }: MapContext): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const name = text(field(value, 'name')) ?? externalId
  const state = text(field(value, 'status'))
  const status = state === 'active' ? 'active' : state === undefined ? 'unknown' : 'disabled'
  const createdAt = instant(field(value, 'issued_on'))
  const lastUsedAt = instantOrNone(field(value, 'last_used_on'))
  const addresses = texts(path(value, 'condition', 'request_ip', 'in'))
  const attributes = {
    ...known({ tokenStatus: state }),
    ...(addresses.length === 0 ? {} : { onlyFrom: addresses.slice(0, 50) }),
  }
  graph.add({ type: 'identity', externalId, kind: 'api_client', name, status, createdAt, lastUsedAt, attributes }, at)
  const self: NodeRef = { type: 'identity', externalId }
  graph.add(
    {
      type: 'credential',
      externalId,
      subject: self,
      credentialType: 'access_token',
      name,
      status,
      ...secretFacts(field(value, 'value'), fingerprint),
      createdAt,
      expiresAt: field(value, 'expires_on') === undefined ? null : instantOrNone(field(value, 'expires_on')),
      lastUsedAt,
      rotatedAt: instant(field(value, 'modified_on')),
    },
    at,
  )
  for (const [index, policy] of list(field(value, 'policies')).entries()) {
    const targets = Object.keys(isFields(field(policy, 'resources')) ? (field(policy, 'resources') as object) : {})
    if (targets.length === 0) graph.refuse(`${at}.policies[${index}]`, 'the policy names no resource')
    const effect = text(field(policy, 'effect')) === 'deny' ? 'deny' : 'allow'
    const groups = list(field(policy, 'permission_groups')).flatMap(
      (group) => text(field(group, 'name')) ?? text(field(group, 'id')) ?? [],
    )
    for (const target of targets) {
      if (target.trim() === '') {
        graph.refuse(`${at}.policies[${index}].resources`, 'a resource has no name')
        continue
      }
      const kind = target.split('.').at(-2) ?? 'resource'
      graph.add({ type: 'resource', externalId: target, kind, name: target }, at)
      for (const group of groups) {
        const privilege = cloudflarePrivilege(group)
        const notEvaluable = privilege === undefined ? `what ${group} allows is not known` : undefined
        graph.edge(
          {
            kind: 'grants',
            from: self,
            to: { type: 'resource', externalId: target },
            effect,
            scopes: [group],
            privilege,
            notEvaluable,
          },
          at,
        )
      }
    }
  }
  return undefined
}

function readMember({ value, at }: Entry, graph: Graph): string | undefined {
  const email = text(path(value, 'user', 'email')) ?? text(field(value, 'email')) ?? text(field(value, 'user.email'))
  const externalId = idText(path(value, 'user', 'id')) ?? idText(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  graph.human({ externalId, name: email ?? externalId, ...known({ email }), reason: 'is a member of the account' }, at)
  for (const role of list(field(value, 'roles'))) {
    const name = text(field(role, 'name'))
    const id = idText(field(role, 'id')) ?? name
    if (id === undefined) continue
    graph.add({ type: 'role', externalId: id, kind: 'role', name: name ?? id }, at)
    graph.edge({ kind: 'member_of', from: { type: 'human', externalId }, to: { type: 'role', externalId: id } }, at)
  }
  return undefined
}

const has = ({ value }: Entry, ...names: string[]) => names.every((name) => field(value, name) !== undefined)

export const cloudflare = connectorOf({
  id: 'saas-cloudflare',
  system: 'cloudflare',
  title: 'Cloudflare',
  expects: 'a Cloudflare listing of API tokens ("issued_on", "policies") or members',
  yields: 'API tokens with their policies; people kept apart',
  production: [
    {
      from: 'Cloudflare API',
      steps: [
        'curl -H "Authorization: Bearer $CF_TOKEN" "https://api.cloudflare.com/client/v4/accounts/$ACCOUNT/tokens?per_page=50" > cloudflare-account-tokens.json',
        'curl -H "Authorization: Bearer $CF_TOKEN" "https://api.cloudflare.com/client/v4/user/tokens?per_page=50" > cloudflare-user-tokens.json',
      ],
      rights: 'Permission groups Account API Tokens Read (of the account) and API Tokens Read (of the user)',
    },
  ],
  kinds: [
    {
      name: 'token',
      is: (entry) => has(entry, 'id', 'issued_on') && (has(entry, 'policies') || has(entry, 'modified_on')),
      read: readToken,
    },
    {
      name: 'member',
      is: (entry) =>
        has(entry, 'status') &&
        ((text(path(entry.value, 'user', 'email')) !== undefined && has(entry, 'roles')) || has(entry, 'user.email')),
      weak: true,
      read: readMember,
    },
  ],
})
