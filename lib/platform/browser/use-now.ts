'use client'

import { useSyncExternalStore } from 'react'

const stepMs = 30_000
const listeners = new Set<() => void>()
let current = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Rounded up: what has just happened is past, never "in under a minute". */
const roundedNow = () => Math.ceil(Date.now() / stepMs) * stepMs

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    current = roundedNow()
    for (const notify of listeners) notify()
  }, stepMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || !timer) return
    clearInterval(timer)
    timer = undefined
    current = 0
  }
}

function snapshot(): number {
  if (current === 0) current = roundedNow()
  return current
}

/** The present in milliseconds, in steps of 30 s, one clock for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot, roundedNow)
}
