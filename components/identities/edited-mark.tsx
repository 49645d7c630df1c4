import { PencilLine } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'

interface EditedMarkProps {
  /** Of the value: "environment". */
  label: string
  /** null: the source does not say. */
  source: ReactNode
  /** Absent: the reader may not edit. */
  onUseSource?: () => void
}

/** Says that a value is people's word, what the source says instead, and leads back to it. */
export function EditedMark({ label, source, onUseSource }: EditedMarkProps) {
  return (
    <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-ink-muted">
      <span className="inline-flex items-start gap-1">
        <PencilLine className="mt-0.5 size-3 shrink-0 text-notice-mark" aria-hidden />
        <span>
          edited here; the source says {source === null ? <em>nothing</em> : <span className="text-ink">{source}</span>}
        </span>
      </span>
      {onUseSource ? (
        <Button
          size="sm"
          variant="link"
          className="text-xs"
          aria-label={`Use what the source says: ${label}`}
          onClick={onUseSource}
        >
          Use what the source says
        </Button>
      ) : null}
    </span>
  )
}
