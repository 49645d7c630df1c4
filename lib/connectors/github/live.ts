import { liveConnector } from '../live-connector'
import type { Call, RightsReport, SemanticsCard } from '../live-contract'
import { type GithubSession, githubConfig, makeKey, openGithub, read } from './client'
import { text } from './fields'
import { installationHands, keyHands, tokenHands } from './hands'
import { readPage } from './read-page'

const installationCard: SemanticsCard = {
  disable:
    'The installation is suspended: GitHub refuses the app everything in the organization, its API and its webhooks. Only the app itself may do so, with its private key. GitHub states no limit of time: verify.',
  delete: 'The app is uninstalled from the organization, with its access and its settings. A deploy key is deleted.',
  openSessions: {
    goOn: false,
    says: 'Installation tokens that were made before, up to 1 h old, are refused while it is suspended. Tokens of users of the app are the users’ own and go on.',
  },
  residualSeconds: 60,
  refusedWithinSeconds: 60,
  enablingRevives: {
    does: true,
    says: 'The same private key makes tokens again, and tokens under 1 h old may work again. If the key leaked, make another and delete it on the app’s page first.',
  },
  twoSecrets: {
    can: true,
    says: 'An app may have several private keys; GitHub makes and deletes them on its pages only.',
  },
  undo: 'Suspend: by enable. Delete: none; an owner of the organization has to install the app again.',
  source: 'https://docs.github.com/en/rest/apps/apps#suspend-an-app-installation',
}

const keyCard: SemanticsCard = {
  disable: 'A deploy key cannot be switched off, only deleted.',
  delete:
    'The key is refused at the next sign-in; GitHub states no limit of time: verify. Deleting a credential that was authorized for single sign-on ends its access to this organization and nothing else.',
  openSessions: {
    goOn: true,
    says: 'A transfer of Git that has begun is carried on to its end; there are no sessions beyond that.',
  },
  residualSeconds: 60,
  refusedWithinSeconds: 60,
  enablingRevives: { does: false, says: 'There is nothing to enable: a deleted key has to be added anew.' },
  twoSecrets: {
    can: true,
    says: 'A repository may have any number of deploy keys. GitHub gives the new one an id of its own, so it stands beside the old one as an identity of its own: give it the owner of the old one.',
  },
  undo: 'None: whoever still holds the private key has to add its public half again.',
  source: 'https://docs.github.com/en/rest/deploy-keys/deploy-keys',
}

const tokenCard: SemanticsCard = {
  disable: 'A token cannot be switched off, only ended.',
  delete:
    'A fine-grained token or an authorized one loses this organization and lives on elsewhere. A token whose value the connection holds is revoked everywhere, and GitHub tells its owner.',
  openSessions: { goOn: false, says: 'Every request shows the token anew: there is nothing that goes on.' },
  residualSeconds: 60,
  refusedWithinSeconds: 60,
  enablingRevives: {
    does: false,
    says: 'What is ended stays so: its owner has to ask for access again, or make a new token.',
  },
  twoSecrets: { can: true, says: 'A user may have many tokens. Only the user makes new ones, on a page: no API does.' },
  undo: 'None. The owner asks for access again, or makes a new token.',
  source: 'https://docs.github.com/en/rest/orgs/personal-access-tokens',
}

const seeing = `# Settings of the organization, Developer settings, GitHub Apps, New GitHub App. No webhook, no callback.
# Repository permissions
Administration: read            # deploy keys
Secrets: read                   # names of Actions secrets, never values
Webhooks: read
Metadata: read                  # is always there
# Organization permissions
Administration: read            # installations of apps, credentials authorized for single sign-on
Personal access tokens: read
Secrets: read
Dependabot secrets: read
Webhooks: read
# Install it on all repositories, make a private key, and note the app's number.`

const acting = seeing
  .replace('Administration: read            # deploy keys', 'Administration: read and write  # deploy keys')
  .replace('Administration: read            # installations', 'Administration: read and write  # installations')
  .replace('Personal access tokens: read', 'Personal access tokens: read and write')

export const github = liveConnector({
  id: 'github',
  title: 'GitHub',
  evidence: 'recorded',
  config: githubConfig,
  instructions: [
    { title: 'Discover only', language: 'text', text: seeing },
    // Administration of repositories is much more than deploy keys: GitHub offers nothing less for them.
    {
      title: 'Discover, rotate and revoke',
      language: 'text',
      text: `${acting}
# Write on "Administration" of repositories is what GitHub asks for deploy keys, and it is much more than that: leave it at
# read, or install the app on the repositories whose keys shall be rotated.`,
    },
  ],
  // GitHub counts 900 points a minute, a question as one and a change as five.
  requestsPerSecond: 12,
  hands: { identity: installationHands, ssh_key: keyHands, access_token: tokenHands },
  semantics: { identity: installationCard, ssh_key: keyCard, access_token: tokenCard },
  propose: () => makeKey(),
  open: openGithub,
  close: async () => {},
  self: ({ installation, config }) => [`installation:${installation.id}`, `app:${config.appId}`],
  describeRights,
  readPage,
  changes: {
    why: 'Lists of keys, apps and secrets cannot be asked for by time of change.',
    source: 'https://docs.github.com/en/rest/deploy-keys/deploy-keys',
  },
  explain: () => undefined,
})

async function describeRights(session: GithubSession, call: Call): Promise<RightsReport> {
  const { permissions, installation, config, apps, tokens } = session
  // The permissions were told when it signed in; this shows that it is still let in.
  await read(session, '/installation/repositories?per_page=1', call)
  const may = (what: string, permission: string, level: 'read' | 'write') => {
    const allowed = level === 'read' ? permissions[permission] !== undefined : permissions[permission] === 'write'
    return allowed ? { what, allowed } : { what, allowed, missing: `${permission}: ${level}` }
  }
  const named = [...apps.keys()]
  return {
    account: `the app ${text(installation.app_slug) ?? config.appId}, installed on ${config.organization}`,
    product: 'GitHub',
    statements: [
      may('See deploy keys', 'administration', 'read'),
      may('Rotate and delete deploy keys', 'administration', 'write'),
      may('See apps and authorized credentials', 'organization_administration', 'read'),
      may('End authorized credentials', 'organization_administration', 'write'),
      may('See fine-grained tokens', 'organization_personal_access_tokens', 'read'),
      may('End fine-grained tokens', 'organization_personal_access_tokens', 'write'),
      may('See names of secrets of the organization', 'organization_secrets', 'read'),
      may('See names of secrets of repositories', 'secrets', 'read'),
      may('See webhooks of the organization', 'organization_hooks', 'read'),
      may('See webhooks of repositories', 'repository_hooks', 'read'),
      named.length > 0
        ? { what: `Suspend installations of the apps ${named.join(', ')}`, allowed: true }
        : { what: 'Suspend installations of apps', allowed: false, missing: 'private keys of those apps' },
      ...(tokens.length > 0 ? [{ what: `End ${tokens.length} tokens everywhere`, allowed: true }] : []),
      ...(installation.repository_selection === 'all'
        ? []
        : [{ what: 'See all repositories', allowed: false, missing: 'an installation on all repositories' }]),
    ],
  }
}
