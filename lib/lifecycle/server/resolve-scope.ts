import { listAgentReach } from '@/lib/access-graph/server/list-agent-reach'
import { findSelected } from '@/lib/ownership/server/find-selected'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { mostTargets, type OrderTarget, type RevocationPreview } from '../schema'

/** What an order is asked for about, before it is a list. */
interface Scope {
  targets?: OrderTarget[] | undefined
  selectionId?: string | undefined
  agentId?: string | undefined
}

interface Resolved {
  targets: OrderTarget[]
  /** What an agent acts by together with others. */
  shared: RevocationPreview['shared']
}

/**
 * The exact list that a scope names now. Which of it can be done is not asked here.
 * @throws AppError `not_found` for a selection that is not kept, or an agent of another organization; `invalid_input` for none, or
 * for more than one order may be about
 */
export async function resolveScope(ctx: Context, { targets = [], selectionId, agentId }: Scope): Promise<Resolved> {
  if (selectionId !== undefined) {
    const { ids, count } = await findSelected(ctx, selectionId, mostTargets)
    if (count === 0) throw new AppError('invalid_input', 'Nothing matches any more.')
    if (count > mostTargets)
      throw new AppError(
        'invalid_input',
        `${count} identities match. One order is about ${mostTargets} at most: narrow the filter, and make several.`,
      )
    return { targets: ids.map((identityId) => ({ identityId, credentialId: null })), shared: [] }
  }
  if (agentId === undefined) return { targets, shared: [] }
  const reach = await listAgentReach(ctx, agentId, mostTargets - 1)
  const agent = { identityId: agentId, credentialId: null }
  return {
    targets: [
      agent,
      ...reach
        .filter(({ others }) => others === 0)
        .map(({ identityId, credentialId }) => ({ identityId, credentialId })),
    ],
    shared: reach.filter(({ others }) => others > 0),
  }
}
