'use client'

import { lazy, Suspense, useEffect, useState } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import type { Toasts } from './toast-list'

const load = () => import('./toast-list').then((module) => ({ default: module.ToastList }))
const ToastList = lazy(load)

type Message = (toasts: Toasts) => void
let shown: Toasts | undefined
let waiting: Message[] = []
let wake = () => {}

function tell(message: Message): void {
  if (shown) message(shown)
  else waiting.push(message)
  wake()
}

function onReady(toasts: Toasts): void {
  shown = toasts
  const late = waiting
  waiting = []
  for (const message of late) message(toasts)
}

/** Mounted once, in the root layout. Messages that come before it is there are shown as soon as it is. */
export function Toaster() {
  const [isWanted, setIsWanted] = useState(false)
  useEffect(() => {
    wake = () => setIsWanted(true)
    if (waiting.length > 0) setIsWanted(true)
    preloadWhenIdle(async () => {
      await load()
      setIsWanted(true)
    })
    return () => {
      shown = undefined
    }
  }, [])
  return isWanted ? (
    <Suspense fallback={null}>
      <ToastList onReady={onReady} />
    </Suspense>
  ) : null
}

/** Says what has happened (never what was begun): "Owner assigned". */
export function notifyDone(title: string, description?: string): void {
  tell((toasts) => toasts.success(title, { description }))
}

/** How long an undo stays offered, in ms. */
const undoMs = 15_000

/** Says what has happened and offers to take it back, while the pointer or the focus is on it and 15 s besides. */
export function notifyUndoable(title: string, onUndo: () => void, description?: string): void {
  tell((toasts) => toasts.success(title, { description, duration: undoMs, action: { label: 'Undo', onClick: onUndo } }))
}

/** Says what failed, what it means and the reference id, when there is one. Stays until dismissed. */
export function notifyFailed(title: string, description?: string, requestId?: string): void {
  const reference = requestId ? `Reference ${requestId}.` : undefined
  tell((toasts) =>
    toasts.error(title, {
      description: [description, reference].filter(Boolean).join(' '),
      duration: Number.POSITIVE_INFINITY,
      closeButton: true,
    }),
  )
}
