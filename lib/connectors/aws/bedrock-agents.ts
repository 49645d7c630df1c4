import type { EdgeRecord, IdentityRecord, NodeRef } from '../contract'
import { isObject, listAt, numberOf, textOf } from './account-export'
import { type AnswerScene, noteMissing, principalRef } from './answer-scene'
import type { Found } from './answers'
import { nameOf } from './arn'
import { addActionGroup, addKnowledgeBase, guardrailArn, type KnownParts } from './bedrock-parts'
import { parseInstant } from './instants'
import { attributes } from './policies'
import { environmentOf, ownerHints } from './tags'

/** Bedrock agents and AgentCore runtimes as AI agents: the role that they run as, their tools, knowledge bases and guardrail. */
export function addAgents(found: readonly Found[], scene: AnswerScene): void {
  const parts = knownParts(found)
  for (const entry of found) if (entry.kind === 'knowledgeBase') addKnowledgeBase(entry.fields, entry.at, parts, scene)
  for (const entry of found) if (entry.kind === 'guardrail') addGuardrail(entry, scene)
  const agents = new Map<string, Found>()
  for (const entry of found) {
    if (entry.kind !== 'agent' && entry.kind !== 'agentRuntime') continue
    const id = agentId(entry, parts)
    // A description says more than the entry of a list.
    const known = agents.get(id)
    agents.set(id, known === undefined ? entry : { ...known, fields: { ...known.fields, ...entry.fields } })
  }
  for (const [id, entry] of agents) addAgent(id, entry, parts, scene)
  for (const entry of found) addLoose(entry, parts, agents, scene)
}

/** Ids that lists use, by the ARN that descriptions give. */
function knownParts(found: readonly Found[]): KnownParts {
  const parts: KnownParts = { agents: new Map(), knowledgeBases: new Map(), guardrails: new Map() }
  for (const { kind, fields } of found) {
    const note = (map: Map<string, string>, id: string | undefined, arn: string | undefined) => {
      if (id !== undefined && arn !== undefined) map.set(id, arn)
    }
    if (kind === 'agent') note(parts.agents, textOf(fields, 'agentId'), textOf(fields, 'agentArn'))
    if (kind === 'knowledgeBase')
      note(parts.knowledgeBases, textOf(fields, 'knowledgeBaseId'), textOf(fields, 'knowledgeBaseArn'))
    if (kind === 'guardrail')
      note(parts.guardrails, textOf(fields, 'guardrailId') ?? textOf(fields, 'id'), guardrailArn(fields))
  }
  return parts
}

/** The ARN; a list of agents has their ids only. */
function agentId({ fields }: Found, parts: KnownParts): string {
  const arn = textOf(fields, 'agentArn') ?? textOf(fields, 'agentRuntimeArn')
  const id = textOf(fields, 'agentId') ?? 'unknown'
  return arn ?? parts.agents.get(id) ?? id
}

const stopped = new Set(['DELETING', 'FAILED', 'DELETE_FAILED', 'CREATE_FAILED', 'UPDATE_FAILED'])

function statusOf(text: string | undefined): IdentityRecord['status'] {
  if (text === undefined) return 'unknown'
  return stopped.has(text) ? 'disabled' : 'active'
}

function addAgent(id: string, { at, fields }: Found, parts: KnownParts, scene: AnswerScene): void {
  const { set } = scene
  const self: NodeRef = { type: 'identity', externalId: id }
  const name = textOf(fields, 'agentName') ?? textOf(fields, 'agentRuntimeName') ?? nameOf(id)
  const role = textOf(fields, 'agentResourceRoleArn') ?? textOf(fields, 'roleArn')
  const guardrail = isObject(fields.guardrailConfiguration) ? fields.guardrailConfiguration : undefined
  const guardrailId = guardrail === undefined ? undefined : textOf(guardrail, 'guardrailIdentifier')
  const status = textOf(fields, 'agentStatus') ?? textOf(fields, 'status')
  set.addNode({
    type: 'identity',
    externalId: id,
    kind: 'ai_agent',
    name,
    description: textOf(fields, 'description'),
    environment: environmentOf({}, name),
    status: statusOf(status),
    createdAt: parseInstant(fields.createdAt),
    attributes: attributes<string | number | boolean>({
      agentId: textOf(fields, 'agentId') ?? textOf(fields, 'agentRuntimeId'),
      state: status,
      foundationModel: textOf(fields, 'foundationModel'),
      version:
        textOf(fields, 'agentVersion') ?? textOf(fields, 'latestAgentVersion') ?? textOf(fields, 'agentRuntimeVersion'),
      role,
      guardrail: guardrailId ?? (role !== undefined && 'agentResourceRoleArn' in fields ? 'none' : undefined),
      guardrailVersion: guardrail === undefined ? undefined : textOf(guardrail, 'guardrailVersion'),
      kmsKey: textOf(fields, 'customerEncryptionKeyArn'),
      idleSessionSeconds: numberOf(fields, 'idleSessionTTLInSeconds'),
      collaboration: textOf(fields, 'agentCollaboration'),
      updatedAt: parseInstant(fields.updatedAt) ?? parseInstant(fields.lastUpdatedAt),
    }),
    ownerHints: ownerHints({}, name),
  })
  if (role !== undefined) {
    set.addEdge(edge('runs_as', self, principalRef(role, scene)))
    noteMissing(role, at, 'The role that the agent runs as is not in this file', scene)
  }
  const groups = [
    ...listAt(fields, 'actionGroupDetails', at, set.refused),
    ...listAt(fields, 'actionGroups', at, set.refused),
  ]
  for (const group of groups) if (isObject(group.value)) addActionGroup(self, group.value, scene)
  const bases = [
    ...listAt(fields, 'knowledgeBaseSummaries', at, set.refused),
    ...listAt(fields, 'knowledgeBases', at, set.refused),
  ]
  for (const base of bases) if (isObject(base.value)) linkKnowledgeBase(self, base.value, base.at, parts, scene)
  const arn = guardrailId === undefined ? undefined : (parts.guardrails.get(guardrailId) ?? guardrailId)
  if (arn?.startsWith('arn:') && !parts.guardrails.has(guardrailId ?? ''))
    set.unresolved.push({ at, reference: arn, reason: 'The guardrail of the agent is not in this file' })
}

