'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { ConfirmDialog } from '../ui/confirm-dialog'

/**
 * Asks before a form with unsaved changes is left: by a link of the product with a dialog of ours, by closing or reloading
 * the tab with the browser's.
 */
export function LeaveGuard({ isDirty, what, onDiscard }: { isDirty: boolean; what: string; onDiscard: () => void }) {
  const [target, setTarget] = useState<string>()
  const router = useRouter()
  useEffect(() => {
    if (!isDirty) return
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    // Before the router's own listeners see the click.
    const onClick = (event: MouseEvent) => {
      const href = leadsAway(event)
      if (href === undefined) return
      event.preventDefault()
      event.stopPropagation()
      setTarget(href)
    }
    window.addEventListener('beforeunload', onUnload)
    document.addEventListener('click', onClick, true)
    return () => {
      window.removeEventListener('beforeunload', onUnload)
      document.removeEventListener('click', onClick, true)
    }
  }, [isDirty])
  return (
    <ConfirmDialog
      open={target !== undefined}
      onOpenChange={(open) => (open ? undefined : setTarget(undefined))}
      title={`Leave without saving ${what}?`}
      confirmLabel="Discard changes and leave"
      tone="danger"
      onConfirm={async () => {
        onDiscard()
        if (target !== undefined) router.push(target)
      }}
    >
      <p>What you changed here is not saved yet. Cancel to go back and save it.</p>
    </ConfirmDialog>
  )
}

/** The path to which a plain click on a link would go, if it leaves this page within the product. */
function leadsAway(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(link instanceof HTMLAnchorElement) || (link.target !== '' && link.target !== '_self')) return undefined
  const url = new URL(link.href)
  if (url.origin !== location.origin || url.pathname === location.pathname) return undefined
  return `${url.pathname}${url.search}${url.hash}`
}
