import type { Privilege } from '../contract'

/** A kind of GitHound's without its prefix, which was `GH` before it became `GH_`; `undefined` = another collector's. */
export function bareKind(kind: unknown): string | undefined {
  if (typeof kind !== 'string') return undefined
  const found = /^GH(?:_([A-Z][A-Za-z]+)|([A-Z][a-z][A-Za-z]+))$/.exec(kind)
  return found?.[1] ?? found?.[2]
}

/** Node kinds that stand for no credential, account or place of access. */
export const structuralKinds = ['Branch', 'BranchProtectionRule', 'WorkflowJob', 'WorkflowStep', 'ExternalIdentity', 'Scope', 'EnvironmentBranchPolicy', 'Role', 'Runner'] // biome-ignore format: a list of words

/** Edge kinds by which a role passes to its holder. */
export const membershipKinds = ['HasRole', 'HasBaseRole', 'MemberOf']

/** Relations of a role, or computed for one, and what they amount to. */
const relations: Record<Privilege, string[]> = {
  read: `ReadRepoContents ReadCodeScanning ViewDependabotAlerts ReadOrganizationActionsUsageMetrics
    ReadOrganizationCustomOrgRole ReadOrganizationCustomRepoRole ReadEnterpriseAuditLog RunOrgMigration`.split(/\s+/),
  write: `WriteRepoContents WriteRepoPullRequests BypassBranchProtection PushProtectedBranch ManageWebhooks
    DeleteAlertsCodeScanning ManageSecurityProducts ManageRepoSecurityProducts EditRepoProtections JumpMergeQueue
    CreateSoloMergeQueueEntry EditRepoCustomPropertiesValues EditRepoCustomPropertiesValue AddLabel RemoveLabel
    CloseIssue ReopenIssue ClosePullRequest ReopenPullRequest AddAssignee DeleteIssue RemoveAssignee RequestPrReview
    MarkAsDuplicate SetMilestone SetIssueType ManageTopics ManageSettingsWiki ManageSettingsProjects
    ManageSettingsMergeTypes ManageSettingsPages EditRepoMetadata SetInteractionLimits SetSocialPreview
    EditRepoAnnouncementBanners WriteCodeScanning ResolveDependabotAlerts DeleteDiscussion ToggleDiscussionAnswer
    ToggleDiscussionCommentMinimize EditDiscussionCategory CreateDiscussionCategory ConvertIssuesToDiscussions
    CloseDiscussion ReopenDiscussion EditCategoryOnDiscussion ManageDiscussionBadges EditDiscussionComment
    DeleteDiscussionComment CreateTag DeleteTag CreateRepository ManageOrganizationWebhooks
    OrgBypassCodeScanningDismissalRequests OrgBypassSecretScanningClosureRequests
    OrgReviewAndManageSecretScanningBypassRequests OrgReviewAndManageSecretScanningClosureRequests
    ResolveSecretScanningAlerts WriteOrganizationActionsSecrets WriteOrganizationActionsVariables
    WriteOrganizationActionsSettings WriteOrganizationNetworkConfigurations CanWriteBranch CanCreateBranch
    CanEditProtection`.split(/\s+/),
  // A workflow that runs foreign code hands out the secrets of its repository.
  secret_read: ['ViewSecretScanningAlerts', 'CanReadSecretScanningAlert', 'CanPwnRequest'],
  admin: `AdminTo ManageDeployKeys AddMember AddCollaborator InviteMember CreateTeam TransferRepository
    WriteOrganizationCustomOrgRole WriteOrganizationCustomRepoRole CreateEnterpriseOrganizations
    ManageEnterpriseAdmins ManageEnterpriseIdentityProvider ManageEnterpriseMembers
    ManageEnterpriseOrganizationAdmins ManageEnterpriseOrganizations ManageEnterpriseTeams`.split(/\s+/),
}

/** What a relation of a role amounts to; `undefined` = not in the table. */
export function relationPrivilege(bare: string): Privilege | undefined {
  const found = Object.entries(relations).find(([, kinds]) => kinds.includes(bare))?.[0]
  return found === 'read' || found === 'write' || found === 'secret_read' || found === 'admin' ? found : undefined
}

/** Relations that say where something stands or how it was computed, not who may do what. */
export const structuralRelations =
  `Contains AssignedTo Owns HasVariable HasBranch ProtectedBy HasEnvironment HasSamlIdentityProvider HasExternalIdentity
  MapsToUser HasPersonalAccessTokenRequest HasPersonalAccessToken CanUseRunner CanDispatchTo SyncedTo CallsWorkflow
  DependsOn DeploysTo HasJob HasMember HasStep UsesSecret UsesVariable BypassPullRequestAllowances RestrictionsCanPush
  SyncedToEnvironment ValidToken`.split(/\s+/)
