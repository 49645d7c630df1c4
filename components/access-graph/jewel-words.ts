import type { JewelChange } from '@/lib/access-graph/blast-radius'
import { levelLabels } from './explore-words'

const word = (level: JewelChange['after']) => (level === null ? null : levelLabels[level].toLowerCase())

/** What happened to somebody's way to a crown jewel, after their name. */
export function changeSentence({ change, before, after }: Pick<JewelChange, 'change' | 'before' | 'after'>): string {
  if (change === 'gained') return after === null ? 'can become it now' : `can reach it now: ${word(after)}`
  if (change === 'lost')
    return before === null ? 'can become it no more' : `can reach it no more; it was ${word(before)}`
  const [was, is] = [word(before) ?? 'becoming it', word(after) ?? 'becoming it']
  return change === 'raised'
    ? `can do more with it: ${is} instead of ${was}`
    : `can do less with it: ${is} instead of ${was}`
}

/** A way by the names that it had: "deployer › bucket-admins › customer-data". */
export function changePath(path: JewelChange['path']): string {
  return path.map(({ name }) => name).join(' › ')
}
