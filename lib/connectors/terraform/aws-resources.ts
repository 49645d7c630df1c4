import type { NodeRef } from '../contract'
import { wordTable } from '../word-table'
import { nameOfArn } from './aws-names'
import { grantsOf, readStatements, resourceOf } from './aws-policy'
import { type AwsResource, tagsOf } from './aws-principals'
import { principalRef } from './aws-trust'
import { isFields, said, text, textOf, texts } from './fields'
import { environmentOf, ownerHints } from './hints'

type Made = { about?: NodeRef }

/** Secrets of Secrets Manager and Systems Manager, queues and buckets: what access is to. */
export function mapStore(scene: AwsResource): Made {
  const { resource, graph, account } = scene
  const arn = textOf(resource.attributes, 'arn', 'secret_id', 'id')
  const record = arn === undefined ? undefined : resourceOf(arn, account)
  if (record === undefined) return {}
  const tags = tagsOf(resource)
  const environment = environmentOf(tags, record.name)
  graph.add({
    ...record,
    ...(environment === undefined ? {} : { environment }),
    attributes: { ...record.attributes, terraform: resource.address },
  })
  return { about: { type: 'resource', externalId: record.externalId } }
}

/** Where the ARN of the resource stands that a resource policy is on. */
const targets: Record<string, (attributes: Record<string, unknown>, account: string) => string | undefined> = wordTable(
  {
    aws_s3_bucket_policy: ({ bucket }) => (text(bucket) === undefined ? undefined : `arn:aws:s3:::${text(bucket)}`),
    aws_sns_topic_policy: ({ arn }) => text(arn),
    aws_sqs_queue_policy: ({ queue_url, id }) => {
      const [, region, account, name] =
        /^https:\/\/sqs\.([^./]+)\.[^/]+\/(\d{12})\/(.+)$/.exec(text(queue_url) ?? text(id) ?? '') ?? []
      return name === undefined ? undefined : `arn:aws:sqs:${region}:${account}:${name}`
    },
    aws_secretsmanager_secret_policy: ({ secret_arn }) => text(secret_arn),
    aws_ecr_repository_policy: ({ repository, registry_id }, account) =>
      text(repository) === undefined
        ? undefined
        : `arn:aws:ecr:*:${text(registry_id) ?? account}:repository/${text(repository)}`,
    aws_kms_key_policy: ({ key_id }, account) => {
      const id = text(key_id)
      return id === undefined || id.startsWith('arn:') ? id : `arn:aws:kms:*:${account}:key/${id}`
    },
    aws_kms_key: ({ arn }) => text(arn),
    aws_efs_file_system_policy: ({ file_system_id }, account) =>
      text(file_system_id) === undefined
        ? undefined
        : `arn:aws:elasticfilesystem:*:${account}:file-system/${text(file_system_id)}`,
    aws_lambda_permission: ({ function_name }, account) => {
      const name = text(function_name)
      return name === undefined || name.startsWith('arn:') ? name : `arn:aws:lambda:*:${account}:function:${name}`
    },
  },
)

export function isPolicyOfResource(type: string): boolean {
  return Object.hasOwn(targets, type)
}

/** A policy on a resource: each AWS principal that it names is granted what it says; services and everybody are facts of the resource. */
export function mapResourcePolicy(scene: AwsResource): Made {
  const { resource, graph, account, index } = scene
  const { attributes, type, at } = resource
  const arn = Object.hasOwn(targets, type) ? targets[type]?.(attributes, account) : undefined
  const target = arn === undefined ? undefined : resourceOf(arn, account)
  if (target === undefined) {
    graph.refuse(at, `The ${type} does not say which resource it is on`)
    return {}
  }
  const place = `${at}.attributes.policy`
  const statements = readStatements(attributes.policy, place, (where, why) => graph.refuse(where, why))
  const services = new Set<string>()
  let anyone = false
  const draw: (() => void)[] = []
  for (const statement of statements) {
    const { principal, effect, condition, notPrincipal } = statement
    const named = typeof principal === 'string' ? { AWS: principal } : isFields(principal) ? principal : {}
    if (effect === 'allow') for (const service of texts(named.Service)) services.add(service)
    for (const name of texts(named.AWS)) {
      if (name === '*') {
        if (effect === 'allow') anyone = true
        continue
      }
      draw.push(() => {
        const from = principalRef(name, account, index, graph)
        if (from === undefined) {
          graph.unresolved(name, statement.at, 'The principal was deleted or is not in this state')
          return
        }
        const [grant] = grantsOf({ ...statement, resources: [target.externalId], notResources: undefined }, account)
        const notes = [
          grant?.notEvaluable,
          notPrincipal === undefined ? undefined : 'the statement names a NotPrincipal',
        ]
        graph.edge({
          kind: 'grants',
          from: from.ref,
          to: { type: 'resource', externalId: target.externalId },
          effect,
          scopes: statement.actions,
          privilege: grant?.privilege,
          condition,
          notEvaluable: notes.filter((note) => note !== undefined).join('; ') || undefined,
          at: statement.at,
        })
      })
    }
  }
  const service = text(attributes.principal)
  if (type === 'aws_lambda_permission' && service !== undefined) services.add(service)
  graph.add({
    ...target,
    attributes: {
      ...target.attributes,
      ...said<string | boolean | string[]>({
        servicesMayUse: services.size === 0 ? undefined : [...services],
        anyoneMayUse: anyone ? true : undefined,
      }),
    },
  })
  for (const step of draw) step()
  return {}
}

