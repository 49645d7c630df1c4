import { wordTable } from '../word-table'
import { isObject, textOf } from './account-export'

type Fields = Record<string, unknown>

/** The formats that single API answers are grouped into; a file belongs to that of the first thing found in it. */
export type AnswerFamily =
  | 'aws-iam-listings'
  | 'aws-organizations'
  | 'aws-secrets-manager'
  | 'aws-acm'
  | 'aws-bedrock'
  | 'aws-resource-policies'

const kindsByFamily = {
  'aws-iam-listings': [
    'user',
    'role',
    'group',
    'groupMembers',
    'managedPolicy',
    'inlinePolicy',
    'attachedPolicies',
    'attachedPolicy',
    'policyNames',
    'policyVersion',
    'instanceProfile',
    'identityProvider',
    'loginProfile',
    'accessKey',
    'accessKeyUse',
    'serviceCredential',
    'sshKey',
    'signingCertificate',
    'serverCertificate',
    'serviceUse',
    'serviceUseJob',
  ],
  'aws-organizations': [
    'organization',
    'organizationRoot',
    'organizationUnit',
    'organizationAccount',
    'organizationPolicy',
    'organizationPolicyText',
    'organizationTarget',
  ],
  'aws-secrets-manager': ['secret', 'secretPolicy', 'secretVersions', 'secretVersion', 'secretValue'],
  'aws-acm': ['certificate'],
  'aws-bedrock': [
    'agent',
    'agentRuntime',
    'actionGroup',
    'agentAlias',
    'agentCollaborator',
    'knowledgeBase',
    'guardrail',
    'model',
  ],
  'aws-resource-policies': ['resourcePolicy'],
} as const satisfies Record<AnswerFamily, readonly string[]>

/** One kind of thing in an answer. */
export type AnswerKind = (typeof kindsByFamily)[AnswerFamily][number]

const families = new Map<string, AnswerFamily>(
  (Object.entries(kindsByFamily) as [AnswerFamily, readonly string[]][]).flatMap(([family, kinds]) =>
    kinds.map((kind): [string, AnswerFamily] => [kind, family]),
  ),
)

/** The format that a kind belongs to. */
export function familyOf(kind: AnswerKind): AnswerFamily {
  return families.get(kind) ?? 'aws-iam-listings'
}

/** The lists that answers are made of: what they hold, and whether no other system names a list so. */
export const answerLists: Record<string, { kind: AnswerKind; holds: string; isTelling: boolean }> = wordTable({
  Users: { kind: 'user', holds: 'an IAM user', isTelling: false },
  Roles: { kind: 'role', holds: 'an IAM role', isTelling: false },
  Groups: { kind: 'group', holds: 'an IAM group', isTelling: false },
  Policies: { kind: 'managedPolicy', holds: 'a policy', isTelling: false },
  InstanceProfiles: { kind: 'instanceProfile', holds: 'an instance profile', isTelling: true },
  OpenIDConnectProviderList: { kind: 'identityProvider', holds: 'an identity provider', isTelling: true },
  SAMLProviderList: { kind: 'identityProvider', holds: 'an identity provider', isTelling: true },
  AccessKeyMetadata: { kind: 'accessKey', holds: 'an access key', isTelling: true },
  ServiceSpecificCredentials: { kind: 'serviceCredential', holds: 'a service-specific credential', isTelling: true },
  SSHPublicKeys: { kind: 'sshKey', holds: 'an SSH public key', isTelling: true },
  Certificates: { kind: 'signingCertificate', holds: 'a signing certificate', isTelling: false },
  ServerCertificateMetadataList: { kind: 'serverCertificate', holds: 'a server certificate', isTelling: true },
  ServicesLastAccessed: { kind: 'serviceUse', holds: 'the use of a service', isTelling: true },
  Accounts: { kind: 'organizationAccount', holds: 'an account of an organization', isTelling: false },
  Roots: { kind: 'organizationRoot', holds: 'the root of an organization', isTelling: false },
  OrganizationalUnits: { kind: 'organizationUnit', holds: 'an organizational unit', isTelling: true },
  Targets: { kind: 'organizationTarget', holds: 'what a policy is attached to', isTelling: false },
  SecretList: { kind: 'secret', holds: 'a secret', isTelling: true },
  CertificateSummaryList: { kind: 'certificate', holds: 'a certificate', isTelling: true },
  agentSummaries: { kind: 'agent', holds: 'an agent', isTelling: true },
  agentRuntimes: { kind: 'agentRuntime', holds: 'an agent runtime', isTelling: true },
  actionGroupSummaries: { kind: 'actionGroup', holds: 'an action group', isTelling: true },
  agentAliasSummaries: { kind: 'agentAlias', holds: 'an alias of an agent', isTelling: true },
  agentCollaboratorSummaries: { kind: 'agentCollaborator', holds: 'a collaborator of an agent', isTelling: true },
  agentKnowledgeBaseSummaries: { kind: 'knowledgeBase', holds: 'a knowledge base', isTelling: true },
  knowledgeBaseSummaries: { kind: 'knowledgeBase', holds: 'a knowledge base', isTelling: true },
  guardrails: { kind: 'guardrail', holds: 'a guardrail', isTelling: false },
})

