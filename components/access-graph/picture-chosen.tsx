'use client'

import { ExternalLink, Ungroup, X } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import type { PictureEdge, PictureNode } from '@/lib/access-graph/blast-radius'
import { nodeHref } from './node-name'
import { isGroup, nodeLabel, spokenNode } from './picture-words'

interface PictureChosenProps {
  node: PictureNode
  edges: PictureEdge[]
  onExpand: (group: string) => void
  onClear: () => void
}

/** Under the picture: what is chosen in it, and what can be done with that. */
export function PictureChosen({ node, edges, onExpand, onClear }: PictureChosenProps) {
  const href = isGroup(node) || node.layer === 'role' ? null : nodeHref({ type: typeOf(node), id: node.id })
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-t bg-accent-wash px-4 py-1.5 md:px-6">
      <p className="min-w-0 flex-1 basis-60 text-sm break-words">
        <span className="text-ink-muted">Only the ways through </span>
        <span className="font-medium">{nodeLabel(node)}</span>
        <span className="text-ink-muted">{spokenNode(node, edges).slice(nodeLabel(node).length)}</span>
      </p>
      {isGroup(node) ? (
        <Button size="sm" icon={<Ungroup aria-hidden />} onClick={() => onExpand(node.id)}>
          Draw them apart
        </Button>
      ) : null}
      {href ? (
        <Button size="sm" asChild>
          <Link href={href} prefetch={false}>
            <ExternalLink aria-hidden />
            Open its page
          </Link>
        </Button>
      ) : null}
      <Button size="sm" variant="ghost" icon={<X aria-hidden />} onClick={onClear}>
        Show all ways
      </Button>
    </div>
  )
}

function typeOf({ layer, kind }: PictureNode): 'human' | 'credential' | 'identity' | 'resource' | 'role' {
  return layer === 'identity' && kind === 'person' ? 'human' : layer
}
