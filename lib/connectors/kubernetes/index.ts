import type { FileConnector, ParsedFile } from '../contract'
import { joinManifests } from './join'
import { kubeconfig } from './kubeconfig'
import { mapKubernetes } from './map'
import { isKubernetes } from './objects'
import { production } from './production'
import { takeSurvey } from './survey'

/** Kubernetes manifests, `kubectl get … -o yaml|json`, rendered Helm charts, recorded API answers. */
const manifests: FileConnector = {
  id: 'kubernetes-manifests',
  title: 'Kubernetes manifests',
  expects:
    'Kubernetes objects as YAML or JSON, each with apiVersion, kind and metadata (kubectl get … -o yaml, helm template)',
  yields:
    'Service accounts and workloads, what they run as and which tokens they hold, roles and bindings with what they grant, Secrets by name, cloud identities',
  production,
  coverage: 'file',
  accepts,
  map: mapKubernetes,
  pieces: ['items', ''],
  survey: { rounds: 2, take: takeSurvey },
  join: joinManifests,
}

function accepts(file: ParsedFile): boolean {
  if (file.kind === 'json') return isKubernetes(file.value)
  return file.kind === 'yaml' && file.documents.some(({ value }) => isKubernetes(value))
}

export const connectors: FileConnector[] = [manifests, kubeconfig]
