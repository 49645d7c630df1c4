import type { OwnerHint } from '../contract'
import { instant } from '../instants'
import { field, isFields, known, list, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'

function ownersOf(value: unknown): { ownerHints?: OwnerHint[] } {
  const ownerHints = [
    ...texts(field(value, 'ownerUserIds')).map((owner) => ({ value: owner, from: 'ownerUserIds' })),
    ...texts(field(value, 'ownerGroupIds')).map((owner) => ({ value: owner, from: 'ownerGroupIds' })),
  ]
  return ownerHints.length === 0 ? {} : { ownerHints }
}

/** A shared or service account that Okta Privileged Access looks after; its Okta user is the principal. */
export function readOktaAccount({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'oktaUserId')) ?? text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  addAccount(value, externalId, at, graph, { serviceAccountId: text(field(value, 'id')) })
  return undefined
}

/** A service account inside an application that is connected to Okta. */
export function readAppAccount({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const orn = text(field(value, 'containerOrn'))
  const app = orn?.split(':').at(-1)
  addAccount(value, externalId, at, graph, {
    application: app,
    applicationName: text(field(value, 'containerInstanceName')),
  })
  if (app === undefined || app === '') return undefined
  const name = text(field(value, 'containerInstanceName')) ?? text(field(value, 'containerGlobalName')) ?? app
  graph.add({ type: 'resource', externalId: app, kind: 'application', name }, at)
  const notEvaluable = 'what the account may do inside the application is not stated'
  const from = { type: 'identity' as const, externalId }
  graph.edge({ kind: 'grants', from, to: { type: 'resource', externalId: app }, notEvaluable, basis: 'declared' }, at)
  return undefined
}

function addAccount(
  value: unknown,
  externalId: string,
  at: string,
  graph: Graph,
  more: Record<string, string | undefined>,
): void {
  const description = text(field(value, 'description'))
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'service_account',
      name: text(field(value, 'name')) ?? text(field(value, 'username')) ?? externalId,
      ...known({ description }),
      status: 'active',
      createdAt: instant(field(value, 'created')),
      attributes: known({
        username: text(field(value, 'username')),
        vaultStatus: text(field(value, 'status')),
        vaultStatusDetail: text(field(value, 'statusDetail')),
        ...more,
      }),
      ...ownersOf(value),
    },
    at,
  )
}

/** Agents that run in the organization's own network (Active Directory, LDAP, RADIUS) with a token of Okta. */
export function readAgentPool({ value, at }: Entry, graph: Graph): string | undefined {
  const agents = field(value, 'agents')
  const pool = text(field(value, 'name'))
  for (const agent of isFields(agents) ? [agents] : list(agents)) {
    const externalId = text(field(agent, 'id'))
    if (externalId === undefined) {
      graph.refuse(at, 'an agent of the pool has no id')
      continue
    }
    const state = text(field(agent, 'operationalStatus'))
    graph.add(
      {
        type: 'identity',
        externalId,
        kind: 'workload',
        name: text(field(agent, 'name')) ?? externalId,
        status: field(agent, 'active') === true ? 'active' : 'unknown',
        lastUsedAt: instant(field(agent, 'lastConnection')),
        attributes: known({
          pool,
          agentType: text(field(value, 'type')),
          version: text(field(agent, 'version')),
          state,
        }),
      },
      at,
    )
  }
  return undefined
}

/** A user of the directory or of one application: people, kept apart. */
export function readPerson({ value, at }: Entry, graph: Graph, reason: string): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const profile = field(value, 'profile')
  const email = text(field(profile, 'email'))
  const full = ['firstName', 'lastName'].flatMap((part) => text(field(profile, part)) ?? []).join(' ')
  const login = text(field(profile, 'login')) ?? text(path(value, 'credentials', 'userName'))
  const name = full === '' ? (login ?? externalId) : full
  graph.human({ externalId, name, ...known({ email }), reason }, at)
  return undefined
}
