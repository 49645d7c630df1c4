/** Numbers that look random and are always the same for the same seed and place. */
export interface Random {
  /** At least 0, below 1. */
  next: () => number
  /** A whole number of at least `from`, below `to`. */
  int: (from: number, to: number) => number
  chance: (probability: number) => boolean
  pick: <T>(list: readonly T[]) => T
  /** One of the keys, each as often as its weight says. */
  weighted: <K extends string>(weights: Readonly<Record<K, number>>) => K
  /** Between 1 and `max`, each order of magnitude as often as any other. */
  logUniform: (max: number) => number
  hex: (length: number) => string
}

/** Mixes a seed with the numbers of a place (organization, source, item), so that any item can be made without the others. */
export function randomAt(seed: number, ...place: readonly number[]): Random {
  let state = seed >>> 0
  for (const part of place) state = Math.imul(state ^ (part + 0x9e3779b9), 0x85ebca6b) ^ (state >>> 13)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => {
      const found = list[int(0, list.length)]
      if (found === undefined) throw new Error('nothing to pick from')
      return found
    },
    weighted: <K extends string>(weights: Readonly<Record<K, number>>): K => {
      const entries = Object.entries(weights) as [K, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      return entries[0]?.[0] as K
    },
    logUniform: (max) => Math.exp(next() * Math.log(max)),
    hex: (length) => {
      let text = ''
      while (text.length < length)
        text += Math.floor(next() * 0x100000000)
          .toString(16)
          .padStart(8, '0')
      return text.slice(0, length)
    },
  }
}

/** Draws indexes by weight: `weights` once, any number of draws. */
export function drawer(weights: Float64Array): (random: Random) => number {
  const sums = new Float64Array(weights.length)
  let sum = 0
  for (const [index, weight] of weights.entries()) {
    sum += weight
    sums[index] = sum
  }
  return (random) => {
    const wanted = random.next() * sum
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}
