import type { FileConnector } from '../contract'
import { acceptsState, mapState } from './map'
import { takeSurvey } from './survey'

/** Terraform and OpenTofu states of any version, and what `terraform show -json` prints of them. */
const state: FileConnector = {
  id: 'terraform-state',
  title: 'Terraform or OpenTofu state',
  expects:
    'a Terraform or OpenTofu state (JSON with version, serial and resources, or the output of terraform show -json)',
  yields:
    'Users, roles, service accounts, apps, their policies, grants and credentials of AWS, Google Cloud, Azure, GitHub and Kubernetes, and every secret that the state keeps in clear text',
  production: [
    {
      from: 'Terraform or OpenTofu, in the directory of the configuration',
      steps: ['terraform state pull > state.json', 'tofu state pull > state.json'],
      rights: 'read access to the backend that keeps the state',
    },
    {
      from: 'Terraform, in the directory of the configuration',
      steps: ['terraform show -json > state.json'],
      rights: 'read access to the backend that keeps the state',
    },
    {
      from: 'HCP Terraform, in the workspace',
      steps: ['States > the latest > Download'],
      rights: 'read state versions of the workspace',
    },
  ],
  coverage: 'file',
  accepts: acceptsState,
  map: mapState,
  pieces: ['resources'],
  survey: { rounds: 1, take: takeSurvey },
}

export const connectors: FileConnector[] = [state]
