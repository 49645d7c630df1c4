/** When changes may be made, in somebody's own time. Pure: nothing here asks what time it is. */

export interface Window {
  /** IANA: `Europe/Berlin`. */
  timeZone: string
  /** 1 = Monday … 7 = Sunday: the days on which it opens. */
  days: readonly number[]
  /** `22:00`. One that ends before it begins goes on past midnight; the same twice is a whole day. */
  from: string
  to: string
}

const dayMs = 86_400_000
const minuteMs = 60_000

const parts = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = parts.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
  parts.set(timeZone, made)
  return made
}

/** What a clock on the wall shows, as if it were UTC. */
function wallOf(at: number, timeZone: string): number {
  const found = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** The first moment at which the wall's clock shows it, or, where clocks are put forward over it, has passed it. */
function instantOf(wall: number, timeZone: string): number {
  const guesses = [-1, 0, 1].map((days) => {
    const near = wall + days * dayMs
    return wall - (wallOf(near, timeZone) - near)
  })
  const exact = guesses.filter((guess) => wallOf(guess, timeZone) === wall)
  return exact.length > 0 ? Math.min(...exact) : Math.max(...guesses)
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/** The times at which it is open, from the one that is open at `now` or opens next; for as long as there are days to come. */
function* openings({ timeZone, days, from, to }: Window, now: number): Generator<{ from: number; to: number }> {
  const today = Math.floor(wallOf(now, timeZone) / dayMs) * dayMs
  const [begins, ends] = [minutesOf(from), minutesOf(to)]
  for (let ahead = -1; ahead <= 8; ahead += 1) {
    const day = today + ahead * dayMs
    // 1 January 1970 was a Thursday.
    const weekday = ((Math.floor(day / dayMs) + 3) % 7) + 1
    if (!days.includes(weekday)) continue
    const opening = instantOf(day + begins * minuteMs, timeZone)
    const closing = instantOf(day + (ends > begins ? 0 : dayMs) + ends * minuteMs, timeZone)
    if (closing > now) yield { from: opening, to: closing }
  }
}

/** When it is open next: `now` while it is. Without a window it always is. `null` = never, as it has no days. */
export function nextOpening(window: Window | null | undefined, now: number): number | null {
  if (!window) return now
  for (const { from } of openings(window, now)) return Math.max(from, now)
  return null
}

/** Whether it is open. */
export const isOpenAt = (window: Window | null | undefined, now: number): boolean => nextOpening(window, now) === now
