import type { NodeRef } from '../contract'
import { wordTable } from '../word-table'
import { accountOfResource, parseArn } from './aws-names'
import { text, textOf } from './fields'
import type { Scene } from './scene'
import type { Graph } from './sink'
import type { StateResource } from './state'

export type AwsKind = 'user' | 'role' | 'group' | 'policy'

const nameFields: Record<string, { kind: AwsKind; name: string }> = wordTable({
  aws_iam_user: { kind: 'user', name: 'name' },
  aws_iam_role: { kind: 'role', name: 'name' },
  aws_iam_service_linked_role: { kind: 'role', name: 'name' },
  aws_iam_group: { kind: 'group', name: 'name' },
  aws_iam_policy: { kind: 'policy', name: 'name' },
})

/** Which account each resource is in, and which ARN stands behind a name. */
export class AwsIndex {
  #byProvider = new Map<string, Map<string, number>>()
  #all = new Map<string, number>()
  #arns = new Map<string, string>()
  #types = new Map<string, NodeRef['type']>()
  #ids = new Map<string, string>()
  #boundaries = new Map<string, string | undefined>()
  #partition = 'aws'

  constructor(readonly scene: Scene) {
    for (const resource of scene.resources) {
      if (!resource.type.startsWith('aws_')) continue
      const account = accountOfResource(resource)
      if (account !== undefined) {
        const counts = this.#byProvider.get(resource.provider) ?? new Map<string, number>()
        this.#byProvider.set(resource.provider, counts.set(account, (counts.get(account) ?? 0) + 1))
        this.#all.set(account, (this.#all.get(account) ?? 0) + 1)
      }
      this.#learn(resource)
    }
  }

  #learn({ type, attributes }: StateResource): void {
    const arn = textOf(attributes, 'arn')
    const parts = arn === undefined ? undefined : parseArn(arn)
    if (arn === undefined || parts === undefined) return
    this.#partition = parts.partition
    if (type.startsWith('aws_iam_')) this.#boundaries.set(arn, textOf(attributes, 'permissions_boundary'))
    const named = Object.hasOwn(nameFields, type) ? nameFields[type] : undefined
    const name = named && text(attributes[named.name])
    if (named && name !== undefined) this.#arns.set(key(named.kind, parts.account, name), arn)
    const id = textOf(attributes, 'unique_id')
    if (id !== undefined) this.#ids.set(id, arn)
  }

  /** The account by the resource itself, else by its provider's others, else by the whole state, else as the user says. */
  accountOf(resource: StateResource): string {
    const told = this.scene.context.instance
    return (
      accountOfResource(resource) ??
      mostFrequent(this.#byProvider.get(resource.provider)) ??
      mostFrequent(this.#all) ??
      (told !== undefined && /^\d{12}$/.test(told) ? told : 'unknown')
    )
  }

  graphOf(resource: StateResource): Graph {
    const account = this.accountOf(resource)
    const graph = this.scene.sink.of('aws', account, `AWS account ${account}`)
    if (account === 'unknown')
      graph.unresolved(
        'AWS account',
        resource.at,
        'The state does not say the account; give its 12 digits as the name of the source',
      )
    return graph
  }

  /** That a user turned out to be a person. */
  setType(arn: string, type: NodeRef['type']): void {
    this.#types.set(arn, type)
  }

  /** The principal of a name. One that the state does not manage is named as if it had no path. */
  ref(kind: AwsKind, name: string, account: string): NodeRef {
    const arn = name.startsWith('arn:') ? name : this.#arns.get(key(kind, account, name))
    return this.refOfArn(arn ?? `arn:${this.#partition}:iam::${account}:${kind}/${name}`)
  }

  /** Whether the state manages the IAM thing of this ARN. */
  manages(arn: string): boolean {
    return this.#boundaries.has(arn)
  }

  /** What a permission boundary does to a holder, in words. */
  boundaryNote(arn: string): string | undefined {
    const boundary = this.#boundaries.get(arn)
    return boundary === undefined
      ? undefined
      : `permission boundary ${boundary} limits it; what remains is not computed from a state`
  }

  /** The record that an ARN stands for; `global` because another file of the account, or another account, may define it. */
  refOfArn(arn: string): NodeRef {
    const resource = parseArn(arn)?.resource ?? ''
    const type = this.#types.get(arn) ?? (/^(?:policy|group)\//.test(resource) ? 'role' : 'identity')
    return { type, externalId: arn, global: true }
  }

  /** The principal of a unique id (`AIDA…`), where the state manages it. */
  refOfId(id: string): NodeRef | undefined {
    const arn = this.#ids.get(id)
    return arn === undefined ? undefined : this.refOfArn(arn)
  }
}

const key = (kind: AwsKind, account: string, name: string) => JSON.stringify([kind, account, name.toLowerCase()])

/** The first seen wins a tie. */
function mostFrequent(counts: Map<string, number> | undefined): string | undefined {
  let best: string | undefined
  for (const [account, count] of counts ?? [])
    if (best === undefined || count > (counts?.get(best) ?? 0)) best = account
  return best
}
