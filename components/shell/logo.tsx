import { cn } from '../ui/class-names'

/** The mark: a bounded field in two bays, and the one who answers in it. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden className={cn('size-6 shrink-0', className)}>
      <rect width="24" height="24" rx="4" className="fill-accent" />
      <path
        d="M7 5h6.25a3.5 3.5 0 0 1 0 7H7zM7 12h7.5a3.5 3.5 0 0 1 0 7H7z"
        strokeWidth="1.75"
        strokeLinejoin="round"
        className="stroke-on-accent"
      />
      <circle cx="11.5" cy="15.5" r="1.25" className="fill-on-accent" />
    </svg>
  )
}

/** Mark and name, for the pages outside the console. */
export function Logo({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex items-center gap-2 text-base font-medium tracking-[-0.01em]', className)}>
      <LogoMark />
      Bailiwick
    </span>
  )
}
