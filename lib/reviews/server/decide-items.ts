import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { DecideInput, type DecideResult } from '../items'
import { campaignTarget, conflictsOf } from '../rules'
import type { CampaignRules } from '../templates'
import type { Conflict, Decision } from '../values'
import { readCampaign } from './get-campaign'
import { rulesOf } from './present-campaign'
import { sayConflict } from './present-item'
import { addConflicts, countLeft, holdStage, run, writeDrafts } from './store-acts'
import { assignmentRows, findMyNumbers, joinItem, placeOf } from './store-items'

const dayMs = 86_400_000
type Refusal = DecideResult['refusals'][number]['code']

interface Candidate {
  no: number
  reviewerNo: number
  code: Refusal | null
  soleOwnerIds: string[]
  creatorIds: string[]
  userIds: string[]
  chainIds: string[]
  actsForIds: string[]
}

const words: Record<Refusal, string> = {
  not_yours: 'It does not wait for you.',
  conflict_of_interest: 'You cannot certify it.',
  signed_off: 'It is signed off; that is final.',
  settled: 'It is settled already.',
  decided_by_other: 'Somebody else decided it in the meantime. Replace their draft, or leave it.',
  needs_note: 'The campaign wants a note with this decision.',
  alone_only: 'Its blast radius is too wide for deciding it together with others.',
  other_group: 'Only items with equal evidence are decided together.',
  not_found: 'There is no such item in this campaign.',
}

/** Which decisions on an item of this blast radius need a note. */
export function noteDemand(
  rules: Pick<CampaignRules, 'noteFor' | 'noteFromScore'>,
): (decision: Decision) => Prisma.Sql {
  const { noteFor, noteFromScore } = rules
  return (decision) => {
    if (noteFor.includes(decision)) return Prisma.sql`true`
    const isCertifying = decision === 'certify' || decision === 'certify_until'
    if (!isCertifying || noteFromScore === null) return Prisma.sql`false`
    return Prisma.sql`coalesce(l.score >= ${noteFromScore}::real, false)`
  }
}

/**
 * Writes a draft on one item, or on many with equal evidence. What cannot be decided by the caller is refused item by item; the rest is
 * decided. Can be undone until it is signed off.
 * @throws AppError `not_found`, `forbidden`, `invalid_input`; `conflict` when the stage is over
 */
