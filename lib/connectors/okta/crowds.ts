import type { Power } from '../crowds'

const isOn = ({ externalId }: { externalId: string }) => externalId === 'okta:org'

/** Passwords and factors are reset by who manages users; secrets of clients are told to who reads applications. */
export const powers: readonly Power[] = [
  {
    key: 'users',
    name: 'Every user of the organization',
    scopes: [
      'SUPER_ADMIN',
      'okta.users.manage',
      'okta.users.credentials.manage',
      'okta.users.credentials.resetPassword',
      'okta.users.credentials.manageTemporaryAccessCode',
    ],
    isOn,
    isMember: (record) => record.type === 'human' || (record.type === 'identity' && record.kind === 'service_account'),
  },
  {
    key: 'clients',
    name: 'Every client of the organization',
    scopes: [
      'SUPER_ADMIN',
      'okta.apps.manage',
      'okta.clients.manage',
      'okta.apps.read',
      'okta.apps.clientCredentials.read',
    ],
    isOn,
    isMember: (record) => record.type === 'identity' && record.kind === 'oauth_app',
  },
]
