'use client'

import { CornerDownRight } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { Button } from '../ui/button'
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover'
import { Skeleton } from '../ui/skeleton'
import type { JumpFormProps } from './jump-form'

const load = () => import('./jump-form').then((module) => ({ default: module.JumpForm }))
const JumpForm = lazy(load)
preloadWhenIdle(load)

/** Goes to another place of a long list: the beginning of a name, a share of the way, a row. */
export function JumpControl(props: Omit<JumpFormProps, 'onClose'>) {
  const [isOpen, setIsOpen] = useState(false)
  useShortcut({ keys: 'g j', label: 'Jump to another place', group: 'This list' }, () => setIsOpen(true))
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" icon={<CornerDownRight aria-hidden />}>
          Jump to
        </Button>
      </PopoverTrigger>
      <PopoverContent
        align="end"
        side="top"
        className="w-72"
        aria-label="Jump to"
        // The row that was gone to has the focus already.
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        <Suspense fallback={<Skeleton className="h-20" />}>
          <JumpForm {...props} onClose={() => setIsOpen(false)} />
        </Suspense>
      </PopoverContent>
    </Popover>
  )
}
