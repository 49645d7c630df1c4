import { KeyRound, type LucideProps } from 'lucide-react'
import type { SVGProps } from 'react'
import { pictureShape } from '@/components/graph/layered-picture'
import { cn } from '@/components/ui/class-names'
import { type IdentityKindName, identityKindIcons } from '@/components/ui/marks/identity-kind'
import { PathIcon } from '@/components/ui/path-icon'
import type { PictureNode } from '@/lib/access-graph/blast-radius'
import { nodeIcons } from './node-name'
import { fitText, isGroup, nodeDetail, nodeLabel } from './picture-words'

/** The same icon as everywhere. */
function PictureIcon({ node: { layer, kind }, ...props }: SVGProps<SVGSVGElement> & { node: PictureNode }) {
  if (layer === 'identity' && kind && kind in identityKindIcons) {
    return <PathIcon icon={identityKindIcons[kind as IdentityKindName]} {...props} />
  }
  const Icon = layer === 'credential' ? KeyRound : nodeIcons[kind === 'person' ? 'human' : layer]
  return <Icon {...(props as LucideProps)} />
}

const labelLetters = 22
const detailLetters = 24

interface PictureNodeShapeProps {
  node: PictureNode
  isStart: boolean
  /** What would become of it by changes that are only thought of. */
  thought?: { words: string; isLost: boolean } | undefined
}

/** One node as it is drawn: icon, name, what it is; a group as a stack; the privilege that is held on a resource as a bar. */
export function PictureNodeShape({ node, isStart, thought }: PictureNodeShapeProps) {
  const { nodeWidth: width, nodeHeight: height } = pictureShape
  const isMany = isGroup(node)
  return (
    <>
      {isMany ? (
        <rect x={3} y={3} width={width} height={height} rx={5} className="fill-raised stroke-line-strong" />
      ) : null}
      <rect
        width={width}
        height={height}
        rx={5}
        className={cn(
          isStart ? 'fill-accent-wash stroke-accent-ink' : 'fill-raised stroke-line-strong group-hover/node:fill-hover',
          isStart && 'stroke-2',
          thought?.isLost && 'fill-sunken',
        )}
        strokeDasharray={thought?.isLost ? '3 3' : undefined}
      />
      {node.level ? (
        <rect
          width={4}
          height={height}
          rx={2}
          style={{
            fill: node.level === 'unknown' ? 'var(--quiet-mark)' : `var(--privilege-${node.level.replace('_', '-')})`,
          }}
        />
      ) : null}
      <PictureIcon
        node={node}
        x={11}
        y={12}
        width={16}
        height={16}
        strokeWidth={1.75}
        className="fill-none stroke-ink-muted"
        aria-hidden
      />
      <text
        x={34}
        y={17}
        className={cn(thought?.isLost ? 'fill-ink-muted' : 'fill-ink', 'text-xs', (isStart || isMany) && 'font-medium')}
      >
        {fitText(nodeLabel(node), labelLetters)}
      </text>
      <text x={34} y={32} className={cn('text-xs', thought ? 'fill-accent-ink font-medium' : 'fill-ink-muted')}>
        {fitText(thought?.words ?? detailOf(node), detailLetters)}
      </text>
    </>
  )
}

function detailOf(node: PictureNode): string {
  return node.sensitivity === 'restricted' || node.sensitivity === 'confidential'
    ? `${node.sensitivity} ${nodeDetail(node)}`
    : nodeDetail(node)
}
