import { cn } from '../class-names'

const dots = [
  'bg-system-1',
  'bg-system-2',
  'bg-system-3',
  'bg-system-4',
  'bg-system-5',
  'bg-system-6',
  'bg-system-7',
  'bg-system-8',
]
const known: Record<string, number> = { aws: 1, kubernetes: 2, mcp: 4, csv: 7, github: 3, postgresql: 5, bailiwick: 0 }

/** The categorical colour (a background class) of a source system: fixed for those that ship, by name for others. */
export function systemColour(system: string): string {
  const sum = Array.from(system).reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0)
  return dots[known[system] ?? sum % dots.length] ?? 'bg-system-8'
}

export interface SystemTagProps {
  system: string
  /** What is shown; by default the system's own name. */
  label?: string
  className?: string
}

export function SystemTag({ system, label, className }: SystemTagProps) {
  return (
    <span className={cn('inline-flex max-w-full items-center gap-1.5', className)}>
      <span aria-hidden data-mark className={cn('size-2 shrink-0 rounded-xs', systemColour(system))} />
      <span className="truncate">{label ?? system}</span>
    </span>
  )
}
