import type { FileConnector, ParsedFile } from '../contract'
import { isApiAnswer, mapApiAnswers } from './api'
import { isGithubGraph, mapGithubGraph } from './opengraph'
import { isWebhookFile, mapWebhooks } from './webhooks'
import { isWorkflow, mapWorkflowFile } from './workflow-file'

function accepts(file: ParsedFile, test: (value: unknown) => boolean): boolean {
  if (file.kind === 'json') return test(file.value)
  return file.kind === 'yaml' && file.documents.some(({ value }) => test(value))
}

const api: FileConnector = {
  id: 'github-api',
  title: 'GitHub API answers',
  expects:
    "answers of GitHub's REST API as JSON (app installations, fine-grained tokens, deploy keys, authorized credentials, secrets, webhooks, runners, audit log), bare or in any envelope",
  yields:
    'App installations, apps, deploy keys, fine-grained and classic tokens, SSH keys, secrets by name, webhooks, runners, workflows, bots, repositories, members (apart)',
  production: [
    {
      from: 'GitHub CLI, signed in as an owner of the organization',
      steps: [
        'gh api --paginate --slurp /orgs/ORG/installations > installations.json',
        'gh api --paginate --slurp /orgs/ORG/credential-authorizations > authorizations.json',
        'gh api --paginate --slurp /orgs/ORG/actions/secrets > secrets.json',
        'gh api --paginate --slurp /orgs/ORG/hooks > hooks.json',
        'gh api --paginate --slurp /orgs/ORG/actions/runners > runners.json',
      ],
      rights:
        'fine-grained token of an owner, for the organization, with Administration, Secrets, Webhooks and Self-hosted runners: read; or a classic one with read:org, admin:org_hook (hooks) and admin:org (secrets, runners)',
    },
    {
      from: 'GitHub CLI with the installation token of a GitHub App, which alone may list fine-grained tokens',
      steps: [
        'GH_TOKEN=INSTALLATION_TOKEN gh api --paginate --slurp /orgs/ORG/personal-access-tokens > tokens.json',
        'GH_TOKEN=INSTALLATION_TOKEN gh api --paginate --slurp /orgs/ORG/personal-access-token-requests > requests.json',
      ],
      rights:
        'app permissions: organization_personal_access_tokens: read, organization_personal_access_token_requests: read',
    },
    {
      from: 'GitHub CLI, for one repository',
      steps: [
        'gh api --paginate --slurp /repos/ORG/REPO/keys > deploy-keys.json',
        'gh api --paginate --slurp /repos/ORG/REPO/actions/secrets > repo-secrets.json',
        'gh api --paginate --slurp /repos/ORG/REPO/actions/workflows > workflows.json',
      ],
      rights: 'fine-grained token with administration: read, secrets: read, actions: read',
    },
  ],
  coverage: 'file',
  accepts: (file) => accepts(file, isApiAnswer),
  map: mapApiAnswers,
}

const webhook: FileConnector = {
  id: 'github-webhook',
  title: 'GitHub webhook payloads',
  expects:
    'payloads that GitHub sent to a webhook (JSON with sender and action, repository, organization or installation)',
  yields:
    'Installations, deploy keys, token requests, leaked secrets, collaborators, bots and repositories, as they were at the event',
  production: [
    {
      from: 'GitHub, settings of the webhook or the app, tab Recent Deliveries',
      steps: ['Open a delivery, copy the payload of its request into a file NAME.json'],
      rights: 'administration of the repository, the organization or the app',
    },
    {
      from: 'GitHub CLI',
      steps: ['gh api /orgs/ORG/hooks/HOOK/deliveries/DELIVERY > delivery.json'],
      rights: 'admin:org_hook',
    },
  ],
  coverage: 'file',
  accepts: (file) => file.kind === 'json' && isWebhookFile(file.value),
  map: mapWebhooks,
}

const workflow: FileConnector = {
  id: 'github-workflow',
  title: 'GitHub Actions workflows',
  expects: 'a GitHub Actions workflow as YAML (on, jobs)',
  yields: 'Workflows with their token permissions, the cloud identities they take by OIDC, the secrets they name',
  production: [
    {
      from: 'a clone of the repository',
      steps: ['Upload .github/workflows/NAME.yml and name the source OWNER/REPO'],
      rights: 'read access to the repository (contents: read)',
    },
  ],
  coverage: 'file',
  accepts: (file) => file.kind === 'yaml' && file.documents.some(({ value }) => isWorkflow(value)),
  map: mapWorkflowFile,
}

const graph: FileConnector = {
  id: 'github-opengraph',
  title: 'GitHub organization as OpenGraph',
  expects: 'a BloodHound OpenGraph file of a GitHub organization (GitHound, node kinds GH_…)',
  yields:
    'Repositories, teams, roles, app installations, tokens, secrets by name, workflows, cloud identities taken by OIDC, members (apart)',
  production: [
    {
      from: 'GitHound of SpecterOps, in PowerShell',
      steps: [
        '. ./githound.ps1',
        '$session = New-GitHubSession -OrganizationName ORG -Token (Get-Clipboard)',
        'Invoke-GitHound -Session $session',
      ],
      rights: 'fine-grained token of an owner: administration, actions, contents, environments, secrets, members: read',
    },
  ],
  coverage: 'file',
  accepts: (file) => file.kind === 'json' && isGithubGraph(file.value),
  map: mapGithubGraph,
}

export const connectors: FileConnector[] = [graph, webhook, api, workflow]
