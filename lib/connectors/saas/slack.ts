import type { NodeRef, Privilege } from '../contract'
import { instant } from '../instants'
import { field, flag, known, list, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { wordTable } from '../word-table'
import { connectorOf } from './system'

/** Scopes that govern access or weigh more than their name says. */
const slackScopes: Record<string, Privilege> = wordTable({
  admin: 'admin',
  identify: 'read',
  bot: 'write',
  client: 'admin',
  commands: 'write',
  post: 'write',
  read: 'read',
  'auditlogs:read': 'read',
  'incoming-webhook': 'write',
  'tokens.basic': 'read',
  'users:read.email': 'read',
  'links.embed:write': 'write',
})

/** The privilege of a Slack scope: `….:read` and `….:history` read, `….:write` writes, `admin…:write` governs; others are unknown. */
export function slackPrivilege(scope: string): Privilege | undefined {
  if (Object.hasOwn(slackScopes, scope)) return slackScopes[scope]
  const [, area = '', verb = ''] = /^([a-z_.]+):(read|history|write)(?:[.:][a-z_]+)?$/.exec(scope) ?? []
  if (verb === 'read' || verb === 'history') return 'read'
  if (verb === 'write') return area.startsWith('admin') ? 'admin' : 'write'
  return undefined
}

function workspaceOf(team: string | undefined, graph: Graph, at: string): NodeRef {
  const externalId = team ?? 'slack:workspace'
  graph.add({ type: 'resource', externalId, kind: 'workspace', name: `Slack workspace ${team ?? ''}`.trim() }, at)
  return { type: 'resource', externalId }
}

function readMember({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const name =
    text(field(value, 'real_name')) ??
    text(path(value, 'profile', 'real_name')) ??
    text(field(value, 'name')) ??
    externalId
  const deleted = flag(field(value, 'deleted')) === true
  if (
    flag(field(value, 'is_bot')) === true ||
    flag(field(value, 'is_app_user')) === true ||
    externalId === 'USLACKBOT'
  ) {
    const attributes = known({
      handle: text(field(value, 'name')),
      appId: text(path(value, 'profile', 'api_app_id')),
      botId: text(path(value, 'profile', 'bot_id')),
      workflowBot: flag(field(value, 'is_workflow_bot')),
    })
    graph.add(
      { type: 'identity', externalId, kind: 'bot', name, status: deleted ? 'disabled' : 'active', attributes },
      at,
    )
    return undefined
  }
  const email = text(path(value, 'profile', 'email'))
  graph.human({ externalId, name, ...known({ email }), reason: 'is a member and no bot' }, at)
  const from: NodeRef = { type: 'human', externalId }
  const to = workspaceOf(text(field(value, 'team_id')), graph, at)
  const roles = ['is_primary_owner', 'is_owner', 'is_admin'].filter((role) => flag(field(value, role)) === true)
  if (roles.length > 0 && !deleted) graph.edge({ kind: 'grants', from, to, scopes: roles, privilege: 'admin' }, at)
  return undefined
}

/** An application that the workspace's administrators approved, with its scopes. */
function readApp({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(path(value, 'app', 'id'))
  if (externalId === undefined) return 'has no id'
  const description = text(path(value, 'app', 'description'))
  const name = text(path(value, 'app', 'name')) ?? externalId
  const from: NodeRef = { type: 'identity', externalId }
  const createdAt = instant(field(value, 'date_updated'))
  graph.add(
    { type: 'identity', externalId, kind: 'oauth_app', name, ...known({ description }), status: 'active', createdAt },
    at,
  )
  const scopes = list(field(value, 'scopes')).flatMap((scope) => text(field(scope, 'name')) ?? texts([scope]))
  for (const scope of scopes) {
    const privilege = slackPrivilege(scope)
    const notEvaluable = privilege === undefined ? `what ${scope} allows is not known` : undefined
    graph.edge(
      { kind: 'grants', from, to: workspaceOf(undefined, graph, at), scopes: [scope], privilege, notEvaluable },
      at,
    )
  }
  return undefined
}

const has = ({ value }: Entry, ...names: string[]) => names.every((name) => field(value, name) !== undefined)

export const slack = connectorOf({
  id: 'saas-slack',
  system: 'slack',
  title: 'Slack',
  expects: 'a Slack listing of members ("team_id", "is_bot") or of approved apps',
  yields: 'Bots and approved apps with their scopes; people kept apart',
  production: [
    {
      from: 'Slack Web API',
      steps: [
        'curl -H "Authorization: Bearer $SLACK_TOKEN" "https://slack.com/api/users.list?limit=1000" > slack-members.json',
      ],
      rights: 'Scopes users:read and users:read.email (approved apps: admin.apps:read, admin.apps.approved.list)',
    },
  ],
  kinds: [
    { name: 'member', is: (entry) => has(entry, 'id', 'team_id', 'is_bot'), read: readMember },
    {
      name: 'app',
      is: (entry) =>
        has(entry, 'app', 'scopes') &&
        text(path(entry.value, 'app', 'app_homepage_url') ?? path(entry.value, 'app', 'id')) !== undefined &&
        Array.isArray(field(entry.value, 'scopes')),
      read: readApp,
    },
  ],
  instanceOf: ({ value }) => text(field(value, 'team_id')),
})
