import type { FileConnector } from '../contract'
import { isApiAnswer, mapApiAnswers } from './api'
import { isEventFile, mapEvents } from './events'
import { joinListings } from './join'

const api: FileConnector = {
  id: 'gitlab-api',
  title: 'GitLab API answers',
  expects:
    "answers of GitLab's REST API as JSON (access tokens, service accounts, deploy tokens and keys, runners, CI variables, triggers, hooks)",
  yields:
    'Access tokens of each kind, service accounts, bots, deploy tokens and keys, runners, CI variables, triggers, webhooks, applications, users (apart)',
  production: [
    {
      from: 'glab, signed in as an administrator of the instance',
      steps: [
        'glab api --paginate personal_access_tokens > personal-access-tokens.json',
        'glab api --paginate service_accounts > service-accounts.json',
        'glab api --paginate deploy_keys > deploy-keys.json',
        'glab api --paginate runners/all > runners.json',
        'glab api --paginate users > users.json',
      ],
      rights: 'personal access token with read_api of an administrator',
    },
    {
      from: 'glab, as maintainer of one project (for a group: groups/ID)',
      steps: [
        'glab api --paginate projects/ID/access_tokens > project-tokens.json',
        'glab api --paginate projects/ID/deploy_tokens > deploy-tokens.json',
        'glab api --paginate projects/ID/variables > variables.json',
        'glab api --paginate projects/ID/triggers > triggers.json',
        'glab api --paginate projects/ID/hooks > hooks.json',
      ],
      rights: 'read_api with the role Maintainer',
    },
    {
      from: 'curl',
      steps: [
        'curl -H "PRIVATE-TOKEN: $TOKEN" "https://HOST/api/v4/personal_access_tokens?per_page=100&page=1" > tokens-1.json',
      ],
      rights: 'read_api',
    },
  ],
  coverage: 'file',
  accepts: (file) => {
    if (file.kind === 'json') return isApiAnswer(file.value)
    return file.kind === 'yaml' && file.documents.some(({ value }) => isApiAnswer(value))
  },
  map: mapApiAnswers,
  join: joinListings,
}

const webhook: FileConnector = {
  id: 'gitlab-webhook',
  title: 'GitLab webhook and system hook payloads',
  expects: 'payloads that GitLab sent to a webhook or system hook (JSON with object_kind or event_name)',
  yields: 'Expiring access tokens, SSH keys, members and projects, as they were at the event',
  production: [
    {
      from: 'GitLab, settings of the project, Webhooks, Edit, Recent events, View details',
      steps: ['Copy the request body into a file NAME.json'],
      rights: 'Maintainer of the project (for system hooks: administrator)',
    },
  ],
  coverage: 'file',
  accepts: (file) => file.kind === 'json' && isEventFile(file.value),
  map: mapEvents,
}

export const connectors: FileConnector[] = [webhook, api]
