import { liveConnector } from '../live-connector'
import type { SemanticsCard } from '../live-contract'
import { networkError } from '../live-error'
import { makeSecret } from '../secret'
import { keystoneConfig, openKeystone } from './client'
import { ec2Hands } from './ec2-hands'
import { applicationHands, passwordHands, userHands } from './hands'
import { describeRights, readPage, selfOf } from './read-page'

const source = 'https://docs.openstack.org/keystone/latest/user/application_credentials.html'

const userCard: SemanticsCard = {
  disable: 'The user cannot sign in by anything that it has, and its tokens are refused at once.',
  delete:
    'The user is gone for good, with its application credentials, its EC2 keys and its roles. A new one of the same name has another id.',
  openSessions: {
    goOn: false,
    says: 'Tokens end at once. A service that keeps its own copy of a token (keystonemiddleware, five minutes by default) takes it until then.',
  },
  residualSeconds: 300,
  refusedWithinSeconds: 1,
  enablingRevives: {
    does: true,
    says: 'Password, application credentials and EC2 keys work again. Tokens from before stay dead. What leaked is to be deleted before.',
  },
  twoSecrets: {
    can: true,
    says: 'A user may have any number of application credentials and EC2 keys, and one password.',
  },
  undo: 'Disable: by enable. Delete: none.',
  source: 'https://docs.openstack.org/api-ref/identity/v3/#users',
}

const applicationCard: SemanticsCard = {
  disable: 'An application credential cannot be switched off alone: delete it, or disable its user.',
  delete: 'It is gone, and no longer signs in.',
  openSessions: {
    goOn: false,
    says: 'Tokens that were taken with it end at once, but for the copies that services keep for some minutes.',
  },
  residualSeconds: 300,
  refusedWithinSeconds: 1,
  enablingRevives: { does: false, says: 'A deleted application credential stays deleted.' },
  twoSecrets: {
    can: true,
    says: 'Old and new work side by side until the old one is deleted. Only the user itself can make one: its password stands in the settings.',
  },
  undo: 'None. A new one has another id, which has to be entered wherever the old one was.',
  source,
}

const ec2Card: SemanticsCard = {
  ...applicationCard,
  disable: 'An EC2 key cannot be switched off alone: delete it, or disable its user.',
  delete: 'It is gone, and no longer signs requests.',
  openSessions: {
    goOn: true,
    says: 'Tokens that were taken with it go on until they expire. Disable the user to end them.',
  },
  residualSeconds: null,
  enablingRevives: { does: false, says: 'A deleted EC2 key stays deleted.' },
  twoSecrets: { can: true, says: 'Old and new work side by side until the old one is deleted.' },
  undo: 'None. A new pair has another access key.',
  source: 'https://docs.openstack.org/api-ref/identity/v3/#credentials',
}

const passwordCard: SemanticsCard = {
  ...userCard,
  disable: 'A password cannot be switched off alone: disable the user.',
  delete: 'A password cannot be deleted alone: set a new one.',
  openSessions: {
    goOn: false,
    says: 'A new password ends every token of the user at once, but for the copies that services keep for some minutes.',
  },
  twoSecrets: {
    can: false,
    says: 'A user has one password: everything that holds the old one must change within a window. Application credentials have no such gap.',
  },
  undo: 'None: set another one.',
}

export const keystone = liveConnector({
  id: 'keystone',
  title: 'OpenStack Keystone',
  evidence: 'real',
  config: keystoneConfig,
  instructions: [
    {
      title: 'Discover only',
      language: 'shell',
      text: `# A user with the role reader on the system, and nothing else. In Keystone a reader sees the secrets of EC2 keys:
# Bailiwick keeps a fingerprint of them and nothing more.
openstack user create --domain Default --password-prompt bailiwick
openstack role add --user bailiwick --user-domain Default --system all reader`,
    },
    {
      title: 'Discover, rotate and revoke',
      language: 'shell',
      text: `# Keystone's own policies let only an administrator of the system change users, their roles and their keys.
openstack role add --user bailiwick --user-domain Default --system all admin
# To renew application credentials of a user, its password goes into the connection too: nobody else can make one.`,
    },
  ],
  requestsPerSecond: 50,
  hands: { identity: userHands, client_secret: applicationHands, api_key: ec2Hands, password: passwordHands },
  semantics: { identity: userCard, client_secret: applicationCard, api_key: ec2Card, password: passwordCard },
  propose: () => makeSecret(),
  open: openKeystone,
  close: async () => {},
  self: selfOf,
  describeRights,
  readPage,
  changes: {
    why: 'Keystone has no list of what changed since a time.',
    source: 'https://docs.openstack.org/api-ref/identity/v3/',
  },
  explain: (error) => networkError(error),
})
