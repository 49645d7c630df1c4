import { ChevronRight } from 'lucide-react'
import { BasisLine } from '@/components/ui/marks/basis-line'
import type { Hop } from '@/lib/access-graph/schema'
import { hopWords } from './hop-words'
import { NodeName } from './node-name'

/** A route in one line: "runs as billing › has bucket-readers"; of a long one the first and the last step. */
export function RouteTrail({ route }: { route: Hop[] }) {
  const [first] = route
  const last = route.at(-1)
  if (!first || !last) return <span className="text-ink-muted">directly</span>
  const title = route.map((hop) => `${hopWords[hop.kind]} ${hop.to.name}`).join(' › ')
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={title}>
      <HopName hop={first} />
      {route.length > 2 ? (
        <>
          <ChevronRight className="size-3 shrink-0 text-ink-faint" aria-hidden />
          <span className="tabular shrink-0 text-xs text-ink-muted">{route.length - 2} more</span>
        </>
      ) : null}
      {route.length > 1 ? (
        <>
          <ChevronRight className="size-3 shrink-0 text-ink-faint" aria-hidden />
          <HopName hop={last} />
        </>
      ) : null}
    </span>
  )
}

function HopName({ hop }: { hop: Hop }) {
  return (
    <span className="flex min-w-16 items-center gap-1.5">
      <span className="shrink-0 text-ink-muted">{hopWords[hop.kind]}</span>
      <span className="truncate">{hop.to.name}</span>
      {hop.condition || hop.notEvaluable ? (
        <span className="shrink-0 text-xs text-warning-ink" title={hop.condition ?? hop.notEvaluable ?? ''}>
          if
        </span>
      ) : null}
    </span>
  )
}

/** A route step by step, with how each step is known and under which condition. */
export function RouteSteps({ start, route }: { start: string; route: Hop[] }) {
  return (
    <ol className="flex flex-col border-l pl-4">
      <li className="py-1 font-medium">{start}</li>
      {route.map((hop) => (
        <li key={hop.to.id ?? hop.to.externalId} className="flex flex-col gap-0.5 py-1">
          <span className="flex min-w-0 flex-wrap items-center gap-x-2">
            <span className="text-ink-muted">{hopWords[hop.kind]}</span>
            <NodeName node={hop.to} />
            <BasisLine basis={hop.basis} className="ml-auto text-xs text-ink-muted" />
          </span>
          {hop.condition ? <Condition label="Only if" text={hop.condition} /> : null}
          {hop.notEvaluable ? <Condition label="Not evaluated" text={hop.notEvaluable} /> : null}
        </li>
      ))}
    </ol>
  )
}

export function Condition({ label, text }: { label: string; text: string }) {
  return (
    <span className="text-xs text-warning-ink">
      {label}: <span className="font-mono break-all text-ink-muted">{text}</span>
    </span>
  )
}
