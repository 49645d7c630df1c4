import type { StageRules } from '@/lib/reviews/templates'
import type {
  CampaignState,
  Decision,
  ItemLevel,
  Outcome,
  QualityFlag,
  RemedyState,
  ReviewerWay,
  Silence,
  Strategy,
  TemplateKind,
  TriggerEvent,
} from '@/lib/reviews/values'

/** The words of reviews on screen. */

export const stateLabels: Record<CampaignState, string> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  snapshotting: 'Freezing the evidence',
  blocked: 'Launch refused',
  active: 'Under review',
  deciding_silence: 'Settling what nobody decided',
  remediating: 'Carrying out',
  verifying: 'Being proved',
  closed_effective: 'Closed, effective',
  closed_with_exceptions: 'Closed with exceptions',
  cancelled: 'Cancelled',
}

export const levelLabels: Record<ItemLevel, string> = {
  identity: 'Identities',
  credential: 'Credentials',
  entitlement: 'Entitlements',
}
export const levelSays: Record<ItemLevel, string> = {
  identity: 'One decision for each identity, with all that it may do.',
  credential: 'One decision for each key, password or certificate.',
  entitlement: 'One decision for each right that an identity has.',
}

export const decisionLabels: Record<Decision | Outcome, string> = {
  certify: 'Certify',
  certify_until: 'Certify until a day',
  reduce: 'Reduce',
  revoke: 'Revoke',
  unsure: 'Not sure',
  keep: 'Keep',
}
/** What was done. */
export const decidedLabels: Record<Decision | Outcome, string> = {
  certify: 'Certified',
  certify_until: 'Certified until a day',
  reduce: 'Reduced',
  revoke: 'Revoked',
  unsure: 'Not sure',
  keep: 'Kept, as nobody decided',
}
/** What the evidence says for itself. */
export const adviceLabels: Record<Decision, string> = {
  certify: 'Certify',
  certify_until: 'Certify until a day',
  reduce: 'Reduce',
  revoke: 'Revoke',
  unsure: 'Unclear',
}
export const decisionColours: Record<Decision | Outcome, string> = {
  certify: 'bg-good-mark',
  certify_until: 'bg-system-4',
  reduce: 'bg-notice-mark',
  revoke: 'bg-danger-mark',
  unsure: 'bg-warning-mark',
  keep: 'bg-quiet-mark',
}

export const sourceLabels: Record<StageRules['reviewers'][number], string> = {
  owner: 'The owner',
  backup: 'The backup owner',
  team_lead: 'The lead of the owner’s team',
  named: 'Named people or teams',
}
export const wayLabels: Record<ReviewerWay, string> = {
  owner: 'owner',
  backup: 'backup owner',
  team_lead: 'team lead',
  named: 'named',
  fallback: 'fallback',
  reassigned: 'handed over to them',
  delegated: 'on behalf of another',
  escalated: 'after a deadline passed',
  nobody: 'nobody found',
}

export const strategyLabels: Record<Strategy, string> = {
  one_accepts: 'One certifies: it stays',
  all_accept: 'It stays only if all certify',
  one_denies: 'One revokes: it goes',
  not_denied: 'It stays if nobody revokes',
}

export const silenceLabels: Record<Silence, string> = {
  keep: 'Keep it',
  revoke: 'Revoke it',
  reduce: 'Reduce it to what was used',
  escalate: 'Ask somebody else',
}
export const silenceHints: Record<Silence, string> = {
  keep: 'Nothing changes. The report says that nobody decided.',
  revoke: 'Access ends. Only for reviewers who got two reminders; else it is kept, and said so.',
  reduce: 'What was not used goes. Where use is not known, it is kept.',
  escalate: 'It goes to the person or team that you name, for some more days.',
}

export const templateLabels: Record<TemplateKind, string> = {
  privileged: 'Privileged identities',
  orphans: 'Without an owner',
  vendor_apps: 'Apps of vendors',
  ai_agents: 'AI agents',
  leaver: 'Somebody left',
  newly_discovered: 'Newly discovered',
  custom: 'Own choice',
}

export const triggerLabels: Record<TriggerEvent, string> = {
  owner_left: 'an owner leaves',
  scope_widened: 'access becomes wider',
  finding_opened: 'a problem is found',
}

export const flagLabels: Record<QualityFlag, string> = {
  too_fast: 'Very fast',
  approves_all: 'Certified nearly all',
  evidence_unopened: 'Evidence seldom opened',
  near_deadline: 'Just before the deadline',
  identical_notes: 'The same note again and again',
  not_independent: 'Not independent',
  reversed: 'Taken back within 30 days',
}

export const remedyLabels: Record<RemedyState, string> = {
  planned: 'Not begun',
  waiting: 'Waits for a second person',
  running: 'Under way',
  verified: 'Proved gone',
  failed: 'Failed',
  open: 'Somebody has to do it',
  done: 'Done, by a person’s word',
  excepted: 'Stays, with a reason',
}

/** `1 identity`, `20 credentials`. */
export function itemNoun(level: ItemLevel): [string, string] {
  if (level === 'credential') return ['credential', 'credentials']
  return level === 'entitlement' ? ['entitlement', 'entitlements'] : ['identity', 'identities']
}

/** `Fri, 12 Dec 2026, 23:59 (Europe/Berlin)`: an instant as a campaign's own time zone has it. */
export function inZone(at: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  })
  return `${parts.format(new Date(at))} (${timeZone})`
}
