import { CircleCheck, TriangleAlert, Undo2 } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { formatCount } from '@/lib/platform/browser/format'
import type { ChangeLine } from './what-if-lines'

interface WhatIfChangesProps {
  lines: ChangeLine[]
  /** Why a change cannot be worked out, by its id. */
  problems: ReadonlyMap<string, string>
  onTakeBack: (id: string) => void
}

/** The changes that are thought of, one by one: which of them are done, and which cannot be. */
export function WhatIfChanges({ lines, problems, onTakeBack }: WhatIfChangesProps) {
  const done = lines.filter(({ isDone }) => isDone).length
  return (
    <div>
      <h3 className="text-sm font-medium">
        {formatCount(lines.length, 'change')}
        {done > 0 ? <span className="font-normal text-ink-muted">, {done} done</span> : null}
      </h3>
      <ul aria-label="Changes thought of" className="flex flex-col">
        {lines.map(({ id, verb, about, isKnown, isDone, lastUsedAt, source }) => (
          <li key={id} className="flex min-h-row items-center gap-x-2 border-b py-1 last:border-b-0">
            <span className="flex min-w-0 flex-1 flex-col gap-0.5">
              <span className="break-words">
                <span className="font-medium">{verb}</span>{' '}
                <span className={isKnown ? '' : 'italic text-ink-muted'}>{about}</span>
                {isKnown ? null : <span className="ml-1.5 font-mono text-xs break-all">{id}</span>}
              </span>
              {problems.has(id) ? (
                <span className="flex items-start gap-1 text-xs text-warning-ink">
                  <TriangleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
                  {problems.get(id)}
                </span>
              ) : isDone ? (
                <span>
                  <Badge tone="good" icon={<CircleCheck aria-hidden />}>
                    Done: {source ?? 'its source'} no longer tells of it
                  </Badge>
                </span>
              ) : isKnown ? (
                <span className="text-xs text-ink-muted">
                  {lastUsedAt ? (
                    <>
                      last used <RelativeTime at={lastUsedAt} />
                    </>
                  ) : lastUsedAt === null ? (
                    'never used'
                  ) : (
                    'use not known'
                  )}
                </span>
              ) : null}
            </span>
            <Button
              variant="ghost"
              size="sm"
              icon={<Undo2 aria-hidden />}
              aria-label={`Take back: ${verb.toLowerCase()} ${about}`}
              onClick={() => onTakeBack(id)}
            >
              Take back
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
