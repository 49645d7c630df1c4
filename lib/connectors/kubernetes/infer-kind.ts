import { type Fields, field, isFields, path, text } from './fields'

/**
 * The kind of a bare object that does not state it, as some clients print the items of a list: told by the fields that only
 * this kind has; `undefined` = nothing tells.
 */
export function inferKind(body: Fields): string | undefined {
  if (text(path(body, 'metadata', 'name')) === undefined) return undefined
  const isNamespaced = text(path(body, 'metadata', 'namespace')) !== undefined
  if (isFields(field(body, 'roleRef'))) return isNamespaced ? 'RoleBinding' : 'ClusterRoleBinding'
  if (isFields(field(body, 'aggregationRule'))) return 'ClusterRole'
  if (isRules(field(body, 'rules'))) return isNamespaced ? 'Role' : 'ClusterRole'
  if (Array.isArray(path(body, 'spec', 'containers'))) return 'Pod'
  if (isFields(path(body, 'spec', 'jobTemplate'))) return 'CronJob'
  const type = text(field(body, 'type'))
  if (type !== undefined && /^(Opaque$|kubernetes\.io\/|bootstrap\.kubernetes\.io\/|helm\.sh\/)/.test(type))
    return 'Secret'
  const isAccount = ['automountServiceAccountToken', 'imagePullSecrets'].some(
    (name) => (field(body, name) ?? null) !== null,
  )
  return isAccount && field(body, 'spec') === undefined ? 'ServiceAccount' : undefined
}

/** True for rules of RBAC, which have verbs; an Ingress and others have rules of another sort. */
function isRules(value: unknown): boolean {
  return Array.isArray(value) && value.some((rule) => Array.isArray(field(rule, 'verbs')))
}
