'use client'

import { useEffect, useState } from 'react'
import { type KeyChoice, readKeyChoice, usualChoice } from './review-keys'

const storageKey = 'bailiwick:review-keys'

/** The keys of the workspace as this browser keeps them. */
export function useReviewKeys(): [KeyChoice, (choice: KeyChoice) => void] {
  const [choice, setChoice] = useState(usualChoice)
  useEffect(() => setChoice(readKeyChoice(window.localStorage.getItem(storageKey))), [])
  return [
    choice,
    (next) => {
      window.localStorage.setItem(storageKey, JSON.stringify(next))
      setChoice(next)
    },
  ]
}
