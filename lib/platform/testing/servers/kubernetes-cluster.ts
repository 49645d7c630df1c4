import { randomBytes, randomUUID } from 'node:crypto'

/** What a cluster keeps: objects with uids and versions, tokens that live by them, and RBAC over both. */

export type Fields = Record<string, unknown>

export interface KubeObject extends Fields {
  kind: string
  metadata: Fields & { name: string; namespace?: string; uid: string; resourceVersion: string }
}

export interface KubeUser {
  username: string
  uid?: string
  groups: string[]
}

export class KubeFault extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message)
  }
}

interface Token {
  namespace: string
  account: string
  /** Of the account, and of the object that it is bound to: it lives while all of them do. */
  uids: string[]
  until: number
}

interface Rule {
  verbs?: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
}

export interface Asked {
  verb: string
  group: string
  /** With its part: `serviceaccounts/token`. */
  resource: string
  namespace?: string | undefined
  name?: string | undefined
}

/** The API server remembers a good token: ten seconds there, so long here, in milliseconds. */
const rememberedMs = 700
/** No token is issued for longer, in seconds (`--service-account-max-token-expiration`). */
const longestToken = 60 * 86_400

const list = (value: unknown): Fields[] => (Array.isArray(value) ? value : [])

export class FakeCluster {
  readonly #objects = new Map<string, KubeObject>()
  readonly #tokens = new Map<string, Token>()
  readonly #goneAt = new Map<string, number>()
  #version = 1_155_964

  #key = (kind: string, namespace: string | undefined, name: string) => `${kind} ${namespace ?? ''} ${name}`

