import { cn } from '@/components/ui/class-names'
import { changeKinds, type ImportRun } from '@/lib/connections/schema'
import { formatNumber } from '@/lib/platform/browser/format'
import { kindLabels } from './words'

const columns = [
  { key: 'new', word: ['New', 'new'], tone: 'text-good-ink' },
  { key: 'changed', word: ['Changed', 'changed'], tone: 'text-notice-ink' },
  { key: 'gone', word: ['Gone', 'gone'], tone: 'text-danger-ink' },
] as const

/** What an import would do or did, by kind of record, with the first names of each. */
export function ChangeTable({ changes, isDone }: { changes: ImportRun['changes']; isDone: boolean }) {
  const kinds = changeKinds.flatMap((kind) => {
    const part = changes[kind]
    return part ? [{ kind, part }] : []
  })
  if (kinds.length === 0)
    return <p className="text-sm text-ink-muted">{isDone ? 'Nothing changed.' : 'Nothing would change.'}</p>
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-160 text-sm">
        <thead>
          <tr className="border-b text-left text-xs text-ink-muted">
            <th className="py-1.5 pr-4 font-normal">Kind</th>
            {columns.map(({ key, word }) => (
              <th key={key} className="w-24 py-1.5 pr-4 text-right font-normal">
                {word[0]}
              </th>
            ))}
            <th className="w-24 py-1.5 pr-4 text-right font-normal">Unchanged</th>
            <th className="py-1.5 font-normal">For instance</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map(({ kind, part }) => (
            <tr key={kind} className="border-b last:border-b-0">
              <th scope="row" className="py-2 pr-4 text-left font-medium whitespace-nowrap">
                {kindLabels[kind]}
              </th>
              {columns.map(({ key, tone }) => (
                <td key={key} className={cn('tabular py-2 pr-4 text-right', part[key] > 0 ? tone : 'text-ink-faint')}>
                  {formatNumber(part[key])}
                </td>
              ))}
              <td className="tabular py-2 pr-4 text-right text-ink-muted">{formatNumber(part.unchanged)}</td>
              <td className="max-w-0 py-2">
                <Samples samples={part.samples} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Samples({ samples }: { samples: { new: string[]; changed: string[]; gone: string[] } }) {
  const [shown] = (['gone', 'changed', 'new'] as const).flatMap((what) =>
    samples[what].length > 0 ? [{ what, names: samples[what] }] : [],
  )
  if (!shown) return null
  const { what, names } = shown
  return (
    <span className="block truncate text-ink-muted" title={names.join('\n')}>
      {what}: <span className="font-mono text-xs">{names.slice(0, 6).join(', ')}</span>
    </span>
  )
}
