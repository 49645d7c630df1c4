import { liveConnector } from '../live-connector'
import type { SemanticsCard } from '../live-contract'
import { networkError } from '../live-error'
import { googleConfig, openGoogle } from './client'
import { accountHands, keyHands } from './hands'
import { describeRights, readPage, selfOf } from './read-page'

const spreads = 'Google makes changes known everywhere within minutes as a rule: verify.'

const accountCard: SemanticsCard = {
  disable: `The account gets no new tokens, and those that it has are rejected. ${spreads}`,
  delete:
    'The account is gone with its keys; it can be brought back for 30 days. Roles that it had stay in policies as deleted: and come back with it, not with another account of the same address.',
  openSessions: { goOn: false, says: 'Tokens of a disabled account are rejected.' },
  residualSeconds: 420,
  refusedWithinSeconds: 420,
  enablingRevives: {
    does: true,
    says: 'The same keys work again, and tokens that have not expired are accepted again. If a key leaked, delete it and wait an hour before enabling.',
  },
  twoSecrets: { can: true, says: 'An account may have ten keys.' },
  undo: 'Disable: by enable. Delete: by restore within 30 days, unless another account took the address.',
  source: 'https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/disable',
}

const keyCard: SemanticsCard = {
  disable: `The key gets no new tokens. ${spreads}`,
  delete: 'The key is gone for good.',
  openSessions: {
    goOn: true,
    says: 'Tokens that were taken with it go on until they expire, an hour or so, up to 12 h. Disabling the account rejects them.',
  },
  residualSeconds: 43_200,
  refusedWithinSeconds: 420,
  enablingRevives: { does: true, says: 'The same key works again.' },
  twoSecrets: { can: true, says: 'Old and new work side by side. An account may have ten keys.' },
  undo: 'Disable: by enable. Delete: none.',
  source: 'https://cloud.google.com/iam/docs/keys-disable-enable',
}

const reading = [
  ...['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.list', 'iam.roles.get'],
  ...['iam.serviceAccounts.list', 'iam.serviceAccounts.get', 'iam.serviceAccounts.getIamPolicy'],
  'iam.serviceAccountKeys.list',
]
const acting = [
  ...['iam.serviceAccountKeys.get', 'iam.serviceAccountKeys.create', 'iam.serviceAccountKeys.delete'],
  ...['iam.serviceAccountKeys.disable', 'iam.serviceAccountKeys.enable'],
  ...['iam.serviceAccounts.disable', 'iam.serviceAccounts.enable', 'iam.serviceAccounts.delete'],
  'iam.serviceAccounts.undelete',
]

const steps = (name: string, permissions: readonly string[]) => `PROJECT=my-project
cat > ${name}.yaml <<'END'
title: ${name}
stage: GA
includedPermissions:
${permissions.map((permission) => `- ${permission}`).join('\n')}
END
gcloud iam roles create ${name} --project "$PROJECT" --file ${name}.yaml
gcloud iam service-accounts create bailiwick --project "$PROJECT"
ACCOUNT="bailiwick@$PROJECT.iam.gserviceaccount.com"
gcloud projects add-iam-policy-binding "$PROJECT" --member "serviceAccount:$ACCOUNT" --role "projects/$PROJECT/roles/${name}"
gcloud iam service-accounts keys create key.json --iam-account "$ACCOUNT"`

export const gcp = liveConnector({
  id: 'gcp',
  title: 'Google Cloud IAM',
  evidence: 'recorded',
  config: googleConfig,
  instructions: [
    { title: 'Discover only', language: 'shell', text: steps('bailiwick_discover', reading) },
    {
      title: 'Discover, rotate and revoke',
      language: 'shell',
      text: `# Who may make keys of an account can become it.
${steps('bailiwick_act', [...reading, ...acting])}`,
    },
    {
      title: 'The same, and give and take roles',
      language: 'shell',
      text: `# Who may write the policy of a project can give themselves everything in it.
${steps('bailiwick_grant', [...reading, ...acting, 'resourcemanager.projects.setIamPolicy'])}`,
    },
  ],
  requestsPerSecond: 40,
  hands: { identity: accountHands, signing_key: keyHands },
  semantics: { identity: accountCard, signing_key: keyCard },
  open: openGoogle,
  close: async () => {},
  self: selfOf,
  describeRights,
  readPage,
  changes: {
    why: 'IAM has no list of what changed since a time.',
    source: 'https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/list',
  },
  explain: (error) => networkError(error),
})
