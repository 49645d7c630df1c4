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
    <div>
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b text-left text-xs text-ink-muted">
            <th className="py-1.5 pr-2 font-normal sm:w-px sm:pr-6">Kind</th>
            {columns.map(({ key, word }) => (
              <th key={key} className="w-px py-1.5 pr-2 text-right font-normal whitespace-nowrap sm:min-w-20 sm:pr-4">
                {word[0]}
              </th>
            ))}
            <th className="w-px py-1.5 pr-4 text-right font-normal max-sm:hidden">Unchanged</th>
            <th className="w-full py-1.5 font-normal max-sm:hidden">For instance</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map(({ kind, part }) => (
            <tr key={kind} className="border-b last:border-b-0">
              <th scope="row" className="py-2 pr-2 text-left font-medium sm:pr-6 sm:whitespace-nowrap">
                {kindLabels[kind]}
              </th>
              {columns.map(({ key, tone }) => (
                <td
                  key={key}
                  className={cn('tabular py-2 pr-2 text-right sm:pr-4', part[key] > 0 ? tone : 'text-ink-faint')}
                >
                  {formatNumber(part[key])}
                </td>
              ))}
              <td className="tabular py-2 pr-4 text-right text-ink-muted max-sm:hidden">
                {formatNumber(part.unchanged)}
              </td>
              <td className="max-w-0 py-2 max-sm:hidden">
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
