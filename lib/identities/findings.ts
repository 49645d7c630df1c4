import { ageInDays, ageState, expiringWithinDays, expiryState, usageState } from './rules'
import type { AgePolicy, Finding, Identity, IdentityDetail } from './schema'

const ms = (moment: string) => Date.parse(moment)

type Judged = Pick<
  Identity,
  'owner' | 'credentialCount' | 'oldestCredentialAt' | 'nextExpiryAt' | 'lastUsedAt' | 'neverUsed'
> &
  Partial<Pick<IdentityDetail, 'exclusions' | 'formerOwner'>>

/**
 * What is wrong with an identity by the organization's rules. What an exception covers is told too, as that: until when the
 * last of the exceptions to its rule holds.
 */
export function findingsOf(identity: Judged, policy: AgePolicy, nowMs: number): Finding[] {
  const found: Omit<Finding, 'exceptedUntil'>[] = []
  if (!identity.owner.first) found.push({ rule: 'ownership', problem: unownedWords(identity.formerOwner) })
  const age = identity.credentialCount > 0 ? ageInDays(identity.oldestCredentialAt, nowMs) : null
  if (ageState(age, policy.rotateAfterDays) === 'overdue') {
    const problem = `Its oldest credential is ${age} days old; the rule is ${policy.rotateAfterDays}.`
    found.push({ rule: 'rotation', problem })
  }
  const expiry = expiryState({ expiresAt: identity.nextExpiryAt }, nowMs)
  if (expiry === 'expired') found.push({ rule: 'expiry', problem: 'A credential of it has expired.' })
  if (expiry === 'soon') {
    found.push({ rule: 'expiry', problem: `A credential of it expires within ${expiringWithinDays} days.` })
  }
  const usage = usageState(identity, nowMs, policy.staleAfterDays)
  if (usage === 'never') found.push({ rule: 'usage', problem: 'It was never used.' })
  if (usage === 'stale') {
    found.push({ rule: 'usage', problem: `It has not been used for over ${policy.staleAfterDays} days.` })
  }
  const excepted = exceptionsOf(identity.exclusions ?? [], nowMs)
  return found.map((finding) => ({ ...finding, exceptedUntil: excepted[finding.rule] ?? null }))
}

const departures = { left: 'left', disabled: 'was disabled', team_deleted: 'was deleted' }

/** That nobody answers for it, and who did last. */
export function unownedWords(former: IdentityDetail['formerOwner'] | undefined): string {
  if (!former) return 'Nobody answers for it.'
  const who = former.reason === 'team_deleted' ? `The team ${former.label}` : former.label
  return `${who} ${departures[former.reason]}, and nobody answers for it.`
}

/** The rules that do not hold now, each with when the last of its exceptions ends. */
export function exceptionsOf(
  exclusions: readonly { rule: Finding['rule']; until: string }[],
  nowMs: number,
): Identity['excepted'] {
  const valid = exclusions.filter(({ until }) => ms(until) > nowMs).sort((a, b) => ms(a.until) - ms(b.until))
  return Object.fromEntries(valid.map(({ rule, until }) => [rule, until]))
}

const exceptions: Record<Finding['rule'], string> = {
  ownership: 'having an owner',
  rotation: 'rotation',
  expiry: 'expiry',
  usage: 'use',
}

/** An identity's state in one sentence or two: what it is in, who answers for it, what is wrong, and what is excepted. */
export function identitySentence(
  identity: Pick<Identity, 'status' | 'environment'> & Judged,
  policy: AgePolicy,
  nowMs: number,
): string {
  const status = { active: 'Active', disabled: 'Disabled', unknown: 'State unknown,', gone: 'Gone from its source,' }
  const where = identity.environment ? `in ${identity.environment}` : 'environment unknown'
  const state = identity.environment ? status[identity.status] : `${status[identity.status].replace(/,$/, '')},`
  const findings = findingsOf(identity, policy, nowMs)
  const raised = findings.filter(({ exceptedUntil }) => exceptedUntil === null)
  const excepted = findings.flatMap(({ rule, exceptedUntil }) =>
    exceptedUntil === null ? [] : [`${exceptions[rule]} until ${exceptedUntil.slice(0, 10)}`],
  )
  const { first } = identity.owner
  return [
    `${state} ${where}.`,
    ...(first ? [ownerSentence(identity.owner, first)] : []),
    ...raised.map(({ problem }) => problem),
    ...(excepted.length > 0 ? [`Excepted from the rules: ${excepted.join(', ')}.`] : []),
  ].join(' ')
}

function ownerSentence(
  { state, count, suggested }: Identity['owner'],
  first: NonNullable<Identity['owner']['first']>,
): string {
  const isSuggested = first.state === 'suggested'
  const all = isSuggested ? suggested : count
  const isOne = all <= 1
  const who = isOne ? first.label : `${first.label} and ${all - 1} more`
  if (isSuggested) return `${who} ${isOne ? 'is suggested as owner' : 'are suggested as owners'}; nobody has confirmed.`
  const more = suggested > 0 ? `; ${suggested} more ${suggested === 1 ? 'is' : 'are'} suggested` : ''
  if (state === 'confirmed') return `${who} ${isOne ? 'answers' : 'answer'} for it, confirmed${more}.`
  return isOne
    ? `${who} was assigned as owner and has not confirmed${more}.`
    : `${who} were assigned as owners; ${first.label} has not confirmed${more}.`
}
