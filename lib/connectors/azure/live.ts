import { liveConnector } from '../live-connector'
import type { SemanticsCard } from '../live-contract'
import { networkError } from '../live-error'
import { entraConfig, openEntra } from './client'
import { identityHands, secretHands } from './hands'
import { changes } from './read-changes'
import { describeRights, readPage, selfOf } from './read-page'

const spreads = 'Entra makes changes known everywhere within minutes and states no limit: verify.'

const identityCard: SemanticsCard = {
  disable: `The service principal gets no new tokens in this tenant (accountEnabled). ${spreads}`,
  delete:
    'The application and its service principal are among the deleted items, from where they can be brought back for 30 days.',
  openSessions: {
    goOn: true,
    says: 'Tokens that were issued go on until they expire: an hour or so, up to 24 h where continuous access evaluation is on. That evaluation ends them sooner, but for Microsoft Graph alone, and not for managed identities.',
  },
  residualSeconds: 86_400,
  refusedWithinSeconds: 300,
  enablingRevives: {
    does: true,
    says: 'The same secrets, certificates and federated identities work again, and tokens that have not expired. If a secret leaked, remove it before enabling.',
  },
  twoSecrets: { can: true, says: 'An application may have several client secrets and certificates.' },
  undo: 'Disable: by enable. Delete: by restore within 30 days, with the same ids and secrets.',
  source: 'https://learn.microsoft.com/entra/identity-platform/app-only-access-primer',
}

const secretCard: SemanticsCard = {
  disable: 'A client secret cannot be switched off alone: remove it, or disable the application.',
  delete: `The secret is gone for good. ${spreads}`,
  openSessions: {
    goOn: true,
    says: 'Tokens that were taken with it go on until they expire, an hour or so, up to 24 h.',
  },
  residualSeconds: 86_400,
  refusedWithinSeconds: 300,
  enablingRevives: { does: false, says: 'A removed client secret stays removed.' },
  twoSecrets: {
    can: true,
    says: 'Old and new work side by side until the old one is removed. A new one ends after 180 days, unless another end is ordered.',
  },
  undo: 'None. Make another one.',
  source: 'https://learn.microsoft.com/graph/api/application-removepassword',
}

const steps = (permissions: string) => `APP=$(az ad app create --display-name bailiwick --query appId -o tsv)
az ad sp create --id "$APP"
GRAPH=00000003-0000-0000-c000-000000000000
for permission in ${permissions}; do
  id=$(az ad sp show --id $GRAPH --query "appRoles[?value=='$permission'].id" -o tsv)
  az ad app permission add --id "$APP" --api $GRAPH --api-permissions "$id=Role"
done
az ad app permission admin-consent --id "$APP"
az ad app credential reset --id "$APP" --years 1`

const reading = 'Application.Read.All DelegatedPermissionGrant.Read.All RoleManagement.Read.Directory'

export const azure = liveConnector({
  id: 'azure',
  title: 'Microsoft Entra ID',
  evidence: 'recorded',
  config: entraConfig,
  instructions: [
    { title: 'Discover only', language: 'shell', text: steps(reading) },
    {
      title: 'Discover, rotate and revoke what it owns',
      language: 'shell',
      text: `# Make the application an owner of each application that shall be acted upon (az ad app owner add).
${steps(`${reading} Application.ReadWrite.OwnedBy`)}`,
    },
    {
      title: 'Discover, rotate and revoke everything, and give permissions',
      language: 'shell',
      text: `# Who may change every application, or give permissions, can become any of them: this is as much as an administrator has.
# Leave AppRoleAssignment.ReadWrite.All out where permissions are given by hand.
${steps(`${reading} Application.ReadWrite.All AppRoleAssignment.ReadWrite.All`)}`,
    },
  ],
  requestsPerSecond: 40,
  hands: { identity: identityHands, client_secret: secretHands },
  semantics: { identity: identityCard, client_secret: secretCard },
  open: openEntra,
  close: async () => {},
  self: selfOf,
  describeRights,
  readPage,
  changes,
  explain: (error) => networkError(error),
})
