import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import {
  type Editable,
  type EditableField,
  type Exclusion,
  editableAfter,
  editableFields,
  editedAfter,
  UpdateIdentityInput,
} from '../edits'
import { identityTarget } from '../rules'
import type { IdentityDetail } from '../schema'
import { presentIdentityDetail } from './get-identity'
import { withStates } from './present-identities'
import { readEdits } from './read-edits'
import { refreshListing } from './refresh-listing'
import { findIdentity, findIdentityFacts, staleEdit, updateEdits } from './store'

const mostDays = 366

/**
 * Changes what people say of an identity: description, environment, tags, criticality and exceptions from rules. What its
 * source says stays beside it, and no import overwrites an edit. An edit that changes nothing leaves no trace.
 * @throws AppError `not_found`, `forbidden`, `invalid_input`; `precondition_failed` when it is no longer as the caller saw it
 */
export async function updateIdentity(ctx: Context, given: UpdateIdentityInput): Promise<IdentityDetail> {
  const { id, version, reason, ...edit } = UpdateIdentityInput.parse(given)
  const row = withStates(await findIdentity(ctx, id))
  const permit = await ctx.authorize('update', identityTarget(row))
  const facts = await findIdentityFacts(ctx, id)
  const { source, edited, shown } = readEdits(facts)
  if (facts.version !== version) throw staleEdit()
  checkExclusions(edit.exclusions ?? [], shown.exclusions, Date.now())
  const next = editableAfter(source, edited, shown, edit)
  const nextEdited = editedAfter(source, edited, edit)
  const fields = editableFields.filter((field) => !isSame(shown[field], next[field]))
  if (fields.length > 0 || !isSame(edited, nextEdited)) {
    const change = {
      action: 'identity.update',
      target: permit.target,
      reason,
      before: told(shown, next, fields),
      after: told(next, shown, fields),
    }
    const { criticality, exclusions } = next
    await ctx.commit(permit, change, async (tx) => {
      await updateEdits(tx, { orgId: ctx.tenant.orgId, id, version }, { edited: nextEdited, criticality, exclusions })
      await refreshListing(tx, [id])
    })
  }
  return presentIdentityDetail(ctx, await findIdentity(ctx, id))
}

/** One side of the changed fields; of tags those that differ from the other side. */
function told(side: Editable, other: Editable, fields: readonly EditableField[]) {
  const { tags, exclusions, ...words } = side
  const names = [...new Set([...Object.keys(tags), ...Object.keys(other.tags)])]
  const differing = names.filter((name) => tags[name] !== other.tags[name])
  return Object.fromEntries(
    fields.map((field) => {
      if (field === 'tags') return [field, Object.fromEntries(differing.map((name) => [name, tags[name] ?? null]))]
      if (field === 'exclusions') {
        return [field, Object.fromEntries(exclusions.map(({ rule, reason, until }) => [rule, { reason, until }]))]
      }
      return [field, words[field]]
    }),
  )
}

/** An exception ends; one that stays as it is is not asked again. */
function checkExclusions(wanted: readonly Exclusion[], present: readonly Exclusion[], nowMs: number): void {
  const kept = new Set(present.map((exclusion) => order(exclusion)))
  for (const [index, exclusion] of wanted.entries()) {
    const days = (Date.parse(exclusion.until) - nowMs) / 86_400_000
    if (kept.has(order(exclusion)) || (days > 0 && days <= mostDays)) continue
    const message = days > 0 ? 'An exception lasts at most a year.' : 'The exception would have ended already.'
    throw new AppError('invalid_input', message, { fields: { [`exclusions.${index}.until`]: message } })
  }
}

function order(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function isSame(a: unknown, b: unknown): boolean {
  return order(a) === order(b)
}
