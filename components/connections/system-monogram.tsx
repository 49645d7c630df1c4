import { cn } from '@/components/ui/class-names'
import { systemColour } from '@/components/ui/marks/system-tag'
import { monogramOf } from './format-words'

/** A system's two or three letters over its colour, where others would show a logo. */
export function SystemMonogram({ system, title }: { system: string; title: string }) {
  return (
    <span
      aria-hidden
      className="relative grid size-7 shrink-0 place-items-center overflow-hidden rounded-md border bg-raised font-mono text-xs text-ink-muted"
    >
      {monogramOf(title)}
      <span data-mark className={cn('absolute inset-x-0 bottom-0 h-0.5', systemColour(system))} />
    </span>
  )
}
