import { edgeKinds } from '@/lib/connectors/contract'
import { cellCount, scoreOf } from '../score'
import type { Sample } from './graph-samples'

/** For tests: what the definition says, worked out as plainly as it can be, from lists, without a graph. */
export interface NaiveReach {
  /** Of each resource that is reached: its highest level, and the steps of a shortest path at it. */
  levels: Map<number, { level: number; steps: number }>
  /** Of every identity, person and role that it can become, itself included: the steps of a shortest path. */
  becomes: Map<number, number>
  cells: number[]
  identities: number
  systems: number
  hours: number
  score: number
}

const needed: Record<string, number> = { delegates_to: 1, runs_as: 3, owns_code: 3, stores: 4 }
const becoming = ['member_of', 'assumes', 'impersonates', 'runs_as', 'delegates_to']

/** Where a state of the walk leads in one step. A state is a principal, or a level that is held on a resource. */
function stepsFrom(sample: Sample, state: string): { to: string; holder?: number }[] {
  const named = sample.identities + sample.humans + sample.roles
  const isResource = (node: number) => node >= named && node < named + sample.resources
  const isAlive = (node: number) => node >= 0 && node < named && sample.dead[node] !== 1
  const [lane, node = -1, held = 0] = state.split(':').map((part, no) => (no === 0 ? part : Number(part))) as [
    string,
    number,
    number,
  ]
  const found: { to: string; holder?: number }[] = []
  for (const { kind: kindNo, from, to, level } of sample.edges) {
    if (from !== node || to < 0) continue
    const kind = edgeKinds[kindNo] ?? ''
    if (lane === 'p' && isAlive(node)) {
      if (kind === 'grants' && isResource(to)) found.push({ to: `r:${to}:${Math.max(1, level)}` })
      else if (becoming.includes(kind) && isResource(to)) found.push({ to: `r:${to}:1` })
      else if (becoming.includes(kind) && isAlive(to)) found.push({ to: `p:${to}` })
    }
    if (lane === 'r' && kind !== 'grants' && held >= (needed[kind] ?? 5)) {
      const holder = kind === 'stores' ? (sample.credentialHolder[to - named - sample.resources] ?? -1) : -1
      if (kind === 'stores' && isAlive(holder)) found.push({ to: `p:${holder}`, holder })
      else if (kind !== 'stores' && isResource(to) && to !== from) found.push({ to: `r:${to}:1` })
      else if (kind !== 'stores' && isAlive(to)) found.push({ to: `p:${to}` })
    }
  }
  if (lane === 'r')
    for (const [from, to] of sample.covers)
      if (from === node && isResource(to) && to !== from) found.push({ to: `r:${to}:${held}` })
  return found
}

export function naiveReach(sample: Sample, start: number): NaiveReach {
  const named = sample.identities + sample.humans + sample.roles
  const isDead = sample.dead[start] === 1
  const steps = new Map<string, number>(isDead ? [] : [[`p:${start}`, 0]])
  const gained = [start < sample.identities + sample.humans ? (sample.hours[start] ?? 0) : 0]
  for (const [state, length] of steps) {
    for (const { to, holder } of stepsFrom(sample, state)) {
      if (holder !== undefined) gained.push(sample.hours[holder] ?? 0)
      if (!steps.has(to)) steps.set(to, length + 1)
    }
  }
  const levels: NaiveReach['levels'] = new Map()
  const becomes = new Map<number, number>()
  for (const [state, length] of steps) {
    const [lane, node, level] = state.split(':')
    if (lane === 'p') becomes.set(Number(node), length)
    else if (Number(level) > (levels.get(Number(node))?.level ?? 0))
      levels.set(Number(node), { level: Number(level), steps: length })
  }
  const cells = Array<number>(cellCount).fill(0)
  for (const [resource, { level }] of levels) {
    const cell = (sample.sensitivity[resource - named] ?? 0) * 5 + level - 1
    cells[cell] = (cells[cell] ?? 0) + 1
  }
  const identities = [...becomes.keys()].filter((no) => no !== start && no < sample.identities + sample.humans).length
  const systems = new Set([...levels.keys()].map((resource) => sample.system[resource - named])).size
  // What is not known counts as a year; of a known and an unknown year the known one is told.
  const asYears = gained.map((hours) => (Number.isNaN(hours) ? 8760 : hours))
  const longest = Math.max(...asYears)
  const hours = isDead ? 0 : gained.includes(longest) ? longest : Number.NaN
  const score = scoreOf({ cells, identities, hours: Number.isNaN(hours) ? null : hours })
  return { levels, becomes, cells, identities, systems, hours, score }
}
