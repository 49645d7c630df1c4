import { liveConnector } from '../live-connector'
import type { SemanticsCard } from '../live-contract'
import { networkError } from '../live-error'
import { kubernetesConfig, openKubernetes } from './client'
import { deposits } from './deposits'
import { accountHands, tokenHands } from './hands'
import { describeRights, readPage, selfOf } from './read-page'

const accountCard: SemanticsCard = {
  disable: 'A service account cannot be switched off: delete its tokens, take its roles, or delete it.',
  delete:
    'The account is gone, with every token that a Secret holds or binds. Pods that run as it go on, and what they hold is refused. A new account of the same name has another uid: old tokens stay dead.',
  openSessions: {
    goOn: true,
    says: 'Every request is checked anew, but the API server remembers a good token for some seconds. What a request has opened (exec, logs, watch) goes on until it ends.',
  },
  residualSeconds: 15,
  refusedWithinSeconds: 15,
  enablingRevives: { does: false, says: 'There is nothing to enable; a deleted account cannot be brought back.' },
  twoSecrets: { can: true, says: 'An account may have any number of tokens.' },
  undo: 'Roles that were taken can be given again. A deleted account or token cannot come back.',
  source: 'https://kubernetes.io/docs/concepts/security/service-accounts/',
}

const tokenCard: SemanticsCard = {
  disable: 'A token cannot be switched off: delete the Secret that holds or binds it.',
  delete:
    'The Secret is gone, and the token with it. Clusters before 1.24 make another one by themselves where the account names the Secret: look again afterwards.',
  openSessions: accountCard.openSessions,
  residualSeconds: 15,
  refusedWithinSeconds: 15,
  enablingRevives: { does: false, says: 'A deleted token stays dead.' },
  twoSecrets: {
    can: true,
    says: 'Old and new work side by side until the old one is deleted. A new token lives for 90 days, unless another end is ordered or the cluster allows less.',
  },
  undo: 'None. Issue another one.',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
}

const head = `apiVersion: v1
kind: Namespace
metadata: { name: bailiwick }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: bailiwick, namespace: bailiwick }
---
# Its token: kubectl create token bailiwick --namespace bailiwick --duration 2160h
`

const role = (name: string, rules: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${name} }
rules:
${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${name} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name} }
subjects: [{ kind: ServiceAccount, name: bailiwick, namespace: bailiwick }]
`

const discovering = `  - { apiGroups: [""], resources: [serviceaccounts, pods, replicationcontrollers], verbs: [get, list] }
  - { apiGroups: [apps], resources: [deployments, statefulsets, daemonsets, replicasets], verbs: [list] }
  - { apiGroups: [batch], resources: [jobs, cronjobs], verbs: [list] }
  - { apiGroups: [rbac.authorization.k8s.io], verbs: [get, list],
      resources: [roles, rolebindings, clusterroles, clusterrolebindings] }
  - { apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create] }`

const seeingTokens = `  # Kubernetes has no right on some Secrets only: who may list them may read all. Bailiwick asks for those of tokens alone.
  # Without this rule, set "Secrets of tokens" to leave.
  - { apiGroups: [""], resources: [secrets], verbs: [list] }`

const depositing = `# Beside one of the others, in each namespace whose programs read their secrets from it.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: bailiwick-deposits, namespace: shop }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get, create, update] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: bailiwick-deposits, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: bailiwick-deposits }
subjects: [{ kind: ServiceAccount, name: bailiwick, namespace: bailiwick }]
`

const acting = `${seeingTokens}
  - { apiGroups: [""], resources: [secrets], verbs: [get, create, delete] }
  - { apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [delete] }
  - { apiGroups: [rbac.authorization.k8s.io], verbs: [create, update, delete],
      resources: [rolebindings, clusterrolebindings] }
  # Only the roles named here can be given. Without resourceNames: any, which amounts to all rights in the cluster.
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [view] }`

export const kubernetes = liveConnector({
  id: 'kubernetes',
  title: 'Kubernetes',
  evidence: 'recorded',
  config: kubernetesConfig,
  instructions: [
    {
      title: 'Discover only',
      language: 'text',
      text: `${head}${role('bailiwick-discover', `${discovering}\n${seeingTokens}`)}`,
    },
    {
      title: 'Hand over new secrets',
      language: 'text',
      text: depositing,
    },
    {
      title: 'Discover, rotate and revoke',
      language: 'text',
      text: `# Who may make tokens of any account may act as any: bind this role in the namespaces that shall be acted upon,
# by RoleBindings in place of the ClusterRoleBinding, where that is enough.
${head}${role('bailiwick', `${discovering}\n${acting}`)}`,
    },
  ],
  requestsPerSecond: 50,
  hands: { identity: accountHands, access_token: tokenHands },
  semantics: { identity: accountCard, access_token: tokenCard },
  deposits,
  open: openKubernetes,
  close: async () => {},
  self: selfOf,
  describeRights,
  readPage,
  changes: {
    why: 'A cluster keeps what changed for five minutes by default, and syncs are further apart.',
    source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes',
  },
  explain: (error) => networkError(error),
})
