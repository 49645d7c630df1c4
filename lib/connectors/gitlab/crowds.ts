import type { Power } from '../crowds'

/** `sudo` acts as any user of the instance; an administrator also makes tokens of anybody. */
export const powers: readonly Power[] = [
  {
    key: 'users',
    name: 'Every user of the instance',
    scopes: ['sudo', 'admin_mode', 'role:administrator'],
    isOn: ({ externalId }) => /^https:\/\/[^/]+$/.test(externalId),
    isMember: ({ type, ...record }) =>
      (type === 'human' || type === 'identity') && 'externalId' in record && record.externalId.startsWith('user:'),
  },
]
