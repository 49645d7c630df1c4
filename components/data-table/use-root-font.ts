'use client'

import { useSyncExternalStore } from 'react'

const noChange = () => () => {}
const usual = 16

/** The size of the root's font in px: rows are as high as the reader's text asks for. */
export function useRootFont(): number {
  return useSyncExternalStore(noChange, readFont, () => usual)
}

let known: number | undefined

function readFont(): number {
  known ??= Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || usual
  return known
}