/** How each kind is known by its own fields, whatever list it stands in; the first that fits is taken. */
const tests: [AnswerKind, (fields: Fields) => boolean][] = [
  ['groupMembers', (f) => isObject(f.Group) && 'GroupName' in f.Group && Array.isArray(f.Users)],
  ['inlinePolicy', (f) => has(f, 'PolicyName') && 'PolicyDocument' in f && has(f, 'UserName', 'RoleName', 'GroupName')],
  ['attachedPolicies', (f) => Array.isArray(f.AttachedPolicies)],
  [
    'attachedPolicy',
    (f) => isArn(f.PolicyArn, 'iam', 'policy/') && has(f, 'PolicyName') && !has(f, 'Arn') && !('PolicyVersion' in f),
  ],
  ['policyNames', (f) => Array.isArray(f.PolicyNames) && f.PolicyNames.every((name) => typeof name === 'string')],
  ['policyVersion', (f) => isObject(f.PolicyVersion) && 'Document' in f.PolicyVersion],
  ['accessKeyUse', (f) => isObject(f.AccessKeyLastUsed) && (has(f, 'UserName') || has(f, 'AccessKeyId'))],
  [
    'accessKey',
    (f) => /^A[KS]IA[A-Z0-9]{4,}$/.test(textOf(f, 'AccessKeyId') ?? '') && has(f, 'UserName', 'Status', 'CreateDate'),
  ],
  ['serviceCredential', (f) => has(f, 'ServiceSpecificCredentialId')],
  ['sshKey', (f) => has(f, 'SSHPublicKeyId', 'SshPublicKeyId')],
  ['signingCertificate', (f) => has(f, 'CertificateId') && has(f, 'UserName', 'CertificateBody')],
  ['serverCertificate', (f) => has(f, 'ServerCertificateId', 'ServerCertificateName')],
  ['serviceUse', (f) => has(f, 'ServiceNamespace') && has(f, 'ServiceName')],
  [
    'serviceUseJob',
    (f) => has(f, 'JobStatus') && ('JobCreationDate' in f || 'JobId' in f) && !Array.isArray(f.ServicesLastAccessed),
  ],
  [
    'role',
    (f) =>
      has(f, 'RoleName') &&
      (isArn(f.Arn, 'iam', 'role/') || 'AssumeRolePolicyDocument' in f) &&
      !('RolePolicyList' in f),
  ],
  ['user', (f) => has(f, 'UserName') && isArn(f.Arn, 'iam', 'user/') && !('UserPolicyList' in f)],
  ['group', (f) => has(f, 'GroupName') && isArn(f.Arn, 'iam', 'group/') && !('GroupPolicyList' in f)],
  ['managedPolicy', (f) => has(f, 'PolicyName') && isArn(f.Arn, 'iam', 'policy/') && !('PolicyVersionList' in f)],
  ['instanceProfile', (f) => has(f, 'InstanceProfileName') && isArn(f.Arn, 'iam', 'instance-profile/')],
  ['identityProvider', (f) => isArn(f.Arn, 'iam', 'oidc-provider/') || isArn(f.Arn, 'iam', 'saml-provider/')],
  ['loginProfile', (f) => has(f, 'UserName') && 'PasswordResetRequired' in f],
  ['organizationPolicyText', (f) => isObject(f.PolicySummary) && 'Content' in f],
  ['organizationPolicy', (f) => isArn(f.Arn, 'organizations', 'policy/')],
  ['organizationRoot', (f) => isArn(f.Arn, 'organizations', 'root/')],
  ['organizationTarget', (f) => has(f, 'TargetId') && has(f, 'Type')],
  ['organizationUnit', (f) => isArn(f.Arn, 'organizations', 'ou/')],
  ['organizationAccount', (f) => isArn(f.Arn, 'organizations', 'account/')],
  ['organization', (f) => isArn(f.Arn, 'organizations', 'organization/')],
  ['secretVersion', (f) => has(f, 'SecretId') && has(f, 'VersionId')],
  ['secretValue', (f) => isSecret(f) && ('SecretString' in f || 'SecretBinary' in f)],
  ['secretPolicy', (f) => isSecret(f) && 'ResourcePolicy' in f],
  ['secretVersions', (f) => isSecret(f) && Array.isArray(f.Versions)],
  ['secret', (f) => isSecret(f)],
  ['certificate', (f) => isArn(f.CertificateArn, 'acm', 'certificate/')],
  ['agentCollaborator', (f) => has(f, 'collaboratorName', 'collaboratorId') && isObject(f.agentDescriptor)],
  ['actionGroup', (f) => has(f, 'actionGroupId') && has(f, 'actionGroupName')],
  ['agentAlias', (f) => has(f, 'agentAliasId') && has(f, 'agentAliasName')],
  ['agentRuntime', (f) => has(f, 'agentRuntimeArn')],
  [
    'agent',
    (f) =>
      isArn(f.agentArn, 'bedrock', 'agent/') || (has(f, 'agentId') && has(f, 'agentName') && has(f, 'agentStatus')),
  ],
  [
    'knowledgeBase',
    (f) => has(f, 'knowledgeBaseId') && (has(f, 'name') || has(f, 'knowledgeBaseState', 'knowledgeBaseArn')),
  ],
  ['guardrail', (f) => isArn(f.guardrailArn ?? f.arn, 'bedrock', 'guardrail/')],
  ['model', (f) => isArn(f.modelArn, 'bedrock', '') || isArn(f.provisionedModelArn, 'bedrock', '')],
  ['resourcePolicy', (f) => isArn(f.Resource, '', '') && 'Policy' in f],
  [
    'resourcePolicy',
    (f) => typeof f.Policy === 'string' && /"Statement"/.test(f.Policy) && /"Principal"/.test(f.Policy),
  ],
]

/** What an object is by its own fields; `undefined` = nothing of these. */
export function kindOf(fields: Fields): AnswerKind | undefined {
  return tests.find(([, fits]) => fits(fields))?.[0]
}

/** Whether one of them holds a text or a number; whatever else stands there names nothing. */
function has(fields: Fields, ...oneOf: string[]): boolean {
  return oneOf.some((key) => (typeof fields[key] === 'string' && fields[key] !== '') || typeof fields[key] === 'number')
}

function isSecret(fields: Fields): boolean {
  return isArn(fields.ARN ?? fields.Arn, 'secretsmanager', 'secret:')
}

/** True for an ARN of that service (any when empty) whose resource starts so. */
function isArn(value: unknown, service: string, start: string): boolean {
  if (typeof value !== 'string') return false
  const [head, , found, , , ...rest] = value.split(':')
  return head === 'arn' && (service === '' || found === service) && rest.join(':').startsWith(start)
}