/** Where workloads name the role that they run as. */
const roleFields: Record<string, string[]> = wordTable({
  aws_lambda_function: ['role'],
  aws_ecs_task_definition: ['task_role_arn', 'execution_role_arn'],
  aws_ecs_service: ['iam_role'],
  aws_codebuild_project: ['service_role'],
  aws_codepipeline: ['role_arn'],
  aws_sfn_state_machine: ['role_arn'],
  aws_glue_job: ['role_arn'],
  aws_batch_job_definition: ['job_role_arn'],
  aws_sagemaker_notebook_instance: ['role_arn'],
  aws_apprunner_service: ['instance_role_arn'],
  aws_bedrockagent_agent: ['agent_resource_role_arn'],
  aws_instance: ['iam_instance_profile'],
  aws_eks_node_group: ['node_role_arn'],
})

export function isWorkload(type: string): boolean {
  return Object.hasOwn(roleFields, type)
}

/** Something that runs, and the role that it runs as. Without a role it is no identity. */
export function mapWorkload(scene: AwsResource): Made {
  const { resource, graph, index, account } = scene
  const { attributes, type, address } = resource
  const roles = (roleFields[type] ?? []).flatMap((name) => roleOf(scene, name))
  const own = textOf(attributes, 'arn', 'agent_arn')
  if (roles.length === 0 || own === undefined) return {}
  // A revision of a task definition is the same workload.
  const externalId = type === 'aws_ecs_task_definition' ? own.replace(/:\d+$/, '') : own
  const tags = tagsOf(resource)
  const name = textOf(attributes, 'function_name', 'family', 'name', 'agent_name') ?? tags.Name ?? nameOfArn(own)
  graph.add({
    type: 'identity',
    externalId,
    kind: type === 'aws_bedrockagent_agent' ? 'ai_agent' : 'workload',
    name,
    environment: environmentOf(tags, name),
    status: 'active',
    tags,
    attributes: { resourceType: type, terraform: address },
    ownerHints: ownerHints(tags, name),
  })
  const from: NodeRef = { type: 'identity', externalId }
  for (const role of roles)
    graph.edge({ kind: 'runs_as', from, to: index.ref('role', role, account), basis: 'declared', at: resource.at })
  return { about: from }
}

/** A role's name or ARN; an instance names a profile, which the state may tie to a role. */
function roleOf({ resource, index }: AwsResource, name: string): string[] {
  const value = text(resource.attributes[name])
  if (value === undefined) return []
  if (name !== 'iam_instance_profile') return [value]
  const profile = index.scene.resources.find(
    ({ type, attributes }) =>
      type === 'aws_iam_instance_profile' && (attributes.name === value || attributes.arn === value),
  )
  return texts(profile?.attributes.role).concat(texts(profile?.attributes.roles)).slice(0, 1)
}

/** Roles for Kubernetes service accounts: `aws_eks_pod_identity_association`. */
export function mapPodIdentity(scene: AwsResource): Made {
  const { resource, graph, index, account } = scene
  const { attributes, at } = resource
  const [namespace, name, role] = ['namespace', 'service_account', 'role_arn'].map((each) => text(attributes[each]))
  if (namespace === undefined || name === undefined || role === undefined) return {}
  graph.unresolved(
    `serviceaccount:${namespace}:${name}`,
    at,
    `A service account of the cluster ${text(attributes.cluster_name) ?? ''} may act as ${role}`,
  )
  graph.mention(index.ref('role', role, account), at)
  return {}
}
