import { Fragment } from 'react'
import { cn } from './class-names'
import { listJsonChanges } from './json-changes'

export interface JsonDiffProps {
  /** `undefined`: there was nothing before, or there is nothing after. */
  before: unknown
  after: unknown
  /** Unchanged keys are shown too. */
  hasUnchanged?: boolean
  className?: string
}

const rows = {
  added: { sign: '+', word: 'added' },
  removed: { sign: '−', word: 'removed' },
  changed: { sign: '±', word: 'changed' },
  same: { sign: '', word: 'unchanged' },
}

/** Before and after, key by key. Signs and columns tell the sides apart; colour only helps. */
export function JsonDiff({ before, after, hasUnchanged, className }: JsonDiffProps) {
  const all = listJsonChanges(before, after)
  const shown = hasUnchanged ? all : all.filter((change) => change.kind !== 'same')
  if (shown.length === 0) return <p className="text-sm text-ink-muted">Nothing was changed.</p>
  return (
    <div className={cn('min-w-0 overflow-x-auto rounded-md border', className)}>
      <table className="w-full border-collapse text-left font-mono text-xs">
        <thead className="bg-sunken font-sans text-ink-muted">
          <tr className="h-7">
            <th scope="col" className="w-6 px-2">
              <span className="sr-only">Change</span>
            </th>
            <th scope="col" className="px-2">
              Key
            </th>
            <th scope="col" className="px-2">
              Before
            </th>
            <th scope="col" className="px-2">
              After
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((change) => {
            const row = rows[change.kind]
            return (
              <tr key={change.path} className="border-t align-top">
                <td className="px-2 py-1 text-center">
                  <span aria-hidden>{row.sign}</span>
                  <span className="sr-only">{row.word}</span>
                </td>
                <td className="max-w-72 min-w-28 px-2 py-1 text-ink-muted [overflow-wrap:anywhere]">
                  {change.path ? <BreakablePath path={change.path} /> : 'value'}
                </td>
                <td
                  className={cn(
                    'min-w-24 px-2 py-1 [overflow-wrap:anywhere]',
                    (change.kind === 'removed' || change.kind === 'changed') && 'bg-danger-wash',
                  )}
                >
                  <JsonValue value={change.before} />
                </td>
                <td
                  className={cn(
                    'min-w-24 px-2 py-1 [overflow-wrap:anywhere]',
                    (change.kind === 'added' || change.kind === 'changed') && 'bg-good-wash',
                  )}
                >
                  <JsonValue value={change.after} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** A path that breaks after its dots, not within its words. */
function BreakablePath({ path }: { path: string }) {
  const parts = path.split('.')
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no id and never move
    <Fragment key={index}>
      {part}
      {index < parts.length - 1 ? (
        <>
          .<wbr />
        </>
      ) : null}
    </Fragment>
  ))
}

function JsonValue({ value }: { value: unknown }) {
  if (value === undefined) return <span className="text-ink-faint">—</span>
  return <span className="whitespace-pre-wrap">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
}
