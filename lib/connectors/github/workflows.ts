import type { NodeRef, ResourceRecord } from '../contract'
import { type Fields, idText, instant, list, own, text } from './fields'
import { scopeOfAddress } from './ids'
import { addRepository, idOrRefuse, type Mapping, withAttributes } from './mapping'
import type { Hint } from './unwrap'

/** `owner/name` of the repository that a workflow or environment belongs to. */
function repositoryOf(value: Fields, hint: Hint, { assumed }: Mapping): string | undefined {
  const page = /^https?:\/\/[^/]+\/([^/]+)\/([^/]+)\/(?:blob|tree|settings|actions|deployments)\//.exec(
    text(own(value, 'html_url')) ?? '',
  )
  if (page !== null) return `${page[1]}/${page[2]}`
  const scope = scopeOfAddress(text(value.url) ?? '') ?? scopeOfAddress(hint.path ?? '') ?? assumed
  return scope?.owner === undefined || scope.repository === undefined ? undefined : `${scope.owner}/${scope.repository}`
}

/** A workflow of a repository: it runs with the repository's token and secrets. */
export function mapWorkflow(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records, ids } = mapping
  const path = text(value.path)?.replace(/@.*$/, '')
  const id = idOrRefuse(value, at, 'a workflow', records)
  if (id === undefined || path === undefined) return
  const fullName = repositoryOf(value, hint, mapping)
  const state = text(value.state)
  const workflow = records.add({
    type: 'identity',
    externalId: ids.workflow(fullName ?? '(repository)', path).externalId,
    kind: 'workload',
    name: text(value.name) ?? path,
    status: state === 'active' ? 'active' : state === undefined ? 'unknown' : 'disabled',
    createdAt: instant(own(value, 'created_at')),
    ...withAttributes({ workflowId: id, path, state, repository: fullName }),
  })
  const repository = addRepository({ full_name: fullName }, mapping)
  if (repository === undefined)
    records.unresolved(workflow.externalId, at, 'the listing does not name the repository of its workflows')
  else records.edge({ kind: 'owns_code', from: repository, to: workflow, basis: 'declared' })
}

/** A deployment environment with what guards it. */
export function mapEnvironment(value: Fields, at: string, hint: Hint, mapping: Mapping): void {
  const { records } = mapping
  const name = text(value.name)
  if (name === undefined) {
    records.refuse(at, 'an environment without a name')
    return
  }
  const fullName = repositoryOf(value, hint, mapping)
  addRepository({ full_name: fullName }, mapping)
  const rules = list(own(value, 'protection_rules')).flatMap((rule) => text(own(rule, 'type')) ?? [])
  records.add({
    type: 'resource',
    externalId: `environment:${fullName ?? '(repository)'}@${name}`,
    kind: 'environment',
    name: fullName === undefined ? name : `${fullName} ${name}`,
    environment: name.toLowerCase(),
    ...withAttributes({
      environmentId: idText(value.id),
      protectionRules: rules,
      unprotected: Array.isArray(own(value, 'protection_rules')) ? rules.length === 0 : undefined,
    }),
  })
}

/** Every enabled workflow can read the secrets of its repository. */
export function grantSecretsToWorkflows({ records }: Mapping): void {
  const nodes = records.nodes()
  const stores = nodes.filter(
    (node): node is ResourceRecord =>
      node.type === 'resource' && node.kind === 'secret_store' && node.attributes?.app === 'actions',
  )
  const byRepository = new Map<string, NodeRef[]>()
  for (const { externalId, attributes } of stores) {
    const repository = attributes?.scope === 'repository' ? attributes.repository : undefined
    if (typeof repository !== 'string') continue
    const known = byRepository.get(repository) ?? []
    known.push({ type: 'resource', externalId })
    byRepository.set(repository, known)
  }
  for (const node of nodes) {
    if (node.type !== 'identity' || node.attributes?.workflowId === undefined || node.status === 'disabled') continue
    for (const to of byRepository.get(String(node.attributes.repository)) ?? [])
      records.edge({
        kind: 'grants',
        from: { type: 'identity', externalId: node.externalId },
        to,
        basis: 'inferred',
        scopes: ['secrets'],
        privilege: 'secret_read',
      })
  }
}
