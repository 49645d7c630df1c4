import type { NotificationWay } from './values'

/** Pure: when digests come. */

export interface DigestTime {
  /** IANA name: `Europe/Oslo`. */
  timeZone: string
  /** 0 to 23, by the clock on the wall there. */
  hour: number
  /** 1 = Monday to 7 = Sunday; of weekly digests. */
  weekday: number
}

const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
  formats.set(timeZone, format)
  return format
}

/** What the clock on the wall shows, as if it were UTC, in ms. */
function wallMs(at: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/**
 * The moment at which the clock on the wall shows this. Where it shows it twice (it was set back), the first; where it never does
 * (it was set forward), as long after midnight as on other days, which is an hour later by the clock.
 */
export function instantOf(wall: number, timeZone: string): number {
  const offsets = [wall - dayMs, wall + dayMs].map((at) => wallMs(at, timeZone) - at)
  const [before = 0, after = 0] = offsets
  const fits = [...new Set([before, after])]
    .map((offset) => wall - offset)
    .filter((at) => wallMs(at, timeZone) === wall)
  return fits.length > 0 ? Math.min(...fits) : wall - before
}

/** The next moment of a digest after `now`: one on each day, or on each of one weekday, whatever the clocks are set to. */
export function nextDigest(now: Date, way: 'daily' | 'weekly', { timeZone, hour, weekday }: DigestTime): Date {
  const midnight = Math.floor(wallMs(now.getTime(), timeZone) / dayMs) * dayMs
  for (let day = -1; day <= 15; day += 1) {
    const date = midnight + day * dayMs
    if (way === 'weekly' && (new Date(date).getUTCDay() || 7) !== weekday) continue
    const at = instantOf(date + hour * 3_600_000, timeZone)
    if (at > now.getTime()) return new Date(at)
  }
  throw new Error(`no day comes after ${now.toISOString()} in ${timeZone}`)
}

export function digestAt(way: NotificationWay, now: Date, time: DigestTime): Date | null {
  return way === 'daily' || way === 'weekly' ? nextDigest(now, way, time) : null
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}
