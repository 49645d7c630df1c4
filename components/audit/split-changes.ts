import type { AuditEntry } from '@/lib/audit/schema'
import { ImportChanges } from '@/lib/connections/schema'

/** What an event says that an import changed, apart from the rest of what it says. */
export function splitChanges(after: AuditEntry['after']): { changes?: ImportChanges; rest: AuditEntry['after'] } {
  if (typeof after !== 'object' || after === null || Array.isArray(after) || after.changes === undefined)
    return { rest: after }
  const { changes, ...rest } = after
  const parsed = ImportChanges.safeParse(changes)
  return parsed.success ? { changes: parsed.data, rest } : { rest: after }
}
