import Link from 'next/link'
import { badgeOf, summarise } from '@/components/connections/words'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ImportRun } from '@/lib/connections/schema'

/** The latest imports: how fresh the numbers above are. */
export function RecentImports({ runs }: { runs: ImportRun[] }) {
  return (
    <Section
      title="Latest imports"
      actions={
        <Link href="/import" className="text-sm text-accent-ink hover:underline">
          All imports
        </Link>
      }
    >
      {runs.length === 0 ? (
        <p className="text-ink-muted">Nothing was imported yet.</p>
      ) : (
        <ul className="flex flex-col">
          {runs.map((run) => (
            <li
              key={run.id}
              className="grid min-h-row grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 border-b py-1 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_7rem_minmax(0,14rem)_8rem]"
            >
              <Link
                href={`/import/${run.id}`}
                prefetch={false}
                className="flex min-w-0 gap-2 rounded-sm hover:underline"
              >
                <MiddleTruncate value={run.fileNames[0] ?? 'no file'} />
                {run.fileNames.length > 1 ? (
                  <span className="shrink-0 text-ink-muted">and {run.fileNames.length - 1} more</span>
                ) : null}
              </Link>
              <StateBadge {...badgeOf(run)} />
              <span className="truncate text-ink-muted max-sm:hidden">{summarise(run.changes)}</span>
              <RelativeTime at={run.finishedAt ?? run.createdAt} className="text-right text-ink-muted max-sm:hidden" />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
