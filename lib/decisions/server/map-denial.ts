import { denialToken } from '@/lib/grants/server/resolve-denial'
import { env } from '@/lib/platform/env'
import { type ActiveGrant, isRecord, liftable, longestAction, requestPath } from '../rules'
import type { MappedQuestion } from './map-questions'

/** Policies of the product: one that an organization wrote for its own types may know no grants. */
const policies = ['resource', 'tool']
/** Denials are asked about soon or not at all. In milliseconds. */
const openMs = 60 * 60_000

/**
 * What would lift a denial: a grant that is there, whose use would have to be taken, or one that can be asked for. Told from every reason
 * that a rule gave, since a grant takes away none but these.
 * @param said the reasons of the rules that denied; none where no rule spoke
 * @param byOwn policies of the organization's own had their say: one of theirs may have denied without giving its reason
 */
export function liftOf(
  question: MappedQuestion,
  said: readonly string[],
  byOwn: boolean,
): { reason?: string; asks?: MappedQuestion; toTake?: ActiveGrant } {
  const { granteeId, facts, action, check, grant, toTake } = question
  if (grant !== null || !policies.includes(check.resource.kind) || (byOwn && said.length === 0)) return {}
  const live = isRecord(facts.resource) && isRecord(facts.resource.live) ? facts.resource.live : {}
  if (granteeId === null || live.known !== true || action.length > longestAction) return {}
  if (!said.every((reason) => liftable.includes(reason))) return {}
  return toTake ? { reason: 'grant_to_be_taken', toTake, asks: question } : { asks: question }
}

/**
 * What may be asked for in the place of a denial, as the AuthZEN profile for access requests (draft) words it: for whom, what, on what, where
 * to send it, and the form that a person opens.
 * @param id of the decision
 */
export function accessRequestOf(
  orgId: string,
  id: string,
  at: Date,
  {
    granteeId,
    identityId,
    facts,
    action,
    check,
  }: Pick<MappedQuestion, 'granteeId' | 'identityId' | 'facts' | 'action' | 'check'>,
): Record<string, unknown> {
  const { live } = facts.resource as { live: { id: string } }
  const expires = at.getTime() + openMs
  const isOnce = check.resource.kind === 'tool'
  const form = requestPath({ identityId, resourceId: live.id, action, isOnce, denial: id })
  const bound = {
    granteeId: granteeId ?? '',
    isPerson: identityId === null,
    nodeId: live.id,
    action,
    denial: id,
    expires,
  }
  return {
    endpoint: `${env().PUBLIC_URL}/api/v1/access-requests`,
    template: isOnce ? 'tool_call_once' : 'right_for_a_task',
    expires_at: new Date(expires).toISOString(),
    binding_token: denialToken(orgId, bound),
    form_url: `${env().PUBLIC_URL}${form}`,
    display: { en: isOnce ? `Ask for ${action}, once` : `Ask for ${action} for one task` },
  }
}
