import type { StandingReason } from './values'

/** Why a holder weighs so much, as a sentence: the same words as those of a request. */
export const reasonSays: Record<StandingReason, string> = {
  admin: 'Can grant, impersonate or make credentials.',
  secret_read: 'Can read secrets.',
  restricted: 'Reaches something restricted.',
  product_admin: 'Decides here who has what, and can cut anybody off.',
  untold: 'The source does not say what all of it amounts to.',
  write: 'Can change data.',
  confidential: 'Reaches something confidential.',
  unclassified: 'Nobody has said how sensitive all of it is.',
  production: 'Is in production.',
  product_decides: 'Reviews the access of others here.',
  reads: 'Reads, and nothing confidential.',
  product_reads: 'Reads everything here, and changes nothing.',
}

interface Right {
  kind: string
  nodeId: string | null
  nodeType: string
  toRef: string
  scopes: readonly string[]
  scopeCount: number
  condition: string | null
}

/** Why a grant cannot take the place of a right; null = it can. As reviews take rights away: only what is the account's own and known whole. */
export function hindranceOf({ kind, nodeId, nodeType, scopes, scopeCount, condition }: Right): string | null {
  if (kind !== 'grants' && kind !== 'member_of') return 'This way in cannot be taken away from here.'
  if (nodeId === null || (nodeType !== 'role' && nodeType !== 'resource'))
    return 'No import has told what this is. Read its source first.'
  if (condition !== null) return 'It is bound to a condition. Change it at the source.'
  if (scopeCount > scopes.length) return `It has ${scopeCount} parts, not all of which are known here.`
  return null
}
