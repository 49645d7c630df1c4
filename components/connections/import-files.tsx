'use client'

import { CircleCheck, CircleSlash, Columns3, TriangleAlert } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { Section } from '@/components/ui/page-header'
import { needsColumns } from '@/lib/connections/rules'
import type { ImportDetail, ImportFile } from '@/lib/connections/schema'
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/browser/format'
import { ColumnMapping } from './column-mapping'
import { refusalText } from './words'

const countWords = [
  ['identities', 'identity', 'identities'],
  ['credentials', 'credential', 'credentials'],
  ['roles', 'role', 'roles'],
  ['resources', 'resource', 'resources'],
  ['entitlements', 'entitlement', 'entitlements'],
  ['humans', 'person', 'people'],
  ['sightings', 'sighting', 'sightings'],
] as const

/** Each file: what it was taken for, what it holds, what was left out and what it refers to without defining it. */
export function ImportFiles({ orgId, run }: { orgId: string; run: ImportDetail }) {
  return (
    <Section title="Files" detail={run.files.length > 1 ? `${run.files.length}, problems first` : undefined}>
      <ul className="flex flex-col divide-y">
        {run.files
          .toSorted((a, b) => weight(b) - weight(a) || a.no - b.no)
          .map((file) => (
            <li key={file.no} className="flex flex-col gap-2 py-3 first:pt-0">
              <FileHead file={file} />
              {file.error ? <FileError file={file} /> : null}
              {file.header && run.status !== 'applied' ? (
                <ColumnMapping orgId={orgId} runId={run.id} file={file} />
              ) : null}
              <Entries title="Left out" entries={file.refused.map((entry) => ({ at: entry.at, text: entry.reason }))} />
              <Entries
                title="Refers to what no file defines yet"
                entries={file.unresolved.map((entry) => ({ at: entry.at, text: entry.reason, mono: entry.reference }))}
              />
            </li>
          ))}
      </ul>
    </Section>
  )
}

function FileError({ file }: { file: ImportFile }) {
  if (!needsColumns(file)) return <p className="max-w-[72ch] text-sm text-danger-ink">{refusalText(file)}</p>
  return (
    <p className="max-w-[72ch] text-sm">
      None of its columns says by its title that it holds the name of the identity. Choose that column, and any others
      that you want read, then preview the file again.
    </p>
  )
}

function weight(file: ImportFile): number {
  if (file.error) return 3
  if (file.refused.length > 0) return 2
  return file.unresolved.length > 0 ? 1 : 0
}

function FileHead({ file }: { file: ImportFile }) {
  const counts = file.counts
  const isPartial = file.refused.length > 0
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <MiddleTruncate value={file.name} className="font-medium" />
      {needsColumns(file) ? (
        <Badge tone="notice" icon={<Columns3 />}>
          Needs its columns named
        </Badge>
      ) : file.error ? (
        <Badge tone="danger" icon={<CircleSlash />}>
          Refused
        </Badge>
      ) : isPartial ? (
        <Badge tone="warning" icon={<TriangleAlert />}>
          Read in part
        </Badge>
      ) : (
        <Badge tone="good" icon={<CircleCheck />}>
          Read in full
        </Badge>
      )}
      <span className="text-ink-muted">
        {[file.formatTitle, file.instanceName, formatBytes(file.bytes)].filter(Boolean).join(' · ')}
      </span>
      {counts ? (
        <span className="tabular text-ink-muted">
          {countWords
            .flatMap(([key, one, many]) => (counts[key] > 0 ? formatCount(counts[key], one, many) : []))
            .join(', ')}
        </span>
      ) : null}
      {isPartial && !file.error ? <span className="text-ink-muted">{leftOut(file.refused.length)}</span> : null}
    </div>
  )
}

/** What happens to a file that was read in part; at most 500 of the entries that were left out are kept. */
function leftOut(entries: number): string {
  const some = entries >= 500 ? '500 entries or more are' : entries === 1 ? '1 entry is' : `${entries} entries are`
  return `${some} left out; the rest is applied, and nothing is marked gone.`
}

interface Entry {
  at: string
  text: string
  mono?: string
}

function Entries({ title, entries }: { title: string; entries: Entry[] }) {
  if (entries.length === 0) return null
  return (
    <details className="text-sm" open={entries.length <= 5}>
      <summary className="cursor-pointer text-ink-muted">
        {title}: <span className="tabular">{formatNumber(entries.length)}</span>
        {entries.length >= 500 ? ' or more' : ''}
      </summary>
      <ul className="mt-1 flex max-h-80 flex-col gap-1 overflow-y-auto border-l pl-3">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id and never move
          <li key={index} className="flex flex-wrap gap-x-3">
            <code className="font-mono text-xs leading-5 text-ink-muted">{entry.at}</code>
            {entry.mono ? <code className="font-mono text-xs leading-5 break-all">{entry.mono}</code> : null}
            <span>{entry.text}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
