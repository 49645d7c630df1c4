'use client'

import { useEffect, useState } from 'react'

const stepMs = 1000

/**
 * The server's present, counted on from an answer of it: what is counted down on screen does not go by this computer's clock.
 * @param asOf the server's clock when it answered
 * @param isTicking whether it goes on; otherwise it stands at the answer
 */
export function useServerNow(asOf: string, isTicking: boolean): number {
  const answered = Date.parse(asOf)
  const [now, setNow] = useState(answered)
  useEffect(() => {
    const ahead = answered - Date.now()
    const tick = () => setNow(Date.now() + ahead)
    tick()
    if (!isTicking) return
    const timer = setInterval(tick, stepMs)
    return () => clearInterval(timer)
  }, [answered, isTicking])
  return now
}
