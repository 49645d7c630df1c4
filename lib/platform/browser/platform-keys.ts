'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** True on Apple keyboards, where Cmd takes the place of Ctrl. False on the server and at first paint. */
export function useIsMac(): boolean {
  return useSyncExternalStore(
    never,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  )
}
