import { Ban } from 'lucide-react'
import { BasisLine } from '@/components/ui/marks/basis-line'
import type { Impersonator, OpenEnd } from '@/lib/access-graph/schema'
import { hopWords } from './hop-words'
import { NodeName } from './node-name'
import { Condition, RouteTrail } from './route-trail'

const line = 'flex min-h-row flex-wrap items-center gap-x-2 gap-y-0.5 border-b py-1 last:border-b-0'

/** Ways onwards whose end no import has told of. */
export function OpenEndList({ ends }: { ends: OpenEnd[] }) {
  return (
    <ul className="flex flex-col">
      {ends.map(({ id, hop, route }) => (
        <li key={id} className={line}>
          {route.length > 0 ? <RouteTrail route={route} /> : null}
          <span className="text-ink-muted">{hopWords[hop.kind]}</span>
          <NodeName node={hop.to} />
          {hop.condition ? <Condition label="Only if" text={hop.condition} /> : null}
        </li>
      ))}
    </ul>
  )
}

/** Principals that become an identity in one step, and those to whom that is denied. */
export function BecomingList({ edges }: { edges: Impersonator[] }) {
  if (edges.length === 0) {
    return <p className="text-sm text-ink-muted">No imported file lets anyone assume, impersonate or run as it.</p>
  }
  return (
    <ul className="flex flex-col">
      {edges.map(({ id, from, kind, effect, basis, condition, notEvaluable }) => (
        <li key={id} className={line}>
          <NodeName node={from} />
          {effect === 'deny' ? (
            <span className="inline-flex items-center gap-1 text-danger-ink">
              <Ban className="size-3.5" aria-hidden />
              may not
            </span>
          ) : null}
          <span className="text-ink-muted">{hopWords[kind]} it</span>
          {condition ? <Condition label="Only if" text={condition} /> : null}
          {notEvaluable ? <Condition label="Not evaluated" text={notEvaluable} /> : null}
          <BasisLine basis={basis} className="ml-auto text-xs text-ink-muted" />
        </li>
      ))}
    </ul>
  )
}
