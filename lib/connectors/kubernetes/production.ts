import type { Production } from '../contract'

const rights =
  'get and list on serviceaccounts, roles, rolebindings, clusterroles, clusterrolebindings, pods, deployments, statefulsets, daemonsets, jobs and cronjobs (the ClusterRole `view` and read access to RBAC); `secrets` only for the second way'

/** How a file of Kubernetes objects is made, the best way first. */
export const production: Production[] = [
  {
    from: 'kubectl, signed in to the cluster; no Secret leaves it',
    steps: [
      'kubectl get serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings,deployments,statefulsets,daemonsets,cronjobs,jobs,pods --all-namespaces -o json > cluster.json',
    ],
    rights,
  },
  {
    from: 'kubectl: the legacy tokens too, without their values',
    steps: [
      "kubectl get secrets --all-namespaces --field-selector type=kubernetes.io/service-account-token -o json | jq 'del(.items[].data)' > tokens.json",
    ],
    rights: 'list on secrets',
  },
  {
    from: 'Helm, before or after a chart is installed',
    steps: [
      'helm template RELEASE CHART --namespace NAMESPACE > release.yaml',
      'helm get manifest RELEASE --namespace NAMESPACE > release.yaml',
    ],
    rights: 'none for `helm template`; get on the secrets of the namespace for `helm get`',
  },
  {
    from: 'Kustomize or the manifests of a repository',
    steps: ['kubectl kustomize DIRECTORY > manifests.yaml'],
    rights: 'none',
  },
]
