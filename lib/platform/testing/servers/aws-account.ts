import { randomBytes } from 'node:crypto'
import { AwsFault } from './aws-query'

/** An account that was recorded, with users and keys that live. What is changed takes effect a moment later, as at AWS. */

interface Statement {
  Effect: string
  Action?: string | string[]
  Resource?: string | string[]
  Condition?: Record<string, Record<string, string>>
}

type Document = { Statement: Statement | Statement[] }
type Fields = Record<string, unknown>

export interface FakeKey {
  id: string
  secret: string
  user: string
  /** As it is told at once; requests feel it a moment later. */
  isActive: boolean
  isAccepted: boolean
  createdAt: Date
  lastUsedAt?: Date
  /** Not known everywhere before this. */
  knownAt: number
}

export interface Caller {
  user: string
  arn: string
  /** When the session was issued; absent for a key of the user itself. */
  issuedAt?: Date
}

/** How long a change is on its way, in milliseconds. */
const spreadMs = 300

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const fits = (pattern: string, text: string) => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'is').test(text)
}

export class FakeAccount {
  readonly id: string
  readonly details: Record<'UserDetailList' | 'GroupDetailList' | 'RoleDetailList' | 'Policies', Fields[]>
  readonly keys = new Map<string, FakeKey>()
  /** What is in force: policies of users as they were a moment ago. */
  readonly #policies = new Map<string, { document: Document; from: number; until: number; name: string }[]>()

  constructor(details: FakeAccount['details'], id: string) {
    this.details = details
    this.id = id
  }

  user(name: string): Fields {
    const found = this.details.UserDetailList.find(({ UserName }) => UserName === name)
    if (found !== undefined) return found
    throw new AwsFault(404, 'NoSuchEntity', `The user with name ${name} cannot be found.`)
  }

  addUser(name: string, path = '/'): string {
    const Arn = `arn:aws:iam::${this.id}:user${path}${name}`
    const UserId = `AIDA${randomBytes(8).toString('hex').toUpperCase()}`
    this.details.UserDetailList.push({
      ...{ Path: path, UserName: name, UserId, Arn, CreateDate: new Date().toISOString() },
      ...{ GroupList: [], AttachedManagedPolicies: [], UserPolicyList: [], Tags: [] },
    })
    return Arn
  }

  addKey(user: string, secret = randomBytes(30).toString('base64')): FakeKey {
    this.user(user)
    if (this.keysOf(user).length >= 2)
      throw new AwsFault(409, 'LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2')
    const id = `AKIA${randomBytes(10).toString('hex').toUpperCase().slice(0, 16)}`
    const key = {
      id,
      secret,
      user,
      isActive: true,
      isAccepted: true,
      createdAt: new Date(),
      knownAt: Date.now() + spreadMs,
    }
    this.keys.set(id, key)
    return key
  }

  keysOf(user: string): FakeKey[] {
    return [...this.keys.values()].filter((key) => key.user === user)
  }

  keyOf(user: string, id: string): FakeKey {
    const key = this.keys.get(id)
    if (key?.user === user) return key
    throw new AwsFault(404, 'NoSuchEntity', `The Access Key with id ${id} cannot be found.`)
  }

  policiesOf(user: string): { PolicyName: string; PolicyDocument: unknown }[] {
    return this.user(user).UserPolicyList as { PolicyName: string; PolicyDocument: unknown }[]
  }

  putPolicy(user: string, name: string, text: string, afterMs = spreadMs): void {
    const policies = this.policiesOf(user)
    this.#end(user, name)
    const others = policies.filter(({ PolicyName }) => PolicyName !== name)
    this.user(user).UserPolicyList = [...others, { PolicyName: name, PolicyDocument: JSON.parse(text) }]
    const term = {
      document: JSON.parse(text) as Document,
      from: Date.now() + afterMs,
      until: Number.POSITIVE_INFINITY,
      name,
    }
    this.#policies.set(user, [...(this.#policies.get(user) ?? []), term])
  }

  deletePolicy(user: string, name: string): void {
    const policies = this.policiesOf(user)
    const others = policies.filter(({ PolicyName }) => PolicyName !== name)
    if (others.length === policies.length)
      throw new AwsFault(404, 'NoSuchEntity', `The user policy with name ${name} cannot be found.`)
    this.user(user).UserPolicyList = others
    this.#end(user, name)
  }

  #end(user: string, name: string): void {
    for (const term of this.#policies.get(user) ?? [])
      if (term.name === name) term.until = Math.min(term.until, Date.now() + spreadMs)
  }

  /** What IAM decides: an explicit Deny, an Allow, or nothing. */
  decide({ user, issuedAt }: Caller, action: string, resource: string): 'allowed' | 'explicitDeny' | 'implicitDeny' {
    const now = Date.now()
    const inForce = (this.#policies.get(user) ?? []).filter(({ from, until }) => from <= now && now < until)
    const fitting = inForce
      .flatMap(({ document }) => list(document.Statement))
      .filter(({ Action, Resource, Condition }) => {
        const isAbout =
          list(Action).some((one) => fits(one, action)) && list(Resource).some((one) => fits(one, resource))
        if (!isAbout || Condition === undefined) return isAbout
        // The one condition that is used here; a key of the user itself has no time of issue, so that it never holds.
        const before = Condition.DateLessThan?.['aws:TokenIssueTime']
        return before !== undefined && issuedAt !== undefined && issuedAt.getTime() < Date.parse(before)
      })
    if (fitting.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny'
    return fitting.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'implicitDeny'
  }

  setActive(key: FakeKey, isActive: boolean): void {
    key.isActive = isActive
    setTimeout(() => {
      key.isAccepted = key.isActive
    }, spreadMs).unref()
  }
}
