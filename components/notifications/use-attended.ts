'use client'

import { useEffect, useState } from 'react'

const quietMs = 600_000

/** Whether somebody touched keys, pointer or wheel within the last ten minutes. */
export function useAttended(): boolean {
  const [isAttended, setIsAttended] = useState(true)
  useEffect(() => {
    let timer = setTimeout(() => setIsAttended(false), quietMs)
    const onSign = () => {
      clearTimeout(timer)
      timer = setTimeout(() => setIsAttended(false), quietMs)
      setIsAttended(true)
    }
    const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const
    for (const sign of signs) window.addEventListener(sign, onSign, { passive: true })
    return () => {
      clearTimeout(timer)
      for (const sign of signs) window.removeEventListener(sign, onSign)
    }
  }, [])
  return isAttended
}
