import Link from 'next/link'
import type { MouseEvent, ReactNode } from 'react'

export function CellFrame({ href, children }: { href?: string; children: ReactNode }) {
  if (!href) return <div className="truncate *:align-middle">{children}</div>
  return (
    <Link
      href={href}
      prefetch={false}
      data-row-link
      className="block flex-auto truncate rounded-sm -mx-1 px-1 py-0.5 *:align-middle font-medium text-ink focus-visible:-outline-offset-2"
      // The name is a link like any other; the rest of the row opens beside the list.
      onClick={(event) => event.stopPropagation()}
    >
      {children}
    </Link>
  )
}

/** A click on a control of its own, in a dialog that it opened, or the end of a text selection, is not a click on the row. */
export function isElsewhere(event: MouseEvent<HTMLElement>): boolean {
  if (event.defaultPrevented) return true
  // React lets a click in a dialog come by here; the page does not.
  if (event.target instanceof Node && !event.currentTarget.contains(event.target)) return true
  if (event.target instanceof Element && event.target.closest('a, button, input, label, [role="toolbar"]')) return true
  return (window.getSelection()?.toString().length ?? 0) > 0
}
