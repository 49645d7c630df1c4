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

/** A state of the walk: who one is (-1 - number of the node), or a level held on a resource (number × 8 + level). */
type State = number

const byStart = new WeakMap<Sample, Sample['edges'][]>()

function edgesByStart(sample: Sample): Sample['edges'][] {
  let found = byStart.get(sample)
  if (!found) {
    found = []
    for (const edge of sample.edges) {
      if (edge.from < 0) continue
      found[edge.from] ??= []
      found[edge.from]?.push(edge)
    }
    byStart.set(sample, found)
  }
  return found
}

/** Where a state leads in one step. */
function stepsFrom(sample: Sample, state: State): { to: State; holder: number }[] {
  const named = sample.identities + sample.humans + sample.roles
  const isResource = (node: number) => node >= named && node < named + sample.resources
  const isAlive = (node: number) => node >= 0 && node < named && sample.dead[node] !== 1
  const isPrincipal = state < 0
  const node = isPrincipal ? -1 - state : Math.floor(state / 8)
  const held = isPrincipal ? 0 : state % 8
  const found: { to: State; holder: number }[] = []
  const add = (to: State, holder = -1) => found.push({ to, holder })
  for (const { kind: kindNo, from, to, level } of edgesByStart(sample)[node] ?? []) {
    if (to < 0) continue
    const kind = edgeKinds[kindNo] ?? ''
    if (isPrincipal && isAlive(node)) {
      if (kind === 'grants' && isResource(to)) add(to * 8 + Math.max(1, level))
      else if (becoming.includes(kind) && isResource(to)) add(to * 8 + 1)
      else if (becoming.includes(kind) && isAlive(to)) add(-1 - to)
    }
    if (!isPrincipal && kind !== 'grants' && held >= (needed[kind] ?? 5)) {
      const holder = kind === 'stores' ? (sample.credentialHolder[to - named - sample.resources] ?? -1) : -1
      if (kind === 'stores' && isAlive(holder)) add(-1 - holder, holder)
      else if (kind !== 'stores' && isResource(to) && to !== from) add(to * 8 + 1)
      else if (kind !== 'stores' && isAlive(to)) add(-1 - to)
    }
  }
  if (!isPrincipal)
    for (const [from, to] of sample.covers) if (from === node && isResource(to) && to !== from) add(to * 8 + held)
  return found
}

export function naiveReach(sample: Sample, start: number): NaiveReach {
  const named = sample.identities + sample.humans + sample.roles
  const isDead = sample.dead[start] === 1
  const steps = new Map<State, number>(isDead ? [] : [[-1 - start, 0]])
  const gained = [start < sample.identities + sample.humans ? (sample.hours[start] ?? 0) : 0]
  for (const [state, length] of steps) {
    for (const { to, holder } of stepsFrom(sample, state)) {
      if (holder >= 0) gained.push(sample.hours[holder] ?? 0)
      if (!steps.has(to)) steps.set(to, length + 1)
    }
  }
  const levels: NaiveReach['levels'] = new Map()
  const becomes = new Map<number, number>()
  for (const [state, length] of steps) {
    const resource = Math.floor(state / 8)
    if (state < 0) becomes.set(-1 - state, length)
    else if (state % 8 > (levels.get(resource)?.level ?? 0)) levels.set(resource, { level: state % 8, steps: length })
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
