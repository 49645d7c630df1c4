import type { RunEvent } from '@/lib/lifecycle/schema'

/** The most lines of a history that a page holds. */
export const mostEvents = 2000

/** The history with one more line, in order, none twice: a stream that was cut may send again what is known. Pure. */
export function appendEvent(events: readonly RunEvent[], event: RunEvent): readonly RunEvent[] {
  const last = events.at(-1)
  if (!last || event.no > last.no) return [...events, event].slice(-mostEvents)
  if (events.some(({ no }) => no === event.no)) return events
  return [...events, event].sort((left, right) => left.no - right.no).slice(-mostEvents)
}
