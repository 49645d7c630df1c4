import { liveConnector } from '../live-connector'
import type { Call, RightsReport, SemanticsCard } from '../live-contract'
import { administer, type GitlabSession, gitlabConfig, openGitlab } from './client'
import { accountHands, keyHands, tokenHands } from './hands'
import { readPage } from './read-page'

const tokenCard: SemanticsCard = {
  disable: 'A token cannot be switched off, only revoked.',
  delete:
    'The token is revoked and refused at the next request. With the last token of a project or group its bot goes as well.',
  openSessions: { goOn: false, says: 'Every request shows the token anew: there is nothing that goes on.' },
  residualSeconds: 60,
  refusedWithinSeconds: 60,
  enablingRevives: { does: false, says: 'A revoked token stays revoked.' },
  twoSecrets: {
    can: false,
    says: 'A token of a project or group is rotated: the old one is refused at once, and everything that holds it must change within a window. A service account gets the new one beside the old one.',
  },
  undo: 'None. Do not rotate a token that was rotated already: GitLab takes the use of an old one for a theft, and revokes all that came of it.',
  source: 'https://docs.gitlab.com/api/project_access_tokens/#rotate-a-project-access-token',
}

const accountCard: SemanticsCard = {
  ...tokenCard,
  disable: 'Only an administrator of the instance can block an account; a connection of a group cannot.',
  delete:
    'All tokens of a bot are revoked, and the bot goes with them. A service account is deleted with its tokens. Deploy tokens and deploy keys are deleted wherever the group has them.',
  undo: 'None. A new account has another number, and is a member of nothing.',
  source: 'https://docs.gitlab.com/api/service_accounts/',
}

const keyCard: SemanticsCard = {
  ...tokenCard,
  disable: 'A deploy key cannot be switched off here, only taken away.',
  delete: 'The key is taken from every project of the group that has it, and refused at the next sign-in of Git.',
  openSessions: { goOn: true, says: 'A transfer of Git that has begun is carried on to its end.' },
  twoSecrets: { can: true, says: 'A project may have any number of deploy keys.' },
  undo: 'None: the public key has to be added again.',
  source: 'https://docs.gitlab.com/api/deploy_keys/#delete-deploy-key',
}

export const gitlab = liveConnector({
  id: 'gitlab',
  title: 'GitLab',
  evidence: 'recorded',
  config: gitlabConfig,
  instructions: [
    {
      title: 'Discover only',
      language: 'text',
      text: `# The group's page, Settings, Access tokens, Add new token.
Role: Owner           # Maintainer sees tokens of projects; those of groups and service accounts are shown to owners only
Scopes: read_api`,
    },
    {
      title: 'Discover, rotate and revoke',
      language: 'text',
      text: `# The group's page, Settings, Access tokens, Add new token.
Role: Owner           # with Maintainer it rotates and revokes tokens of projects only
Scopes: api           # GitLab has no narrower scope that may revoke tokens of others`,
    },
  ],
  requestsPerSecond: 10,
  hands: { identity: accountHands, access_token: tokenHands, ssh_key: keyHands },
  semantics: { identity: accountCard, access_token: tokenCard, ssh_key: keyCard },
  open: openGitlab,
  close: async () => {},
  self: ({ own }) => [`user:${own.user}`, `access-token:${own.token}`],
  describeRights,
  readPage,
  changes: {
    why: 'GitLab lists tokens by when they were made or used, and not by when they changed.',
    source: 'https://docs.gitlab.com/api/personal_access_tokens/',
  },
  explain: () => undefined,
})

async function describeRights(session: GitlabSession, call: Call): Promise<RightsReport> {
  const { own, level, group } = session
  await administer(session, { method: 'GET', path: '/personal_access_tokens/self' }, call)
  const may = (what: string, scopes: readonly string[], least: number, role: string) => {
    const hasScope = scopes.some((scope) => own.scopes.includes(scope))
    const missing = [...(hasScope ? [] : [`the scope ${scopes[0]}`]), ...(level >= least ? [] : [`the role ${role}`])]
    return missing.length === 0 ? { what, allowed: true } : { what, allowed: false, missing: missing.join(' and ') }
  }
  const reading = ['read_api', 'api']
  return {
    account: `user ${own.user}, with the token ${own.token}`,
    product: `GitLab, group ${group.path}`,
    statements: [
      may('See tokens and deploy keys of projects', reading, 40, 'Maintainer'),
      may('See tokens of groups and service accounts', reading, 50, 'Owner'),
      may('Rotate and revoke tokens of projects, delete deploy keys', ['api'], 40, 'Maintainer'),
      may('Rotate and revoke tokens of groups and service accounts', ['api'], 50, 'Owner'),
      { what: 'Block accounts', allowed: false, missing: 'an administrator of the instance, whom this does not need' },
    ],
  }
}
