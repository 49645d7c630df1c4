import type { NodeRef } from '../contract'
import { isObject, textOf } from './account-export'
import { type AnswerScene, noteMissing, principalRef } from './answer-scene'
import { parseInstant } from './instants'
import { attributes } from './policies'
import { resourceOfPattern } from './resources'

/** ARNs of what is named by a short id elsewhere in the file. */
export interface KnownParts {
  agents: Map<string, string>
  knowledgeBases: Map<string, string>
  guardrails: Map<string, string>
}

/** A guardrail's ARN under either of its names. */
export function guardrailArn(fields: Record<string, unknown>): string | undefined {
  return textOf(fields, 'guardrailArn') ?? textOf(fields, 'arn')
}

/** A knowledge base with the role that it reads as; `undefined` when nothing identifies it. */
export function addKnowledgeBase(
  fields: Record<string, unknown>,
  at: string,
  parts: KnownParts,
  scene: AnswerScene,
): NodeRef | undefined {
  const { set } = scene
  const id = textOf(fields, 'knowledgeBaseId')
  const arn = textOf(fields, 'knowledgeBaseArn') ?? (id === undefined ? undefined : parts.knowledgeBases.get(id))
  const externalId = arn ?? (id === undefined ? undefined : `knowledge-base/${id}`)
  if (externalId === undefined) {
    set.refused.push({ at, reason: 'The knowledge base has no id' })
    return undefined
  }
  const configuration = isObject(fields.knowledgeBaseConfiguration) ? fields.knowledgeBaseConfiguration : {}
  const storage = isObject(fields.storageConfiguration) ? fields.storageConfiguration : {}
  const role = textOf(fields, 'roleArn')
  const ref: NodeRef = { type: 'resource', externalId }
  const name = textOf(fields, 'name')
  // An agent names its knowledge bases by id alone; the entry with a name is met first.
  if (name !== undefined || arn === undefined || fields.knowledgeBaseArn !== undefined) {
    set.addNode({
      type: 'resource',
      externalId,
      kind: 'knowledge_base',
      name: name ?? id ?? externalId,
      attributes: attributes<string | string[]>({
        knowledgeBaseId: id,
        description: textOf(fields, 'description'),
        state: textOf(fields, 'status') ?? textOf(fields, 'knowledgeBaseState'),
        type: textOf(configuration, 'type'),
        storage: textOf(storage, 'type'),
        dataSources: dataSources(fields.dataSourceDetails),
        createdAt: parseInstant(fields.createdAt),
      }),
    })
  }
  if (role !== undefined) {
    set.addEdge({
      kind: 'runs_as',
      from: ref,
      to: principalRef(role, scene),
      effect: 'allow',
      scopes: [],
      basis: 'declared',
    })
    noteMissing(role, at, 'The role that the knowledge base runs as is not in this file', scene)
  }
  return ref
}

function dataSources(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return value.flatMap((source: unknown) => {
    const configuration =
      isObject(source) && isObject(source.dataSourceConfiguration) ? source.dataSourceConfiguration : {}
    const bucket = isObject(configuration.s3Configuration)
      ? textOf(configuration.s3Configuration, 'bucketArn')
      : undefined
    const name = isObject(source) ? textOf(source, 'name') : undefined
    return bucket ?? name ?? []
  })
}

/** An action group as a tool of its agent, and the Lambda function that carries it out. */
export function addActionGroup(agent: NodeRef | undefined, fields: Record<string, unknown>, scene: AnswerScene): void {
  const { set } = scene
  const id = textOf(fields, 'actionGroupId') ?? textOf(fields, 'actionGroupName')
  if (id === undefined) return
  const executor = isObject(fields.actionGroupExecutor) ? fields.actionGroupExecutor : {}
  const lambda = textOf(executor, 'lambda')
  const tool: NodeRef = {
    type: 'resource',
    externalId: agent === undefined ? `action-group/${id}` : `${agent.externalId}#action-group/${id}`,
  }
  const schema =
    isObject(fields.functionSchema) && Array.isArray(fields.functionSchema.functions)
      ? fields.functionSchema.functions
      : []
  const tools = schema.flatMap((entry: unknown) => (isObject(entry) ? (textOf(entry, 'name') ?? []) : []))
  const state = textOf(fields, 'actionGroupState')
  set.addNode({
    type: 'resource',
    externalId: tool.externalId,
    kind: 'tool',
    name: textOf(fields, 'actionGroupName') ?? id,
    attributes: attributes<string | string[]>({
      description: textOf(fields, 'description'),
      state,
      executor:
        lambda ??
        textOf(executor, 'customControl') ??
        textOf(fields, 'parentActionSignature') ??
        textOf(fields, 'parentActionGroupSignature'),
      tools: tools.length === 0 ? undefined : tools.slice(0, 100),
    }),
  })
  if (agent !== undefined && state !== 'DISABLED')
    set.addEdge({ kind: 'delegates_to', from: agent, to: tool, effect: 'allow', scopes: tools, basis: 'declared' })
  const code = lambda === undefined ? undefined : resourceOfPattern(lambda, scene.account)
  if (code === undefined) return
  set.addNode(code)
  const to: NodeRef = { type: 'resource', externalId: code.externalId }
  set.addEdge({
    kind: 'delegates_to',
    from: tool,
    to,
    effect: 'allow',
    scopes: ['lambda:InvokeFunction'],
    basis: 'declared',
  })
}