function edge(kind: EdgeRecord['kind'], from: NodeRef, to: NodeRef): Omit<EdgeRecord, 'type' | 'scopeCount'> {
  return { kind, from, to, effect: 'allow', scopes: [], basis: 'declared' }
}

function linkKnowledgeBase(
  agent: NodeRef,
  base: Record<string, unknown>,
  at: string,
  parts: KnownParts,
  scene: AnswerScene,
): void {
  const to = addKnowledgeBase(base, at, parts, scene)
  if (to === undefined || base.knowledgeBaseState === 'DISABLED') return
  scene.set.addEdge({
    kind: 'grants',
    from: agent,
    to,
    effect: 'allow',
    scopes: ['bedrock:Retrieve'],
    privilege: 'read',
    basis: 'declared',
  })
}

/** Action groups, aliases and collaborators that were asked for on their own: they name their agent by its id. */
function addLoose(
  { kind, at, fields }: Found,
  parts: KnownParts,
  agents: Map<string, Found>,
  scene: AnswerScene,
): void {
  const { set } = scene
  const id = textOf(fields, 'agentId')
  const agent = id === undefined ? undefined : (parts.agents.get(id) ?? id)
  const self: NodeRef | undefined = agent === undefined ? undefined : { type: 'identity', externalId: agent }
  if (kind === 'actionGroup') {
    addActionGroup(self, fields, scene)
    if (self === undefined)
      set.unresolved.push({
        at,
        reference: String(fields.actionGroupId),
        reason: 'The list does not say which agent the action group belongs to',
      })
    else if (!agents.has(self.externalId))
      set.unresolved.push({
        at,
        reference: self.externalId,
        reason: 'The agent of the action group is not in this file',
      })
  }
  if (kind === 'agentCollaborator' && self !== undefined && isObject(fields.agentDescriptor)) {
    const alias = textOf(fields.agentDescriptor, 'aliasArn')
    const other = alias?.replace(/:agent-alias\/([^/]+)\/.*$/, ':agent/$1')
    if (other === undefined) return
    set.addEdge(edge('delegates_to', self, { type: 'identity', externalId: other, global: true }))
    if (!agents.has(other))
      set.unresolved.push({ at, reference: other, reason: 'The collaborating agent is not in this file' })
  }
  if (kind === 'agentAlias') {
    const externalId = textOf(fields, 'agentAliasArn') ?? `agent-alias/${String(fields.agentAliasId)}`
    set.addNode({
      type: 'resource',
      externalId,
      kind: 'agent_alias',
      name: String(fields.agentAliasName),
      attributes: attributes<string>({ agentId: id, state: textOf(fields, 'agentAliasStatus') }),
    })
    if (self !== undefined) set.addEdge(edge('delegates_to', { type: 'resource', externalId }, self))
  }
}

function addGuardrail({ fields }: Found, { set }: AnswerScene): void {
  const arn = guardrailArn(fields)
  if (arn === undefined) return
  set.addNode({
    type: 'resource',
    externalId: arn,
    kind: 'guardrail',
    name: textOf(fields, 'name') ?? nameOf(arn),
    attributes: attributes<string>({
      state: textOf(fields, 'status'),
      version: textOf(fields, 'version'),
      createdAt: parseInstant(fields.createdAt),
    }),
  })
}
