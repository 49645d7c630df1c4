'use client'

export interface LookupDialogProps {
  orgId: string
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** "Whose key is this?": finds the credential of a leaked key by its value, fingerprint or last four characters. */
export function LookupDialog(_props: LookupDialogProps) {
  return null
}

/** The button that opens the dialog, for headers. */
export function LookupButton(_props: { orgId: string }) {
  return null
}
