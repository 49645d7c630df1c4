import type { Tone } from '@/components/ui/tone'
import { type Delivery, deliveryWords } from '@/lib/lifecycle/delivery'
import { type DueRotation, type DueState, mostTold, type PolicyRules } from '@/lib/lifecycle/policies'
import { formatCount, formatWord } from '@/lib/platform/browser/format'

/** Policies and what is due by them, in words. Pure. */

export const dueLabels: Record<DueState, string> = {
  overdue: 'Overdue',
  due: 'Due',
  soon: 'Due soon',
  rotating: 'In a rotation',
  stopped: 'Stopped',
  excepted: 'Excepted',
}

export const dueTones: Record<DueState, Tone> = {
  overdue: 'danger',
  due: 'warning',
  soon: 'quiet',
  rotating: 'notice',
  stopped: 'danger',
  excepted: 'quiet',
}

/** Counts end at a thousand. */
export const toldCount = (count: number): string => (count >= mostTold ? `${mostTold}+` : String(count))

export const sinceWords: Record<DueRotation['sinceKind'], string> = {
  rotated: 'rotated, says its source',
  issued: 'made, says its source',
  here: 'rotated here',
  seen: 'first seen; it may be older',
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
export const dayLabels = days

/** `Mon to Fri, 22:00 to 04:00, Europe/Berlin`. */
export function windowWords(window: PolicyRules['window']): string {
  if (window === null) return 'At any time'
  const own = [...window.days].sort()
  const isRow = own.length > 2 && own.every((day, index) => day === (own[0] ?? 1) + index)
  const which =
    own.length === 7
      ? 'Every day'
      : isRow
        ? `${days[(own[0] ?? 1) - 1]} to ${days[(own.at(-1) ?? 1) - 1]}`
        : own.map((day) => days[day - 1]).join(', ')
  const time = window.from === window.to ? 'all day' : `${window.from} to ${window.to}`
  return `${which}, ${time}, ${window.timeZone}`
}

export function intervalWords({ intervalDays, maxAgeDays }: Pick<PolicyRules, 'intervalDays' | 'maxAgeDays'>): string {
  const every = `Every ${formatCount(intervalDays, 'day')}`
  return intervalDays === maxAgeDays ? every : `${every}, overdue after ${maxAgeDays}`
}

export const placeWords = (delivery: Delivery | null): string =>
  delivery === null ? 'not said: whoever rotates it says so' : deliveryWords(delivery)

/** `kind: service account, environment: production`. */
export function filterWords(filter: Record<string, unknown>): string {
  const parts = Object.entries(filter).map(([name, value]) => {
    const values = String(value)
      .split(',')
      .map((each) => (/^[0-9a-f-]{36}$/.test(each) ? 'one chosen' : formatWord(each)))
    return `${filterNames[name] ?? formatWord(name)} ${values.join(' or ')}`
  })
  return parts.length === 0 ? 'Every identity' : parts.join(', ')
}
const filterNames: Record<string, string> = {
  q: 'named',
  ownedBy: 'owned by',
  used: 'last used',
  blast: 'blast radius',
}