export async function decideItems(ctx: Context, input: DecideInput): Promise<DecideResult> {
  const { id, what, decision, until, reduction, note, replaces, looked } = DecideInput.parse(input)
  const { row } = await readCampaign(ctx, id)
  const rules = rulesOf(row)
  const isCertifying = decision === 'certify' || decision === 'certify_until'
  const [{ permit, rows: mayDecide }, may, mine] = await Promise.all([
    ctx.plan('decide', 'review_item'),
    ctx.rights(['certify'], 'review_item'),
    findMyNumbers(ctx, id),
  ])
  demandWhole(decision, until, reduction)
  if (until !== undefined) demandEnd(Date.parse(until), rules)
  const key = { orgId: ctx.tenant.orgId, campaignId: id, stage: row.stageNo }
  const nos = what.items && [...new Set(what.items)]
  const target = campaignTarget(row)
  const act = {
    ...{ id: uuidv7(), kind: 'decide', decision, note: note ?? null },
    until: until === undefined ? null : new Date(until),
    says: '',
    byKey: `${ctx.actor.kind}:${ctx.actor.id}`,
    byName: ctx.actor.name,
  }
  const done = await ctx.commit(
    permit,
    (result: DecideResult) => ({
      action: 'review.item.decide',
      target,
      after: {
        actId: act.id,
        decision,
        until,
        note,
        decided: result.decided,
        refused: result.refused,
        ...(nos ? { items: nos } : what),
      },
    }),
    async (tx) => {
      await holdStage(tx, key, 'share')
      const asked = nos
        ? Prisma.sql`a.item_no = ANY (${nos}::int[])`
        : Prisma.sql`a.state = 'open' AND i.group_hash::text = ${what.group ?? ''}`
      const mineOnly = Prisma.sql`a.stage = ${key.stage}::int AND a.reviewer_no = ANY (${mine}::int[]) AND a.state <> 'handed_on' AND ${asked}`
      const place = placeOf(ctx, row, rules)
      if (isCertifying)
        await addConflicts(
          tx,
          key,
          Prisma.sql`SELECT a.item_no FROM review_assignment a ${joinItem} WHERE a.org_id = ${key.orgId}::uuid AND a.campaign_id = ${id}::uuid AND ${mineOnly}`,
        )
      const needsNote = note === undefined ? noteDemand(rules)(decision) : Prisma.sql`false`
      const candidates = await run<Candidate>(
        tx,
        Prisma.sql`SELECT DISTINCT ON (l.item_no) l.item_no AS no, l.reviewer_no AS "reviewerNo", CASE
            WHEN l.outcome IS NOT NULL OR l.state = 'closed' THEN 'settled'
            WHEN l.state = 'signed' THEN 'signed_off'
            WHEN (${mayDecide ?? Prisma.sql`true`}) IS NOT TRUE THEN 'not_yours'
            WHEN ${isCertifying}::boolean AND (${may.certify}) IS NOT TRUE THEN 'conflict_of_interest'
            WHEN l.state = 'drafted' AND l.by_id <> ${ctx.actor.id} AND NOT ${replaces}::boolean THEN 'decided_by_other'
            WHEN count(*) OVER () > 1 AND l.is_alone THEN 'alone_only'
            WHEN ${needsNote} THEN 'needs_note' END AS code,
          l.sole_owner_ids AS "soleOwnerIds", l.creator_ids AS "creatorIds", l.user_ids AS "userIds", l.chain_ids AS "chainIds",
          l.acts_for_ids AS "actsForIds", l.group_hash
          FROM (${assignmentRows(place, mineOnly)}) l ORDER BY l.item_no, l.state IN ('open', 'drafted') DESC, l.reviewer_no`,
      )
      demandOneGroup(candidates as (Candidate & { group_hash: string })[])
      const chosen = candidates.filter(({ code }) => code === null)
      const rowsOf = Prisma.sql`SELECT * FROM unnest(${chosen.map(({ no }) => no)}::int[], ${chosen.map(({ reviewerNo }) => reviewerNo)}::int[])
        AS c (item_no, reviewer_no)`
      const many = chosen.length === 1 ? 'one item' : `${chosen.length} items`
      const drafting = {
        act: { ...act, says: `${sayDecision(decision)} ${many}` },
        ...{ byId: ctx.actor.id, decision, note: note ?? null, replaces, looked, until: act.until },
        reduction: decision === 'reduce' ? (reduction ?? { to: 'used' }) : null,
      }
      const written = new Set(chosen.length > 0 ? await writeDrafts(tx, key, rowsOf, drafting) : [])
      const found = new Set(candidates.map(({ no }) => no))
      const refusals = [
        ...candidates.flatMap((candidate) => refusalOf(candidate, ctx.actor.id, written)),
        ...(nos ?? [])
          .filter((no) => !found.has(no))
          .map((no) => ({ item: no, code: 'not_yours' as const, conflict: null, says: words.not_yours })),
      ]
      return {
        actId: written.size > 0 ? act.id : null,
        decided: written.size,
        refused: refusals.length,
        refusals: refusals.slice(0, 100),
        left: await countLeft(tx, key, mine),
      }
    },
  )
  return done
}

const sayDecision = (decision: Decision): string =>
  ({
    certify: 'Certified',
    certify_until: 'Certified until a date',
    reduce: 'Reduced',
    revoke: 'Revoked',
    unsure: 'Unsure of',
  })[decision]

function refusalOf(candidate: Candidate, userId: string, written: ReadonlySet<number>): DecideResult['refusals'] {
  const code = candidate.code ?? (written.has(candidate.no) ? null : 'decided_by_other')
  if (code === null) return []
  const conflict: Conflict | null = code === 'conflict_of_interest' ? (conflictsOf(userId, candidate)[0] ?? null) : null
  return [{ item: candidate.no, code, conflict, says: conflict ? sayConflict(conflict) : words[code] }]
}

function demandOneGroup(candidates: readonly { group_hash: string }[]): void {
  if (new Set(candidates.map(({ group_hash }) => group_hash)).size <= 1) return
  throw new AppError('invalid_input', words.other_group, { fields: { 'what.items': words.other_group } })
}

/** @throws AppError `invalid_input` */
function demandWhole(decision: Decision, until: string | undefined, reduction: object | undefined): void {
  const refuse = (field: string, says: string) => new AppError('invalid_input', says, { fields: { [field]: says } })
  if ((decision === 'certify_until') !== (until !== undefined))
    throw refuse('until', 'Say until when, for “certify until” alone.')
  if (reduction !== undefined && decision !== 'reduce') throw refuse('reduction', 'Only reducing says what is left.')
}

function demandEnd(untilMs: number, { certifyDays }: CampaignRules): void {
  const nowMs = Date.now()
  const says =
    untilMs <= nowMs
      ? 'Choose a moment in the future.'
      : untilMs > nowMs + certifyDays * dayMs
        ? `This campaign certifies for at most ${certifyDays} days.`
        : undefined
  if (says) throw new AppError('invalid_input', says, { fields: { until: says } })
}
