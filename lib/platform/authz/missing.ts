import { isAppError, type Missing } from '../errors'
import { type Aim, checkAction } from './check'
import type { Asker } from './principal'

/** Roles that can be asked for, the least first. */
const askable = ['reviewer', 'auditor', 'security', 'admin'] as const

/**
 * With which roles, the least first, this person would have been allowed what they were refused, by the same policies and facts. Undefined
 * where no role would do, as for whoever may not agree to what they asked for themselves; and for programs, which have a role of somebody's.
 */
export async function findMissing(asker: Asker, action: string, aim: Aim): Promise<Missing | undefined> {
  if (asker.kind !== 'user') return undefined
  const held = [asker.role, ...(asker.grantedRoles ?? [])]
  const wanted = askable.filter((role) => !held.includes(role))
  try {
    const answers = await Promise.all(
      wanted.map((role) => checkAction({ ...asker, grantedRoles: [...held, role] }, action, aim)),
    )
    const roles = wanted.filter((_, at) => answers[at]?.allowed)
    return roles.length > 0 ? { permission: `${aim.kind}:${action}`, roles } : undefined
  } catch (error) {
    // A denial stands without an offer.
    if (isAppError(error)) return undefined
    throw error
  }
}
