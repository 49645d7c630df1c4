import { z } from 'zod'

/** The closed lists of values that contracts are made of. */

/** What one item of a campaign is about. */
export const itemLevels = ['identity', 'credential', 'entitlement'] as const
export const ItemLevel = z.enum(itemLevels)
export type ItemLevel = z.infer<typeof ItemLevel>

/**
 * `blocked`: a launch was refused because a source is read in part only. `deciding_silence`: the deadline has passed, and what nobody
 * decided gets its outcome. `remediating`: revokes and reductions are being carried out; `verifying`: all were, and are being proved.
 */
export const campaignStates = [
  'draft',
  'scheduled',
  'snapshotting',
  'blocked',
  'active',
  'deciding_silence',
  'remediating',
  'verifying',
  'closed_effective',
  'closed_with_exceptions',
  'cancelled',
] as const
export const CampaignState = z.enum(campaignStates)
export type CampaignState = z.infer<typeof CampaignState>

/** What a reviewer says of an item. `reassign` is an act of its own: it says nothing of the item. */
export const decisions = ['certify', 'certify_until', 'reduce', 'revoke', 'unsure'] as const
export const Decision = z.enum(decisions)
export type Decision = z.infer<typeof Decision>

/** What became of an item. `keep`: nobody decided, and the campaign had said that silence keeps. */
export const outcomes = ['certify', 'certify_until', 'reduce', 'revoke', 'keep'] as const
export const Outcome = z.enum(outcomes)
export type Outcome = z.infer<typeof Outcome>

/** Who settled it: reviewers by signing off, or the silence policy at the deadline. */
export const settlers = ['reviewers', 'silence'] as const
export const Settler = z.enum(settlers)

/** `signed`: signed off, final. `closed`: the item was settled, or the stage ended, without this reviewer. */
export const assignmentStates = ['open', 'drafted', 'signed', 'handed_on', 'closed'] as const
export const AssignmentState = z.enum(assignmentStates)
export type AssignmentState = z.infer<typeof AssignmentState>

/** What happens to an item that nobody signed off by the deadline; chosen at launch, shown to reviewers. */
export const silences = ['keep', 'revoke', 'reduce', 'escalate'] as const
export const Silence = z.enum(silences)
export type Silence = z.infer<typeof Silence>

/** How the words of several reviewers make one outcome. */
export const strategies = ['one_accepts', 'all_accept', 'one_denies', 'not_denied'] as const
export const Strategy = z.enum(strategies)
export type Strategy = z.infer<typeof Strategy>

/** Where reviewers come from, in the order in which a stage tries them; `fallback` is always last. */
export const reviewerSources = ['owner', 'backup', 'team_lead', 'named'] as const
export const ReviewerSource = z.enum(reviewerSources)
/** How a reviewer came to their items. */
export const reviewerWays = [...reviewerSources, 'fallback', 'reassigned', 'delegated', 'escalated', 'nobody'] as const
export const ReviewerWay = z.enum(reviewerWays)
export type ReviewerWay = z.infer<typeof ReviewerWay>

/**
 * Whether an owner who answers alone, the creator or a user of an identity may certify it. `not_final`: in a stage after which others
 * decide; `allowed`: yes, and the report shows each case.
 */
export const selfReviews = ['never', 'not_final', 'allowed'] as const
export const SelfReview = z.enum(selfReviews)
export type SelfReview = z.infer<typeof SelfReview>

/** Why somebody cannot be the reviewer of an item. */
export const conflicts = ['owns_alone', 'created', 'uses', 'had_it_before', 'acts_for_conflicted'] as const
export const Conflict = z.enum(conflicts)
export type Conflict = z.infer<typeof Conflict>

/** Templates that come with the product; `custom`: one that the organization saved, or none. */
export const templateKinds = [
  'privileged',
  'orphans',
  'vendor_apps',
  'ai_agents',
  'leaver',
  'newly_discovered',
  'custom',
] as const
export const TemplateKind = z.enum(templateKinds)
export type TemplateKind = z.infer<typeof TemplateKind>

/** What begins a campaign by itself. */
export const triggerEvents = ['owner_left', 'scope_widened', 'finding_opened'] as const
export const TriggerEvent = z.enum(triggerEvents)
export type TriggerEvent = z.infer<typeof TriggerEvent>

/** `run`: a revocation at the source; `task`: a person does it where we cannot act. */
export const remedyWays = ['run', 'task'] as const
export const RemedyWay = z.enum(remedyWays)
/**
 * `planned`: not begun; `waiting`: for a second person; `verified`: proved gone; `done`: a person says so, not proved;
 * `excepted`: stays, with a reason, an owner and a date.
 */
export const remedyStates = ['planned', 'waiting', 'running', 'verified', 'failed', 'open', 'done', 'excepted'] as const
export const RemedyState = z.enum(remedyStates)
export type RemedyState = z.infer<typeof RemedyState>

/** What made a reviewer's batch worth a second look. */
export const qualityFlags = [
  'too_fast',
  'approves_all',
  'evidence_unopened',
  'near_deadline',
  'identical_notes',
  'not_independent',
  'reversed',
] as const
export const QualityFlag = z.enum(qualityFlags)
export type QualityFlag = z.infer<typeof QualityFlag>

/** Usage in the item's evidence, as groups of equal evidence see it. */
export const usages = ['used', 'stale', 'never', 'unknown'] as const
export const Usage = z.enum(usages)

export const reportFormats = ['pdf', 'csv', 'json'] as const
export const ReportFormat = z.enum(reportFormats)
export type ReportFormat = z.infer<typeof ReportFormat>
