'use client'

import { useQuery } from '@tanstack/react-query'
import { accessQuery } from '@/lib/access-graph/queries'
import type { AccessRow } from '@/lib/access-graph/schema'

/** The grant that the address names: from the page that is shown, else asked for by itself, as by a link from elsewhere. */
export function useAccessGrant(
  orgId: string,
  identityId: string,
  id: string | null,
  rows: AccessRow[] | undefined,
): AccessRow | undefined {
  const shown = rows?.find((row) => row.id === id)
  const { data } = useQuery({
    ...accessQuery(orgId, identityId, { grant: id ?? undefined }),
    enabled: id !== null && rows !== undefined && !shown,
  })
  return shown ?? (id === null ? undefined : data?.rows.find((row) => row.id === id))
}
