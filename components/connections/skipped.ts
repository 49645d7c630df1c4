import type { SyncRun } from '@/lib/connections/live'

const shownScopes = 8

/** What a sync did not look at, together by reason: "database a, database b and 3 more". */
export function skippedByReason(skipped: SyncRun['skipped']): { reason: string; scopes: string }[] {
  const reasons = new Map<string, string[]>()
  for (const { scope, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), scope])
  return [...reasons].map(([reason, scopes]) => ({ reason, scopes: listed(scopes) }))
}

function listed(scopes: string[]): string {
  const left = scopes.length - shownScopes
  return left > 0 ? `${scopes.slice(0, shownScopes).join(', ')} and ${left} more` : scopes.join(', ')
}
