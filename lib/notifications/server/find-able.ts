import { checkAction } from '@/lib/platform/authz/check'
import { type Context, roles, type Target } from '@/lib/platform/context'
import { findMembersOf } from './store'

/** At most so many people are told of one thing. */
const most = 50
/** Of nobody: what a role may do to it, whoever has the role. */
const nobody = '00000000-0000-4000-8000-000000000000'

/**
 * Which active members may do this by their role, as the policies say: those whom it is worth telling. At most 50, those who have
 * been here longest. @throws AppError `upstream_failed` when the decision point does not answer
 */
export async function findAble(ctx: Context, action: string, target: Target): Promise<string[]> {
  const mayBe = await Promise.all(
    roles.map((role) => checkAction({ kind: 'user', id: nobody, role, teamIds: [] }, action, target)),
  )
  const able = roles.filter((_, index) => mayBe[index]?.allowed)
  if (able.length === 0) return []
  const members = await findMembersOf(ctx, able, most)
  const may = await Promise.all(
    members.map(({ userId: id, role, teamIds }) => checkAction({ kind: 'user', id, role, teamIds }, action, target)),
  )
  return members.filter((_, index) => may[index]?.allowed).map(({ userId }) => userId)
}
