import type { NodeRef } from '../contract'
import { guid, known, otherIds } from './fields'
import type { Results } from './results'

/** What a source says of a principal that it names by object id. */
export interface Named {
  objectId: string
  /** `User`, `Group`, `ServicePrincipal`, … as the source writes it. */
  principalType?: string | undefined
  name?: string | undefined
  /** A sign-in name of a person, or the application's id of a service principal. */
  principalName?: string | undefined
  /** By which ids other files may name it. */
  otherIds?: (string | undefined)[] | undefined
}

/** Principals that are named by object id: those that the file describes, and those that it only names. */
export class Principals {
  #named = new Map<string, Named & { at: string; ref: NodeRef }>()

  constructor(
    private readonly results: Results,
    private readonly described: Map<string, NodeRef>,
  ) {}

  describe(ref: NodeRef): void {
    this.described.set(ref.externalId, { ...ref, global: true })
  }

  /** The node of a principal. Of what kind it is, is what the file says; a kind that is not said stays open. */
  refer(named: Named, at: string): NodeRef {
    const externalId = named.objectId.toLowerCase()
    const described = this.described.get(externalId)
    if (described !== undefined) return described
    const before = this.#named.get(externalId)
    const ids = [...(before?.otherIds ?? []), ...(named.otherIds ?? [])]
    if (before !== undefined && (before.principalType !== undefined || named.principalType === undefined)) {
      before.otherIds = ids
      return before.ref
    }
    const ref: NodeRef = { type: nodeType(named.principalType), externalId, global: true }
    this.#named.set(externalId, { ...named, otherIds: ids, at, ref })
    return ref
  }

  /** Principals that are named but not described: known to exist, and little else of them. */
  finish(): void {
    for (const [externalId, { principalType, name, principalName, otherIds: ids = [], at }] of this.#named) {
      const kind = principalType?.toLowerCase()
      const signIn = principalName !== undefined && /^[^\s@]+@[^\s@]+$/.test(principalName) ? principalName : undefined
      if (kind === 'user') {
        this.results.add({
          type: 'human',
          externalId,
          name: name ?? principalName ?? externalId,
          ...known({ email: signIn?.toLowerCase() }),
          reason: 'is named as a User',
        })
      } else if (kind === 'group' || kind === 'foreigngroup') {
        this.results.add({ type: 'role', externalId, kind: 'group', name: name ?? principalName ?? externalId })
      } else if (kind === 'serviceprincipal' || kind === 'msi' || kind === 'managedidentity') {
        const appId = principalName !== undefined && guid.test(principalName) ? principalName.toLowerCase() : undefined
        this.results.add({
          type: 'identity',
          externalId,
          // The application's id of a service principal is its application's own.
          ...(kind === 'serviceprincipal' ? {} : otherIds(...ids, appId)),
          kind: kind === 'serviceprincipal' ? 'service_account' : 'workload',
          name: name ?? (appId === undefined ? principalName : undefined) ?? externalId,
          status: 'unknown',
          ...(appId === undefined ? {} : { attributes: { appId } }),
        })
        // The same principal by its application's id, as other files name it.
        if (appId !== undefined && kind === 'serviceprincipal')
          this.results.edge({
            kind: 'assumes',
            from: { type: 'identity', externalId: appId, global: true },
            to: { type: 'identity', externalId },
            scopes: ['appId'],
            basis: 'declared',
          })
        this.results.unresolved(
          at,
          externalId,
          'is named here as a service principal; the file does not describe it, so its application, state and credentials are unknown',
        )
      } else {
        const what =
          principalType === undefined || kind === 'unknown'
            ? 'the file does not say what it is'
            : `it is of the kind ${principalType}`
        this.results.unresolved(at, externalId, `is a principal that the file does not describe; ${what}`)
      }
    }
  }
}

function nodeType(principalType: string | undefined): NodeRef['type'] {
  const kind = principalType?.toLowerCase()
  if (kind === 'user') return 'human'
  return kind === 'group' || kind === 'foreigngroup' ? 'role' : 'identity'
}
