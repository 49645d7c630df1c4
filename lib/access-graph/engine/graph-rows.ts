/**
 * What a graph is built from: plain columns, as they are read from the database.
 *
 * Nodes share one line of numbers: identities, people, roles (each block in ascending order of ids), then resources, then
 * credentials (both ascending as well). Ids are the 16 bytes of the uuid, one after the other. An edge whose end nothing
 * defines has -1 there. Edges that are refused, expired or gone are not among the rows.
 */
export interface GraphRows {
  orgId: string
  version: bigint
  /** Milliseconds since 1970. */
  builtAt: number

  identityIds: Uint8Array
  humanIds: Uint8Array
  roleIds: Uint8Array
  resourceIds: Uint8Array
  /** Only credentials that an edge `stores` points at need to be there. */
  credentialIds: Uint8Array

  /** Of each identity, person and role, in this order. */
  principals: {
    /** 1: disabled or gone, cannot act. Always 0 of roles. */
    dead: Uint8Array
    /** Of identities and people: hours that the last live credential has left; `Infinity`, 0 (has some, none lives), NaN (none known). */
    hours: Float32Array
    system: Uint16Array
    kind: Uint16Array
    /** Place in the order of names, from 0, each place once. */
    rank: Int32Array
  }
  resources: {
    /** Index into `sensitivityClasses`. */
    sensitivity: Uint8Array
    system: Uint16Array
    kind: Uint16Array
    /** Place in the order of names, from 0, each place once. */
    rank: Int32Array
  }
  systems: string[]
  kinds: string[]

  /** Of each credential: the identity or person that it authenticates as (number of the node); -1 = it does not live, or nobody knows whose it is. */
  credentialHolder: Int32Array

  edges: EdgeColumns
  /** Resources that another resource covers, by numbers of the nodes. */
  covers: { from: Int32Array; to: Int32Array }
}

/** Live edges of the catalogue with effect `allow`. The columns are as long as the edges are many. */
export interface EdgeColumns {
  /** Index into `edgeKinds` of the connectors' contract. */
  kind: Uint8Array
  from: Int32Array
  to: Int32Array
  /** Of `grants` 1 to 5 (index into `levels` + 1; 1 where the source does not say), else 0. */
  level: Uint8Array
  /** Index into `edgeBases`, with `doubtful` of `certainty.ts` beside it. */
  basis: Uint8Array
}
