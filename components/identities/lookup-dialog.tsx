'use client'

import { KeyRound } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { useShortcut } from '@/lib/platform/browser/shortcuts'

/** Fetched when somebody asks: most visits to a list never do. */
const LookupForm = lazy(() => import('./lookup-form').then(({ LookupForm }) => ({ default: LookupForm })))

export interface LookupDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** "Whose key is this?": finds the credential of a leaked key by its value, fingerprint or last four characters. */
export function LookupDialog({ open, onOpenChange }: LookupDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? (
        <DialogContent title="Whose key is this?" description="Finds what a leaked key opens and who answers for it.">
          <Suspense fallback={<Skeleton className="h-32 w-full" />}>
            <LookupForm onLeave={() => onOpenChange(false)} />
          </Suspense>
        </DialogContent>
      ) : null}
    </Dialog>
  )
}

/** The button that opens the dialog, for headers. */
export function LookupButton() {
  const [isOpen, setIsOpen] = useState(false)
  useShortcut({ keys: 'w', label: 'Whose key is this?', group: 'This list' }, () => setIsOpen(true))
  return (
    <>
      <Button icon={<KeyRound aria-hidden />} onClick={() => setIsOpen(true)}>
        Whose key is this?
      </Button>
      <LookupDialog open={isOpen} onOpenChange={setIsOpen} />
    </>
  )
}
