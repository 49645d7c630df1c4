import { CircleHelp } from 'lucide-react'
import type { ReactNode } from 'react'

/** What a screen is about and what follows from what is done there; closed until somebody wants it. */
export function HowItWorks({ children }: { children: ReactNode }) {
  return (
    <details className="group border-b px-4 py-2 text-sm md:px-6">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-sm text-ink-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <CircleHelp className="size-3.5" aria-hidden />
        How this works
      </summary>
      <div className="flex max-w-[75ch] flex-col gap-2 pt-2 pb-1">{children}</div>
    </details>
  )
}
