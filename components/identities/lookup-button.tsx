'use client'

import { KeyRound } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import { useShortcut } from '@/lib/platform/browser/shortcuts'

/** Fetched when somebody asks: most visits to a list never do. */
const load = () => import('./lookup-panel').then((module) => ({ default: module.LookupPanel }))
const LookupPanel = lazy(load)

/** The button that opens "Whose key is this?", for headers. */
export function LookupButton() {
  const [isOpen, setIsOpen] = useState(false)
  const [wasOpened, setWasOpened] = useState(false)
  if (isOpen && !wasOpened) setWasOpened(true)
  useShortcut({ keys: 'w', label: 'Whose key is this?', group: 'This list' }, () => setIsOpen(true))
  return (
    <>
      <Button icon={<KeyRound aria-hidden />} onClick={() => setIsOpen(true)} onPointerEnter={() => void load()}>
        Whose key is this?
      </Button>
      {wasOpened ? (
        <Suspense fallback={null}>
          <LookupPanel open={isOpen} onOpenChange={setIsOpen} />
        </Suspense>
      ) : null}
    </>
  )
}
