'use client'

import { Fragment, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { FilterError } from '@/lib/platform/browser/filter-language'

interface FilterMarksProps {
  input: RefObject<HTMLInputElement | null>
  text: string
  errors: readonly FilterError[]
}

/** Underlines what is wrong, over the text of the box: the same letters in the same place, unseen but for the line. */
export function FilterMarks({ input, text, errors }: FilterMarksProps) {
  const line = useRef<HTMLSpanElement>(null)
  const follow = () => {
    if (line.current && input.current) line.current.style.transform = `translateX(${-input.current.scrollLeft}px)`
  }
  useLayoutEffect(follow)
  useEffect(() => {
    const box = input.current
    box?.addEventListener('scroll', follow)
    return () => box?.removeEventListener('scroll', follow)
  })
  if (errors.length === 0) return null
  const marks = errors.toSorted((a, b) => a.from - b.from)
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute top-0 right-2.25 left-7.25 flex h-7 items-center overflow-hidden text-sm text-transparent select-none forced-colors:hidden"
    >
      <span ref={line} className="whitespace-pre">
        {marks.map(({ from, to }, index) => (
          <Fragment key={from}>
            {text.slice(marks[index - 1]?.to ?? 0, from)}
            <span className="underline decoration-danger-mark decoration-wavy underline-offset-2">
              {text.slice(Math.max(from, marks[index - 1]?.to ?? 0), to)}
            </span>
          </Fragment>
        ))}
      </span>
    </span>
  )
}
