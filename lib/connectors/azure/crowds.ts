import type { MapResult } from '../contract'
import { type Power, withCrowds } from '../crowds'

const isDirectory = ({ externalId }: { externalId: string }) => externalId === 'directory:/'

/** Whoever governs the directory, or adds secrets to applications, acts as what it holds. */
const powers: readonly Power[] = [
  {
    key: 'directory',
    name: 'Everybody in the directory',
    scopes: ['Global Administrator', 'Privileged Role Administrator', 'Privileged Authentication Administrator'],
    isOn: isDirectory,
    isMember: (record) => record.type === 'human' || isApplication(record),
  },
  {
    key: 'applications',
    name: 'Every application of the directory',
    scopes: [
      ...['Application Administrator', 'Cloud Application Administrator'],
      ...['Application.ReadWrite.All', 'RoleManagement.ReadWrite.Directory', 'AppRoleAssignment.ReadWrite.All'],
    ],
    isMember: isApplication,
  },
]

function isApplication(record: MapResult['records'][number]): boolean {
  return record.type === 'identity' && (record.kind === 'oauth_app' || record.kind === 'service_account')
}

/** What owns a subscription, a group or a machine runs its own code on what lies in it, as whom that runs. */
function ownedScopes({ records }: MapResult): Power[] {
  const workloads = records.flatMap((record) =>
    record.type === 'identity' && record.externalId.startsWith('/subscriptions/') ? [record.externalId] : [],
  )
  return records.flatMap((record): Power[] => {
    if (record.type !== 'resource' || !/^\/(?:subscriptions\/|$)/.test(record.externalId)) return []
    const scope = record.externalId === '/' ? '/' : `${record.externalId}/`
    if (!workloads.some((id) => `${id}/`.startsWith(scope))) return []
    return [
      {
        key: `within:${record.externalId}`,
        name: `Every workload in ${record.name}`,
        scopes: ['Owner'],
        isOn: ({ externalId }) => externalId === record.externalId,
        isMember: (one) =>
          one.type === 'identity' &&
          one.externalId.startsWith('/subscriptions/') &&
          `${one.externalId}/`.startsWith(scope),
      },
    ]
  })
}

export function withAzureCrowds(result: MapResult): MapResult {
  return withCrowds(result, [...powers, ...ownedScopes(result)])
}
