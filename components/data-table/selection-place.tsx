import type { ReactNode } from 'react'

/** Where a selection is told of: over the foot of the list, so that nothing moves when one begins. Put it after the table. */
export function SelectionPlace({ children }: { children: ReactNode }) {
  return (
    <div
      className="pointer-events-none sticky bottom-3 z-30 -mt-12 flex h-12 items-end justify-center px-2 sm:px-4"
      aria-live="polite"
    >
      {children}
    </div>
  )
}
