import { Box, KeyRound, Layers, UserRound, Waypoints } from 'lucide-react'
import Link from 'next/link'
import { IdentityKind, type IdentityKindName, identityKindLabels } from '@/components/ui/marks/identity-kind'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import type { GraphNode } from '@/lib/access-graph/schema'
import { identityHref } from '@/lib/identities/rules'

export const nodeIcons = { human: UserRound, role: Layers, resource: Box, credential: KeyRound, identity: Waypoints }

/** What kind of node it is, as its icon. */
export function NodeIcon({ node }: { node: Pick<GraphNode, 'type' | 'kind'> }) {
  const Icon = nodeIcons[node.type]
  return node.type === 'identity' && node.kind && node.kind in identityKindLabels ? (
    <IdentityKind kind={node.kind as IdentityKindName} />
  ) : (
    <Icon className="size-4 shrink-0 text-ink-muted" strokeWidth={1.75} aria-label={node.kind ?? node.type} />
  )
}

/** The page of a node; null for those that have none. */
export function nodeHref({ type, id }: Pick<GraphNode, 'type' | 'id'>): string | null {
  if (id === null) return null
  if (type === 'identity') return identityHref(id)
  return type === 'resource' ? `/resources/${id}` : null
}

/** A node of the graph: icon, name, and the way to its page when it has one. What nobody told of is outlined. */
export function NodeName({ node, className }: { node: GraphNode; className?: string }) {
  const isKnown = node.id !== null
  const href = nodeHref(node)
  const name = <MiddleTruncate value={node.name} isMono={!isKnown} />
  return (
    <span className={`inline-flex max-w-full min-w-0 items-center gap-1.5 ${className ?? ''}`}>
      <NodeIcon node={node} />
      {href ? (
        <Link href={href} prefetch={false} title={node.externalId} className="min-w-0 rounded-sm hover:underline">
          {name}
        </Link>
      ) : (
        <span className="min-w-0" title={node.externalId}>
          {name}
        </span>
      )}
      {isKnown ? null : (
        <span className="shrink-0 rounded-xs border border-dashed px-1 text-xs text-ink-muted">not imported</span>
      )}
    </span>
  )
}