  all(kind: string, namespace?: string): KubeObject[] {
    return [...this.#objects.values()]
      .filter((object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace))
      .sort((a, b) => (this.#sortKey(a) < this.#sortKey(b) ? -1 : 1))
  }

  #sortKey = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`

  get(kind: string, namespace: string | undefined, name: string): KubeObject {
    const found = this.#objects.get(this.#key(kind, namespace, name))
    if (found !== undefined) return found
    throw new KubeFault(404, 'NotFound', `${kind.toLowerCase()}s "${name}" not found`)
  }

  create(kind: string, given: Fields): KubeObject {
    const about = (given.metadata ?? {}) as Fields & { name: string; namespace?: string }
    if (typeof about.name !== 'string' || !/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/i.test(about.name))
      throw new KubeFault(422, 'Invalid', `${kind} is invalid: metadata.name`)
    const key = this.#key(kind, about.namespace, about.name)
    if (this.#objects.has(key)) throw new KubeFault(409, 'AlreadyExists', `${kind} "${about.name}" already exists`)
    const metadata = {
      ...{ creationTimestamp: `${new Date().toISOString().slice(0, 19)}Z`, ...about },
      ...{ uid: randomUUID(), resourceVersion: String(++this.#version) },
    }
    const object: KubeObject = { ...given, kind, metadata }
    this.#objects.set(key, object)
    if (about.namespace !== undefined && kind !== 'ServiceAccount') this.#demandNamespace(about.namespace)
    return object
  }

  /** Every namespace has an account of the name `default`. */
  #demandNamespace(namespace: string): void {
    if (!this.#objects.has(this.#key('ServiceAccount', namespace, 'default')))
      this.create('ServiceAccount', { metadata: { name: 'default', namespace } })
  }

  replace(kind: string, namespace: string | undefined, name: string, given: Fields): KubeObject {
    const known = this.get(kind, namespace, name)
    const about = given.metadata as Fields | undefined
    if (about?.resourceVersion !== undefined && about.resourceVersion !== known.metadata.resourceVersion)
      throw new KubeFault(
        409,
        'Conflict',
        'the object has been modified; please apply your changes to the latest version',
      )
    if (JSON.stringify(given.roleRef) !== JSON.stringify(known.roleRef))
      throw new KubeFault(422, 'Invalid', 'roleRef: Invalid value: cannot change roleRef')
    const metadata = { ...known.metadata, ...about, uid: known.metadata.uid, resourceVersion: String(++this.#version) }
    const object: KubeObject = { ...given, kind, metadata }
    this.#objects.set(this.#key(kind, namespace, name), object)
    return object
  }

  /** With what it owns, as the garbage collector and the controller of tokens do. */
  remove(kind: string, namespace: string | undefined, name: string, preconditions: Fields = {}): void {
    const { metadata } = this.get(kind, namespace, name)
    for (const field of ['uid', 'resourceVersion'] as const)
      if (preconditions[field] !== undefined && preconditions[field] !== metadata[field])
        throw new KubeFault(409, 'Conflict', `Precondition failed: ${field}`)
    this.#objects.delete(this.#key(kind, namespace, name))
    this.#goneAt.set(metadata.uid, Date.now())
    for (const other of [...this.#objects.values()]) {
      const { ownerReferences, annotations } = other.metadata
      const isOwned = list(ownerReferences).some(({ uid }) => uid === metadata.uid)
      const said = (annotations as Fields | undefined)?.['kubernetes.io/service-account.name']
      const isToken = kind === 'ServiceAccount' && said === name && other.metadata.namespace === namespace
      if (isOwned || isToken) this.remove(other.kind, other.metadata.namespace, other.metadata.name)
    }
  }

  /** A token of an account, bound to an object or not; `value` for one that a Secret holds. */
  issue(
    namespace: string,
    account: string,
    { seconds = 3600, bound, value }: { seconds?: number; bound?: KubeObject; value?: string } = {},
  ): { token: string; until: Date } {
    const { metadata } = this.get('ServiceAccount', namespace, account)
    const lifetime = value === undefined ? Math.min(seconds, longestToken) : 1e9
    const until = new Date(Date.now() + lifetime * 1000)
    const about = bound && { [bound.kind.toLowerCase()]: { name: bound.metadata.name, uid: bound.metadata.uid } }
    const claims = {
      ...{ iss: 'https://kubernetes.default.svc', sub: `system:serviceaccount:${namespace}:${account}` },
      ...{ exp: Math.floor(until.getTime() / 1000), jti: randomUUID() },
      'kubernetes.io': { namespace, serviceaccount: { name: account, uid: metadata.uid }, ...about },
    }
    const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url')
    const token = value ?? `${part({ alg: 'RS256' })}.${part(claims)}.${randomBytes(64).toString('base64url')}`
    const uids = [metadata.uid, ...(bound === undefined ? [] : [bound.metadata.uid])]
    this.#tokens.set(token, { namespace, account, uids, until: until.getTime() })
    return { token, until }
  }

  authenticate(token: string): KubeUser | undefined {
    const known = this.#tokens.get(token)
    if (known === undefined || known.until < Date.now()) return undefined
    const isDead = known.uids.some((uid) => Date.now() - (this.#goneAt.get(uid) ?? Number.NaN) > rememberedMs)
    if (isDead) return undefined
    const { namespace, account, uids } = known
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
    return {
      username: `system:serviceaccount:${namespace}:${account}`,
      groups,
      ...(uids[0] === undefined ? {} : { uid: uids[0] }),
    }
  }

  /** The rules that a user has in a namespace (or, without one, in the cluster). */
  rulesOf(user: KubeUser, namespace?: string): Rule[] {
    const isMeant = (subject: Fields) =>
      (subject.kind === 'User' && subject.name === user.username) ||
      (subject.kind === 'Group' && user.groups.includes(String(subject.name))) ||
      (subject.kind === 'ServiceAccount' &&
        user.username === `system:serviceaccount:${subject.namespace}:${subject.name}`)
    const bindings = [
      ...this.all('ClusterRoleBinding'),
      ...(namespace === undefined ? [] : this.all('RoleBinding', namespace)),
    ]
    return bindings
      .filter(({ subjects }) => list(subjects).some(isMeant))
      .flatMap(({ roleRef, metadata }) => {
        const { kind, name } = roleRef as { kind: string; name: string }
        return this.#rulesIn(kind, kind === 'Role' ? metadata.namespace : undefined, name)
      })
  }

  #rulesIn(kind: string, namespace: string | undefined, name: string): Rule[] {
    return (this.#objects.get(this.#key(kind, namespace, name))?.rules ?? []) as Rule[]
  }

  may(user: KubeUser, asked: Asked): boolean {
    return this.rulesOf(user, asked.namespace).some((rule) => allows(rule, asked))
  }

  /** Nobody gives what they do not have, but who may `bind` the role. */
  demandMayGive(user: KubeUser, { roleRef, metadata }: Fields): void {
    const { kind, name } = roleRef as { kind: string; name: string }
    const namespace = (metadata as Fields).namespace as string | undefined
    const resource = kind === 'Role' ? 'roles' : 'clusterroles'
    if (this.may(user, { verb: 'bind', group: 'rbac.authorization.k8s.io', resource, namespace, name })) return
    const held = this.rulesOf(user, namespace)
    const given = this.#rulesIn(kind, kind === 'Role' ? namespace : undefined, name)
    const hasAll = given.every(({ verbs = [], apiGroups = [], resources = [], resourceNames = [undefined] }) =>
      verbs.every((verb) =>
        apiGroups.every((group) =>
          resources.every((each) =>
            resourceNames.every((one) => held.some((rule) => allows(rule, { verb, group, resource: each, name: one }))),
          ),
        ),
      ),
    )
    if (!hasAll)
      throw new KubeFault(
        403,
        'Forbidden',
        `user "${user.username}" is attempting to grant RBAC permissions not currently held`,
      )
  }
}

function allows(rule: Rule, { verb, group, resource, name }: Asked): boolean {
  const has = (words: string[] | undefined, ...wanted: string[]) =>
    words?.some((word) => word === '*' || wanted.includes(word)) === true
  const [, part] = resource.split('/')
  const isNamed = rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))
  return (
    isNamed &&
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    has(rule.resources, resource, ...(part === undefined ? [] : [`*/${part}`]))
  )
}
