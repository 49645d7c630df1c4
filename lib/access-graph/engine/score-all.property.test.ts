import { describe, expect, it } from 'vitest'
import { edgeKinds } from '@/lib/connectors/contract'
import { factorsOf } from '../score'
import { buildGraph } from './build-graph'
import { randomNumbers, randomSample, rowsOf, type Sample } from './graph-samples'
import { type Scored, scoreAll } from './score-all'

const graphCount = 10_000
const cells = 25

const grants = edgeKinds.indexOf('grants')
type Change = (sample: Sample, random: () => number) => Sample | undefined

/** One change each, alone: of several at once a fall by one would hide a rise by another. */
const changes: Record<string, Change> = {
  'an edge taken away': (sample, random) => {
    const at = Math.floor(random() * sample.edges.length)
    return sample.edges.length > 0 ? { ...sample, edges: sample.edges.filter((_, no) => no !== at) } : undefined
  },
  'an end of what a resource covers': (sample, random) => {
    const at = Math.floor(random() * sample.covers.length)
    return sample.covers.length > 0 ? { ...sample, covers: sample.covers.filter((_, no) => no !== at) } : undefined
  },
  'a privilege lowered': (sample, random) => {
    const able = sample.edges.filter(({ kind, level }) => kind === grants && level > 1)
    const lowered = able[Math.floor(random() * able.length)]
    if (!lowered) return undefined
    const level = 1 + Math.floor(random() * (lowered.level - 1))
    return { ...sample, edges: sample.edges.map((edge) => (edge === lowered ? { ...edge, level } : edge)) }
  },
  'a lifetime shortened': (sample, random) => {
    const no = Math.floor(random() * (sample.identities + sample.humans))
    const before = sample.hours[no] ?? 0
    if (before === 0) return undefined
    // One that is not known counts as a year, one without an end lasts longer than any.
    const most = Number.isFinite(before) ? before : Number.isNaN(before) ? 8760 : 100_000
    const after = random() < 0.2 ? 0 : Math.floor(random() * most)
    return { ...sample, hours: sample.hours.map((hours, at) => (at === no ? after : hours)) }
  },
  'a stored credential ended': (sample, random) => {
    const at = Math.floor(random() * sample.credentialHolder.length)
    if ((sample.credentialHolder[at] ?? -1) < 0) return undefined
    return { ...sample, credentialHolder: sample.credentialHolder.map((holder, no) => (no === at ? -1 : holder)) }
  },
}

/** The factors as they are before anything is rounded. */
function factorsAt({ cells: all, identities, hours }: Scored, no: number) {
  const known = hours[no] ?? Number.NaN
  return factorsOf({
    cells: all.subarray(no * cells, (no + 1) * cells),
    identities: identities[no] ?? 0,
    hours: Number.isNaN(known) ? null : known,
  })
}

describe('the score of a graph', () => {
  it.each(Object.entries(changes))('never rises by %s', (_name, change) => {
    const seen = { changed: 0, fallen: 0 }
    for (let seed = 0; seed < graphCount; seed += 1) {
      const sample = randomSample(seed)
      const after = change(sample, randomNumbers(seed + 3_000_000))
      if (!after) continue
      seen.changed += 1
      // By components and signatures for one half, one by one for the other.
      const few = seed % 2 === 0 ? 0 : undefined
      const [before, then] = [sample, after].map((each) => scoreAll(buildGraph(rowsOf(each)), undefined, few))
      if (!before || !then) throw new Error('nothing was scored')
      for (let no = 0; no < sample.identities; no += 1) {
        const [was, is] = [factorsAt(before, no), factorsAt(then, no)]
        const hasRisen = is.reach > was.reach || is.alter > was.alter || is.persist > was.persist
        if (hasRisen) expect(is, `graph ${seed}, identity ${no}`).toEqual(was)
        const [score = 0, earlier = 0] = [then.score[no], before.score[no]]
        if (score > earlier) expect(score, `graph ${seed}, identity ${no}`).toBeLessThanOrEqual(earlier)
        if (score < earlier) seen.fallen += 1
      }
    }
    expect(seen.changed).toBeGreaterThan(3000)
    expect(seen.fallen).toBeGreaterThan(500)
  })
})
