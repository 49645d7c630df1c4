import { z } from 'zod'
import { privileges } from '@/lib/connectors/contract'
import { listOf, parsersFor } from '@/lib/platform/browser/query-parsers'
import type { AccessRow } from './schema'

/** The address of an identity's access: what is looked for in it, and which grant is open. */
export const accessParsers = parsersFor({
  find: z.string().min(1).max(200).optional(),
  privilege: listOf(z.enum(privileges)).optional(),
  grant: z.uuid().optional(),
})

interface AccessFilter {
  find: string | null
  privilege: (typeof privileges)[number][] | null
}

/** Grants whose resource, scopes or way hold the text, at one of the privileges. Pure. */
export function filterAccess(rows: AccessRow[], { find, privilege }: AccessFilter): AccessRow[] {
  const text = find?.toLowerCase()
  return rows.filter((row) => {
    if (privilege && !(row.privilege && privilege.includes(row.privilege))) return false
    if (!text) return true
    const words = [row.resource.name, row.resource.externalId, ...row.scopes, ...row.route.map((hop) => hop.to.name)]
    return words.some((word) => word.toLowerCase().includes(text))
  })
}
