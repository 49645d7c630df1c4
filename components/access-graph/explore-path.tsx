import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import { BasisLine } from '@/components/ui/marks/basis-line'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import type { PathStep } from '@/lib/access-graph/blast-radius'
import { sentenceOf, verbOf } from './explore-words'
import { NodeName } from './node-name'
import { Condition } from './route-trail'

/** The stops between the two ends in one line: "deployer › bucket-readers"; of a long path the first and the last. */
export function PathLine({ steps }: { steps: PathStep[] }) {
  const between = steps.slice(0, -1).map(({ to }) => to)
  const [first] = between
  const last = between.at(-1)
  if (!first || !last) return <span className="text-ink-muted">directly</span>
  const names = between.length > 3 ? [first.name, `${between.length - 2} more`, last.name] : between.map((n) => n.name)
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={sentenceOf(steps)}>
      <span className="shrink-0 text-ink-muted">by</span>
      {names.map((name, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path may come by one name twice, and its order is fixed
        <Fragment key={index}>
          {index > 0 ? <ChevronRight className="size-3 shrink-0 text-ink-faint" aria-hidden /> : null}
          <span className={/^\d+ more$/.test(name) ? 'shrink-0 text-ink-muted' : 'min-w-8 truncate'}>{name}</span>
        </Fragment>
      ))}
    </span>
  )
}

/** A path step by step: what each one is, how it is known, which source told of it and when it was last used. */
export function PathSteps({ steps }: { steps: PathStep[] }) {
  const [first] = steps
  if (!first) return null
  return (
    <ol className="flex flex-col border-l pl-4">
      <li className="flex min-h-8 items-center font-medium">
        <NodeName node={first.from} />
      </li>
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path may take one edge twice, and its order is fixed
        <PathStepLine key={index} step={step} />
      ))}
    </ol>
  )
}

function PathStepLine({ step }: { step: PathStep }) {
  const { kind, to, basis, level, condition, notEvaluable, lastUsedAt, source } = step
  const isGrant = kind === 'grants'
  return (
    <li className="grid min-h-8 grid-cols-1 items-center gap-x-4 gap-y-0.5 border-t py-1 lg:grid-cols-[minmax(0,1fr)_8rem_9rem_10rem]">
      <span className="flex min-w-0 flex-wrap items-center gap-x-2">
        <span className="shrink-0 text-ink-muted">{verbOf(step)}</span>
        <NodeName node={to} />
        {isGrant ? <PrivilegeMark privilege={level === 'unknown' || level === null ? undefined : level} /> : null}
      </span>
      <BasisLine basis={basis} className="text-xs text-ink-muted" />
      <span className="text-xs text-ink-muted">
        {lastUsedAt ? (
          <>
            used <RelativeTime at={lastUsedAt} />
          </>
        ) : (
          'use not known'
        )}
      </span>
      <span className="min-w-0 text-xs text-ink-muted">
        {source ? <SystemTag system={source.system} label={source.name} /> : 'worked out here'}
      </span>
      {condition ? <Condition label="Only if" text={condition} /> : null}
      {notEvaluable ? <Condition label="Not evaluated" text={notEvaluable} /> : null}
    </li>
  )
}
