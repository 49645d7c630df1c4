/**
 * Where an instant stands on the time axis of a run. The first seconds decide whether access ended, and what is left over may
 * take a day: the axis is fine at its beginning and gets coarser, by a logarithm. Pure.
 */

/** Seconds up to which the axis is about even. */
const evenSeconds = 0.5
/** The axis never ends before this. */
export const leastSeconds = 2

const depth = (seconds: number) => Math.log1p(Math.max(0, seconds) / evenSeconds)

/** The place of a number of seconds after the beginning, 0 to 1. */
export function placeOf(seconds: number, endSeconds: number): number {
  const end = depth(Math.max(leastSeconds, endSeconds))
  return Math.min(1, depth(seconds) / end)
}

const marks = [
  { seconds: 0, label: '0' },
  { seconds: 0.5, label: '0.5 s' },
  { seconds: 1, label: '1 s' },
  { seconds: 2, label: '2 s' },
  { seconds: 5, label: '5 s' },
  { seconds: 15, label: '15 s' },
  { seconds: 60, label: '1 min' },
  { seconds: 300, label: '5 min' },
  { seconds: 1800, label: '30 min' },
  { seconds: 7200, label: '2 h' },
  { seconds: 28_800, label: '8 h' },
  { seconds: 86_400, label: '1 day' },
  { seconds: 604_800, label: '7 days' },
]

/** The marks that fit on an axis: none nearer to its neighbour than `gap` of the whole. */
export function marksOf(endSeconds: number, gap = 0.11): { place: number; label: string }[] {
  const end = Math.max(leastSeconds, endSeconds)
  const shown: { place: number; label: string }[] = []
  for (const { seconds, label } of marks) {
    const place = placeOf(seconds, end)
    const last = shown.at(-1)
    if (seconds <= end && (!last || place - last.place >= gap)) shown.push({ place, label })
  }
  return shown
}
