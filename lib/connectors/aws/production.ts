import type { Production } from '../contract'

const cli = 'AWS CLI, signed in to the account'
const shell = 'AWS CloudShell in the console, signed in to the account'
const custodian = 'Cloud Custodian or botocore placebo: the recorded answer, in its envelope {status_code, data}'

/** How each AWS format is made, the best way first. */
export const production = {
  'aws-authorization-details': [
    {
      from: cli,
      steps: ['aws iam get-account-authorization-details --output json > account.json'],
      rights: 'iam:GetAccountAuthorizationDetails',
    },
    {
      from: 'AWS CLI, without the policies that AWS keeps (a smaller file; attachments of those stay unresolved)',
      steps: ['aws iam get-account-authorization-details --filter User Role Group LocalManagedPolicy > account.json'],
      rights: 'iam:GetAccountAuthorizationDetails',
    },
    {
      from: 'Cloudsplaining',
      steps: ['cloudsplaining download --profile PROFILE'],
      rights: 'iam:GetAccountAuthorizationDetails',
    },
  ],
  'aws-credential-report': [
    {
      from: cli,
      steps: [
        'aws iam generate-credential-report   # repeat until State is COMPLETE',
        'aws iam get-credential-report > report.json',
      ],
      rights: 'iam:GenerateCredentialReport, iam:GetCredentialReport',
    },
    {
      from: 'AWS console',
      steps: ['IAM, Access reports, Credential report, Download credential report (CSV)'],
      rights: 'iam:GenerateCredentialReport, iam:GetCredentialReport',
    },
  ],
  'aws-iam-listings': [
    {
      from: `${shell}: users, roles, instance profiles, and the access keys of every user, as one file of JSON lines`,
      steps: [
        '(aws iam list-users; aws iam list-roles; aws iam list-instance-profiles) | jq -c . > iam.jsonl',
        "for u in $(aws iam list-users --query 'Users[].UserName' --output text); do aws iam list-access-keys --user-name $u; aws iam list-ssh-public-keys --user-name $u; aws iam list-signing-certificates --user-name $u; aws iam list-service-specific-credentials --user-name $u; done | jq -c . >> iam.jsonl",
        "for k in $(jq -r '.AccessKeyMetadata[]?.AccessKeyId' iam.jsonl); do aws iam get-access-key-last-used --access-key-id $k | jq -c --arg k $k '{AccessKeyId: $k} + .'; done >> iam.jsonl",
      ],
      rights:
        'iam:ListUsers, iam:ListRoles, iam:ListInstanceProfiles, iam:ListAccessKeys, iam:GetAccessKeyLastUsed, iam:ListSSHPublicKeys, iam:ListSigningCertificates, iam:ListServiceSpecificCredentials',
    },
    {
      from: `${shell}: the policies of every role, as JSON lines (users and groups likewise; where get-account-authorization-details is not allowed)`,
      steps: [
        "for r in $(aws iam list-roles --query 'Roles[].RoleName' --output text); do aws iam get-role --role-name $r; aws iam list-attached-role-policies --role-name $r | jq -c --arg r $r '{RoleName: $r} + .'; for p in $(aws iam list-role-policies --role-name $r --query 'PolicyNames[]' --output text); do aws iam get-role-policy --role-name $r --policy-name $p; done; done | jq -c . > policies.jsonl",
        "for p in $(aws iam list-policies --only-attached --query 'Policies[].Arn' --output text); do aws iam get-policy-version --policy-arn $p --version-id $(aws iam get-policy --policy-arn $p --query Policy.DefaultVersionId --output text) | jq -c --arg p $p '{PolicyArn: $p} + .'; done >> policies.jsonl",
      ],
      rights:
        'iam:ListRoles, iam:GetRole, iam:ListAttachedRolePolicies, iam:ListRolePolicies, iam:GetRolePolicy, iam:ListPolicies, iam:GetPolicy, iam:GetPolicyVersion',
    },
    {
      from: `${cli}: the services that one principal last used`,
      steps: [
        'JOB=$(aws iam generate-service-last-accessed-details --arn ARN --query JobId --output text)',
        'aws iam get-service-last-accessed-details --job-id $JOB > last-accessed.json',
      ],
      rights: 'iam:GenerateServiceLastAccessedDetails, iam:GetServiceLastAccessedDetails',
    },
    {
      from: custodian,
      steps: ['placebo.attach(session, "recordings").record()'],
      rights: 'those of the calls that are recorded',
    },
  ],
  'aws-organizations': [
    {
      from: 'the script of IAMSpy (Python with boto3), signed in to the management account: the tree with the policies at every level',
      steps: [
        'git clone --depth 1 https://github.com/WithSecureLabs/IAMSpy',
        'python3 IAMSpy/utils/download-scps.py > organization.json',
      ],
      rights:
        'organizations:ListRoots, organizations:ListChildren, organizations:DescribeAccount, organizations:DescribeOrganizationalUnit, organizations:ListPoliciesForTarget, organizations:DescribePolicy',
    },
    {
      from: 'AWS CLI, signed in to the management account or a delegated administrator: accounts and policies, without what is attached where',
      steps: [
        '(aws organizations describe-organization; aws organizations list-roots; aws organizations list-accounts) | jq -c . > organization.jsonl',
        "for p in $(aws organizations list-policies --filter SERVICE_CONTROL_POLICY --query 'Policies[].Id' --output text); do aws organizations describe-policy --policy-id $p; done | jq -c . >> organization.jsonl",
      ],
      rights:
        'organizations:DescribeOrganization, organizations:ListRoots, organizations:ListAccounts, organizations:ListPolicies, organizations:DescribePolicy',
    },
  ],
  'aws-secrets-manager': [
    {
      from: `${cli}; never with get-secret-value`,
      steps: ['aws secretsmanager list-secrets --include-planned-deletion > secrets.json'],
      rights: 'secretsmanager:ListSecrets',
    },
    {
      from: `${cli}: with resource policies and versions, as JSON lines`,
      steps: [
        "for s in $(aws secretsmanager list-secrets --query 'SecretList[].ARN' --output text); do aws secretsmanager describe-secret --secret-id $s; aws secretsmanager get-resource-policy --secret-id $s; aws secretsmanager list-secret-version-ids --secret-id $s; done | jq -c . > secrets.jsonl",
      ],
      rights:
        'secretsmanager:ListSecrets, secretsmanager:DescribeSecret, secretsmanager:GetResourcePolicy, secretsmanager:ListSecretVersionIds',
    },
  ],
  'aws-acm': [
    {
      from: `${cli}, in each region (CloudFront's are in us-east-1)`,
      steps: [
        "for c in $(aws acm list-certificates --includes keyTypes=RSA_1024,RSA_2048,RSA_3072,RSA_4096,EC_prime256v1,EC_secp384r1,EC_secp521r1 --query 'CertificateSummaryList[].CertificateArn' --output text); do aws acm describe-certificate --certificate-arn $c; done | jq -c . > certificates.jsonl",
      ],
      rights: 'acm:ListCertificates, acm:DescribeCertificate',
    },
    {
      from: `${cli}: the list alone`,
      steps: [
        'aws acm list-certificates --includes keyTypes=RSA_1024,RSA_2048,RSA_3072,RSA_4096,EC_prime256v1,EC_secp384r1,EC_secp521r1 > certificates.json',
      ],
      rights: 'acm:ListCertificates',
    },
  ],
  'aws-bedrock': [
    {
      from: `${cli}, in each region`,
      steps: [
        "for a in $(aws bedrock-agent list-agents --query 'agentSummaries[].agentId' --output text); do aws bedrock-agent get-agent --agent-id $a; for g in $(aws bedrock-agent list-agent-action-groups --agent-id $a --agent-version DRAFT --query 'actionGroupSummaries[].actionGroupId' --output text); do aws bedrock-agent get-agent-action-group --agent-id $a --agent-version DRAFT --action-group-id $g; done; done | jq -c . > agents.jsonl",
        "for k in $(aws bedrock-agent list-knowledge-bases --query 'knowledgeBaseSummaries[].knowledgeBaseId' --output text); do aws bedrock-agent get-knowledge-base --knowledge-base-id $k; done | jq -c . >> agents.jsonl",
        'aws bedrock list-guardrails | jq -c . >> agents.jsonl',
      ],
      rights:
        'bedrock:ListAgents, bedrock:GetAgent, bedrock:ListAgentActionGroups, bedrock:GetAgentActionGroup, bedrock:ListKnowledgeBases, bedrock:GetKnowledgeBase, bedrock:ListGuardrails',
    },
  ],
  'aws-resource-policies': [
    {
      from: `${cli}: the policies of all buckets`,
      steps: [
        "for b in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do aws s3api get-bucket-policy --bucket $b --output json | jq -c --arg b arn:aws:s3:::$b '{Resource: $b, Policy: .Policy}'; done > policies.jsonl",
      ],
      rights: 's3:ListAllMyBuckets, s3:GetBucketPolicy',
    },
  ],
} satisfies Record<string, Production[]>
