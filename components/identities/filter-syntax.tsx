'use client'

import { CircleHelp } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { Skeleton } from '@/components/ui/skeleton'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import type { SyntaxGuideProps } from './syntax-guide'

const load = () => import('./syntax-guide').then((module) => ({ default: module.SyntaxGuide }))
const SyntaxGuide = lazy(load)
preloadWhenIdle(load)

interface FilterSyntaxProps extends SyntaxGuideProps {
  /** Somebody is about to choose. */
  onOpen: () => void
}

/** How filters are written: a button, and what it opens. */
export function FilterSyntax({ onOpen, onApply, ...props }: FilterSyntaxProps) {
  const [isOpen, setIsOpen] = useState(false)
  const change = (next: boolean) => {
    setIsOpen(next)
    if (next) onOpen()
  }
  return (
    <Popover open={isOpen} onOpenChange={change}>
      <PopoverTrigger asChild>
        <Button variant="ghost" icon={<CircleHelp aria-hidden />} className="max-sm:w-7 max-sm:px-0">
          <span className="max-sm:sr-only">Filter syntax</span>
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-128 max-w-[calc(100vw-1rem)]" aria-label="Filter syntax">
        <Suspense fallback={<Skeleton className="h-96" />}>
          <SyntaxGuide
            {...props}
            onApply={(filter) => {
              setIsOpen(false)
              onApply(filter)
            }}
          />
        </Suspense>
      </PopoverContent>
    </Popover>
  )
}
