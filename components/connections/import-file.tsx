import { CircleCheck, CircleSlash, Columns3, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { needsColumns } from '@/lib/connections/rules'
import type { ImportDetail, ImportFile } from '@/lib/connections/schema'
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/browser/format'
import { ColumnMapping } from './column-mapping'
import { EntryList } from './entry-list'
import { leftOutOf, unresolvedOf } from './file-parts'
import { NoteList } from './note-list'
import { refusalText } from './words'

const countWords = [
  ['identities', 'identity', 'identities'],
  ['credentials', 'credential', 'credentials'],
  ['sightings', 'sighting of a secret', 'sightings of secrets'],
  ['roles', 'role', 'roles'],
  ['resources', 'resource', 'resources'],
  ['entitlements', 'entitlement', 'entitlements'],
] as const

/** One file, in as many parts as it speaks of systems: what it was taken for, what it holds, what was left out of it. */
export function ImportFileView({ orgId, run, parts }: { orgId: string; run: ImportDetail; parts: ImportFile[] }) {
  const [file] = parts
  if (!file) return null
  return (
    <>
      <FileHead parts={parts} file={file} />
      {file.error ? <FileError file={file} /> : null}
      {file.header && run.status !== 'applied' ? <ColumnMapping orgId={orgId} runId={run.id} file={file} /> : null}
      {parts.map((part) => (
        <div key={part.no} className={parts.length > 1 ? 'flex flex-col gap-1 border-l pl-3' : 'flex flex-col gap-1'}>
          {parts.length > 1 ? (
            <p className="text-sm">
              <SystemTag system={part.system ?? ''} label={part.instanceName ?? part.instance ?? ''} />
            </p>
          ) : null}
          <Counts part={part} />
          <Notes part={part} />
          <EntryList title="Left out" entries={part.refused} total={leftOutOf(part)} counted={part.notes.refused} />
          <EntryList title="Refers to what no file defines yet" entries={part.unresolved} total={unresolvedOf(part)} />
        </div>
      ))}
    </>
  )
}

function FileHead({ file, parts }: { file: ImportFile; parts: ImportFile[] }) {
  const left = parts.reduce((sum, part) => sum + leftOutOf(part), 0)
  const isPartial = left > 0 && !file.error
  const where = parts.length > 1 ? `${parts.length} systems or accounts` : file.instanceName
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
        {file.format ? (
          <Link href={`/import?format=${file.format}`} className="hover:underline">
            {file.formatTitle}
          </Link>
        ) : (
          'Of no known kind'
        )}
        {[where, formatBytes(file.bytes)].flatMap((text) => (text ? ` · ${text}` : [])).join('')}
      </span>
      {isPartial ? (
        <span className="text-ink-muted">
          {left === 1 ? '1 entry is' : `${formatNumber(left)} entries are`} left out; the rest is applied, and nothing
          is marked gone.
        </span>
      ) : null}
    </div>
  )
}

function Counts({ part: { counts } }: { part: ImportFile }) {
  if (!counts) return null
  const found = countWords.flatMap(([key, one, many]) => (counts[key] > 0 ? formatCount(counts[key], one, many) : []))
  return (
    <p className="tabular text-sm text-ink-muted">{found.length > 0 ? found.join(', ') : 'No record of its own'}</p>
  )
}

/** What is kept apart, and what could not be judged. */
function Notes({ part: { notes } }: { part: ImportFile }) {
  return (
    <>
      <NoteList title="People, kept apart" notes={notes.people}>
        They are context for owners and access paths, and not counted as identities. Why each is taken for a person:
      </NoteList>
      <NoteList title="Grants of an unknown privilege" notes={notes.unknownPrivileges}>
        These permissions are not in the table of their system. They are kept, and shown as unknown instead of being
        taken for harmless.
      </NoteList>
      <NoteList title="Grants that could not be evaluated" notes={notes.notEvaluable}>
        They are kept and shown, with what stands in the way.
      </NoteList>
    </>
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
