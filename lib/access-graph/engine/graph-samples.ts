import { edgeKinds } from '@/lib/connectors/contract'
import type { EdgeColumns, GraphRows } from './graph-rows'

/** For tests: the same seed gives the same numbers, from 0 to below 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface SampleEdge {
  kind: number
  from: number
  to: number
  level: number
  basis: number
}

/** A small graph as plain lists, easy to change and to write out. */
export interface Sample {
  identities: number
  humans: number
  roles: number
  resources: number
  credentialHolder: number[]
  dead: number[]
  hours: number[]
  sensitivity: number[]
  system: number[]
  edges: SampleEdge[]
  covers: [number, number][]
}

/** Random, with everything that a catalogue may hold: circles, doubles, edges to themselves, to nothing and to the wrong kind. */
export function randomSample(seed: number): Sample {
  const random = randomNumbers(seed)
  const below = (end: number) => Math.floor(random() * end)
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T
  const many = <T>(count: number, make: () => T) => Array.from({ length: count }, make)
  const [identities, humans, roles, resources] = [1 + below(6), below(2), below(5), below(8)]
  const named = identities + humans + roles
  const credentials = below(4)
  const nodes = named + resources + credentials
  const anyResource = () => (resources > 0 ? named + below(resources) : -1)
  const edges = many(below(26), () => {
    const kind = pick([0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 7])
    let [from, to] = [below(named), kind === 0 ? anyResource() : below(named)]
    if (kind === 5 || kind === 7 || (kind !== 0 && random() < 0.3)) from = anyResource()
    if (kind === 5) to = credentials > 0 ? named + resources + below(credentials) : -1
    else if (kind === 6 && random() < 0.5) to = anyResource()
    if (random() < 0.05) [from, to] = [below(nodes + 1) - 1, below(nodes + 1) - 1]
    return { kind, from, to, level: kind === 0 ? below(6) : 0, basis: below(8) }
  })
  return {
    identities,
    humans,
    roles,
    resources,
    credentialHolder: many(credentials, () => (random() < 0.2 ? -1 : below(identities + humans))),
    dead: Array.from({ length: named }, (_, no) => (no < identities && random() < 0.1 ? 1 : 0)),
    hours: many(named, () => pick([0, 1, 24, 1000, 8760, 20000, Number.NaN, Number.POSITIVE_INFINITY])),
    sensitivity: many(resources, () => below(5)),
    system: many(resources, () => below(3)),
    edges,
    covers: many(below(5), () => [anyResource(), anyResource()]),
  }
}

/** The uuid of a node by its number. */
export function sampleId(node: number): string {
  return `00000000-0000-7000-8000-${node.toString(16).padStart(12, '0')}`
}

/** The columns that a graph is built from. */
export function rowsOf(sample: Sample): GraphRows {
  const { identities, humans, roles, resources } = sample
  const named = identities + humans + roles
  let next = 0
  const ids = (count: number) => {
    // The bytes of `sampleId`, without the way through its text.
    const block = new Uint8Array(count * 16)
    const words = new DataView(block.buffer)
    for (let place = 0; place < count; place += 1) {
      words.setUint32(place * 16 + 4, 0x7000)
      words.setUint32(place * 16 + 8, 0x80000000)
      words.setUint32(place * 16 + 12, next++)
    }
    return block
  }
  const ranks = (count: number) => Int32Array.from({ length: count }, (_, no) => count - 1 - no)
  const column = <T>(pick: (edge: SampleEdge) => T) => sample.edges.map(pick)
  const edges: EdgeColumns = {
    kind: Uint8Array.from(column(({ kind }) => kind)),
    from: Int32Array.from(column(({ from }) => from)),
    to: Int32Array.from(column(({ to }) => to)),
    level: Uint8Array.from(column(({ level }) => level)),
    basis: Uint8Array.from(column(({ basis }) => basis)),
  }
  return {
    orgId: '00000000-0000-7000-8000-00000000ffff',
    version: 1n,
    builtAt: 0,
    identityIds: ids(identities),
    humanIds: ids(humans),
    roleIds: ids(roles),
    resourceIds: ids(resources),
    credentialIds: ids(sample.credentialHolder.length),
    principals: {
      dead: Uint8Array.from(sample.dead),
      hours: Float32Array.from(sample.hours),
      system: new Uint16Array(named),
      kind: new Uint16Array(named),
      rank: ranks(named),
    },
    resources: {
      sensitivity: Uint8Array.from(sample.sensitivity),
      system: Uint16Array.from(sample.system),
      kind: new Uint16Array(resources),
      rank: ranks(resources),
    },
    systems: ['one', 'two', 'three'],
    kinds: ['any'],
    credentialHolder: Int32Array.from(sample.credentialHolder),
    edges,
    covers: {
      from: Int32Array.from(sample.covers, ([from]) => from),
      to: Int32Array.from(sample.covers, ([, to]) => to),
    },
  }
}

/** A sample of named nodes, for tests that spell their graph out. */
export function sampleOf(
  counts: Pick<Sample, 'identities' | 'roles' | 'resources'>,
  edges: [kind: (typeof edgeKinds)[number], from: number, to: number, level?: number][],
  more: Partial<Sample> = {},
): Sample {
  const { identities, roles, resources } = counts
  return {
    ...counts,
    humans: 0,
    credentialHolder: [],
    dead: Array<number>(identities + roles).fill(0),
    hours: Array<number>(identities + roles).fill(24),
    sensitivity: Array<number>(resources).fill(2),
    system: Array<number>(resources).fill(0),
    edges: edges.map(([kind, from, to, level = 0]) => ({ kind: edgeKinds.indexOf(kind), from, to, level, basis: 0 })),
    covers: [],
    ...more,
  }
}
