'use client'

import { DropdownMenuItem, DropdownMenuLabel } from '@/components/ui/dropdown-menu'
import type { CredentialQuery, IdentityQuery } from '@/lib/identities/filters'
import { exportHref } from '@/lib/identities/queries'
import type { ExportFormat } from '@/lib/identities/values'
import { formatCount } from '@/lib/platform/browser/format'

export type ExportMenuProps = {
  /** The ids of the columns on the screen, in their order. */
  columns: readonly string[]
  /** How many rows the list has now; undefined or null while not known. */
  total: number | null | undefined
  /** False when `total` is a lower bound only. */
  isTotalExact?: boolean
} & ({ list: 'identities'; query: IdentityQuery } | { list: 'credentials'; query: CredentialQuery })

/** What an export says for a column of the screen, where that is not one value of the same name. */
const said: Record<ExportMenuProps['list'], Record<string, readonly string[]>> = {
  identities: { owner: ['owner', 'ownerState'], source: ['system', 'source'] },
  credentials: {
    identity: ['identity', 'identityId', 'person', 'subjectRef'],
    age: ['issued', 'rotated'],
    source: ['system', 'source'],
  },
}
const nouns: Record<ExportMenuProps['list'], [string, string]> = {
  identities: ['identity', 'identities'],
  credentials: ['credential', 'credentials'],
}

const choices: { label: string; detail: string; format: ExportFormat; bom?: 'yes' }[] = [
  { label: 'CSV', detail: 'for programs', format: 'csv' },
  { label: 'CSV for Excel', detail: 'with a mark for UTF-8', format: 'csv', bom: 'yes' },
  { label: 'JSON', detail: 'one array', format: 'json' },
  { label: 'NDJSON', detail: 'one object on each line', format: 'ndjson' },
]

/** The forms of an export, each as a link. */
export function ExportChoices(props: ExportMenuProps) {
  const { list, query, total, isTotalExact = true } = props
  const columns = ['id', ...props.columns.flatMap((id) => said[list][id] ?? [id])]
  const isCounted = total !== null && total !== undefined
  const count = isCounted ? `${isTotalExact ? '' : 'more than '}${formatCount(total, ...nouns[list])}` : `all ${list}`
  return (
    <>
      <DropdownMenuLabel>
        Export {count}, {columns.length} values each
      </DropdownMenuLabel>
      {choices.map(({ label, detail, format, bom }) => (
        <DropdownMenuItem key={label} asChild>
          {/* The browser writes the stream to its file; nothing of it is held in the page. */}
          <a href={exportHref(list, { ...query, format, bom }, columns)} download>
            <span className="flex-1">{label}</span>
            <span className="text-xs text-ink-muted">{detail}</span>
          </a>
        </DropdownMenuItem>
      ))}
      {list === 'identities' && (
        <DropdownMenuItem asChild>
          <a href="/api/v1/access-graph/export" download>
            <span className="flex-1">Access graph</span>
            <span className="text-xs text-ink-muted">all of it, as OpenGraph</span>
          </a>
        </DropdownMenuItem>
      )}
      <p className="max-w-72 px-2 pt-1 pb-1.5 text-xs text-ink-muted">
        As you see it: filters, order and columns, and only what you may see. The audit trail says that you took it.
      </p>
    </>
  )
}
