import { RelativeTime } from '@/components/ui/relative-time'
import type { GraphStamp } from '@/lib/access-graph/blast-radius'

/** From which state of the graph an answer was worked out. */
export function GraphAsOf({ graph }: { graph: GraphStamp }) {
  return (
    <span className="text-xs text-ink-muted" title={`Version ${graph.version} of the graph`}>
      worked out from the graph of <RelativeTime at={graph.builtAt} />
      {graph.by === 'database' ? ', by the database while the engine loads' : ''}
    </span>
  )
}
