import type { Power } from '../crowds'

const isOn = ({ externalId }: { externalId: string }) => externalId === 'keycloak:realm'

/** Passwords are set and sessions taken over by who manages users; secrets of clients are told to who views them. */
export const powers: readonly Power[] = [
  {
    key: 'users',
    name: 'Every user of the realm',
    scopes: ['admin', 'realm-admin', 'manage-users', 'impersonation'],
    isOn,
    isMember: ({ type }) => type === 'human',
  },
  {
    key: 'clients',
    name: 'Every client of the realm',
    scopes: ['admin', 'realm-admin', 'manage-clients', 'view-clients'],
    isOn,
    isMember: ({ type }) => type === 'identity',
  },
]
