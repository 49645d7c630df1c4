'use client'

import { Dialog, DialogContent } from '@/components/ui/dialog'
import { LookupForm } from './lookup-form'

interface LookupPanelProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** "Whose key is this?": finds the credential of a leaked key by its value, fingerprint or last four characters. */
export function LookupPanel({ open, onOpenChange }: LookupPanelProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? (
        <DialogContent title="Whose key is this?" description="Finds what a leaked key opens and who answers for it.">
          <LookupForm onLeave={() => onOpenChange(false)} />
        </DialogContent>
      ) : null}
    </Dialog>
  )
}
