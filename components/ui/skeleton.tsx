import { cn } from './class-names'

/** Holds the place of what comes; give it the size of the text it stands for. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('block h-3 animate-pulse rounded-sm bg-line', className)} />
}
