/**
 * Wildcards as IAM writes them: `*` is any run of characters, `?` is one. Linear scans, no regular expressions,
 * so that a hostile pattern cannot make them slow.
 */

/** A set of names: those that match one of `include`, or those that match none of `exclude`. */
export type NameSet = { include: string[] } | { exclude: string[] }

/** Pairs beyond this number are not compared; the first set is kept whole and marked partial. */
const maxPairs = 1_000_000

function scan(pattern: string, text: string, oneMatches: (character: string) => boolean): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    const character = text.charAt(t)
    const wanted = pattern.charAt(p)
    if (wanted === '*') {
      star = p
      resume = t
      p += 1
    } else if (p < pattern.length && (wanted === '?' ? oneMatches(character) : wanted === character)) {
      p += 1
      t += 1
    } else if (star >= 0) {
      p = star + 1
      resume += 1
      t = resume
    } else {
      return false
    }
  }
  while (pattern.charAt(p) === '*') p += 1
  return p === pattern.length
}

/** True when `text`, taken literally, matches `pattern`. Case counts; fold both first where it must not. */
export function matches(pattern: string, text: string): boolean {
  return scan(pattern, text, () => true)
}

/** True when everything that `inner` matches is also matched by `outer`. Never wrongly true. */
export function covers(outer: string, inner: string): boolean {
  return outer === '*' || outer === inner || scan(outer, inner, (character) => character !== '*')
}

/** True when the patterns differ before the first wildcard of either: most that are compared do. */
function differAtTheStart(left: string, right: string): boolean {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [left.charAt(at), right.charAt(at)]
    if (a === '*' || b === '*') return false
    if (a !== b && a !== '?' && b !== '?') return true
  }
  return false
}

/** True when some text matches both patterns. */
export function overlaps(left: string, right: string): boolean {
  if (left === '*' || right === '*') return true
  if (differAtTheStart(left, right)) return false
  if (left.length * right.length > 4_000_000) return true
  let reachable = new Array<boolean>(right.length + 1).fill(false)
  for (let i = 0; i <= left.length; i += 1) {
    const next = new Array<boolean>(right.length + 1).fill(false)
    const a = left.charAt(i - 1)
    for (let j = 0; j <= right.length; j += 1) {
      const b = right.charAt(j - 1)
      const before = reachable[j] ?? false
      const beside = next[j - 1] ?? false
      const diagonal = reachable[j - 1] ?? false
      if (i === 0 && j === 0) next[j] = true
      else if (i > 0 && a === '*' && (before || beside || diagonal)) next[j] = true
      else if (j > 0 && b === '*' && (before || beside || diagonal)) next[j] = true
      else next[j] = i > 0 && j > 0 && diagonal && (a === b || a === '?' || b === '?')
    }
    reachable = next
  }
  return reachable[right.length] ?? false
}

/**
 * The names that are in both sets. `partial` tells that the true intersection is smaller than what is returned,
 * because two wildcards overlap without one holding the other: the answer is an upper bound.
 */
export function intersect(left: NameSet, right: NameSet): { set: NameSet; partial: boolean } {
  if ('exclude' in left && 'exclude' in right) {
    return { set: { exclude: [...new Set([...left.exclude, ...right.exclude])] }, partial: false }
  }
  if ('exclude' in left) return intersect(right, left)
  const other = 'include' in right ? right.include : right.exclude
  if (left.include.length * other.length > maxPairs) return { set: left, partial: true }
  let partial = false
  const kept = new Set<string>()
  for (const name of left.include) {
    if ('exclude' in right) {
      if (other.some((pattern) => covers(pattern, name))) continue
      if (other.some((pattern) => overlaps(pattern, name))) partial = true
      kept.add(name)
    } else {
      for (const pattern of other) {
        if (covers(pattern, name)) kept.add(name)
        else if (covers(name, pattern)) kept.add(pattern)
        else if (overlaps(name, pattern)) {
          partial = true
          kept.add(name)
        }
      }
    }
  }
  return { set: { include: [...kept] }, partial }
}

/** True when the set can match nothing. */
export function isEmpty(set: NameSet): boolean {
  return 'include' in set ? set.include.length === 0 : set.exclude.includes('*')
}
