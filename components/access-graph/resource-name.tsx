import { Crown } from 'lucide-react'
import { MiddleTruncate } from '@/components/ui/middle-truncate'

/** A resource's name, with the mark of a crown jewel. */
export function ResourceName({ name, isJewel }: { name: string; isJewel: boolean }) {
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5">
      <MiddleTruncate value={name} isMono={false} keepEnd={12} />
      {isJewel ? (
        <span title="Crown jewel" className="shrink-0">
          <Crown className="size-3.5 text-accent-ink" aria-hidden />
          <span className="sr-only">crown jewel</span>
        </span>
      ) : null}
    </span>
  )
}
