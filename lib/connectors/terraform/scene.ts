import type { MapContext, NodeRef } from '../contract'
import type { Graph, Sink } from './sink'
import type { StateResource } from './state'

/** What the mapping of one state may use. */
export interface Scene {
  /** Another one for each piece of a large state. */
  sink: Sink
  context: MapContext
  resources: readonly StateResource[]
}

/** What one provider does with its resources: nothing returned = a kind that says nothing of identities. */
export interface Provider {
  /** The graph of any of its resources, also of those that are not mapped: their secrets are noted there. */
  graphOf: (resource: StateResource) => Graph
  map: (resource: StateResource) => { about?: NodeRef } | undefined
}
