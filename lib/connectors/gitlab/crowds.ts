import type { Power } from '../crowds'

/** `sudo` acts as any user of the instance; an administrator also makes tokens of anybody. */
export const powers: readonly Power[] = [
  {
    key: 'users',
    name: 'Every user of the instance',
    scopes: ['sudo', 'admin_mode', 'role:administrator'],
    isOn: ({ externalId }) => /^https:\/\/[^/]+$/.test(externalId),
    isMember: (record) =>
      (record.type === 'human' || record.type === 'identity') && record.externalId.startsWith('user:'),
  },
]
