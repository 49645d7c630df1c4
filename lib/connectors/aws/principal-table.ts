import type { NodeRef } from '../contract'
import { type Arn, accountOf, parseArn } from './arn'
import { NumberList, PackedTexts } from './packed-texts'
import type { Trust } from './trust'
import { matches } from './wildcards'

/** A principal of the file that a policy may let its holder become. */
export interface Target {
  arn: string
  kind: 'role' | 'user'
  /** The condition under which the role's trust policy leaves the decision to its account; `false` when it does not. */
  trustsAccount: { condition?: string } | false
  /** True when the role's trust policy admits a service of AWS, so that passing it there is of use. */
  trustsService: boolean
}

/** Users and roles by what others call them. */
export interface KnownPrincipals {
  get: (arn: string) => NodeRef | undefined
  /** The ARN of the role of which this is the ARN without its path, as sessions have it. */
  roleWithoutPath: (plain: string) => string | undefined
  byUniqueId: (id: string) => NodeRef | undefined
}

interface Head {
  length: number
  arn: Arn | undefined
}

const parts = ['partition', 'service', 'region', 'account'] as const
const isRole = 1
const isPerson = 2
const trustsService = 4
const trustsAccount = 8

/** The users and roles of an account, of which there may be hundreds of thousands, each in about 150 bytes. The first of an ARN counts. */
export class PrincipalTable implements KnownPrincipals {
  readonly #arns = new PackedTexts()
  readonly #facts = new NumberList()
  /** What stands before the resource in the ARN of each: nearly always the same few. */
  readonly #headOf = new NumberList()
  readonly #heads: Head[] = []
  readonly #headNumbers = new Map<string, number>()
  /** Of a role that trusts its account: the number of the condition and one; 0 without one. */
  readonly #conditionOf = new NumberList()
  readonly #conditions = new PackedTexts()
  readonly #ids = new PackedTexts()
  readonly #holders = new NumberList()
  #paths: { plain: PackedTexts; roles: NumberList } | undefined

  get size(): number {
    return this.#arns.size
  }

  addUser({ type, externalId }: NodeRef): void {
    this.#add(externalId, type === 'human' ? isPerson : 0, undefined)
  }

  /** A role as something that a policy may let its holder become. */
  addRole(arn: string, trust: Trust | undefined): void {
    const home = accountOf(arn)
    const own = trust?.entries.find(
      ({ effect, principal }) => effect === 'allow' && principal.is === 'account' && principal.account === home,
    )
    const isTrusting = own !== undefined || trust?.anyone === 'unconditional'
    const facts = isRole | (isTrusting ? trustsAccount : 0) | ((trust?.services.length ?? 0) > 0 ? trustsService : 0)
    this.#add(arn, facts, own?.condition)
  }

  /** The unique id (`AIDA…`, `AROA…`) of one that is known. */
  addUniqueId(arn: string, id: string): void {
    const number = this.find(arn)
    if (number === undefined) return
    const place = this.#ids.add(id)
    if (place === this.#holders.length) this.#holders.push(number)
    else this.#holders.set(place, number)
  }

  find(arn: string): number | undefined {
    return this.#arns.find(arn)
  }

  arn(number: number): string {
    return this.#arns.at(number)
  }

  target(number: number): Target {
    const facts = this.#facts.at(number)
    const condition = this.#conditionOf.at(number)
    return {
      arn: this.arn(number),
      kind: this.kind(number),
      trustsAccount:
        (facts & trustsAccount) === 0
          ? false
          : condition === 0
            ? {}
            : { condition: this.#conditions.at(condition - 1) },
      trustsService: this.trustsService(number),
    }
  }

  /** The part of the ARN behind the account; of what is no ARN all of it. */
  resource(number: number): string {
    return this.#arns.at(number, this.#heads[this.#headOf.at(number)]?.length)
  }

  /** Whether the ARN is one of those that the pattern's parts before the resource match, as IAM does it: no wildcard reaches over a colon. */
  headsLike(pattern: Arn): (number: number) => boolean {
    const fit = this.#heads.map((head) => isHeadLike(head, pattern))
    return (number) => fit[this.#headOf.at(number)] === true
  }

  /** Whether there is any such ARN. */
  hasHeadLike(pattern: Arn): boolean {
    return this.#heads.some((head) => isHeadLike(head, pattern))
  }

  kind(number: number): Target['kind'] {
    return (this.#facts.at(number) & isRole) === 0 ? 'user' : 'role'
  }

  trustsService(number: number): boolean {
    return (this.#facts.at(number) & trustsService) !== 0
  }

  trustsAccount(number: number): boolean {
    return (this.#facts.at(number) & trustsAccount) !== 0
  }

  get(arn: string): NodeRef | undefined {
    const number = this.#arns.find(arn)
    return number === undefined ? undefined : this.#refOf(number, arn)
  }

  roleWithoutPath(plain: string): string | undefined {
    this.#paths ??= this.#readPaths()
    const { plain: known, roles } = this.#paths
    const found = known.find(plain)
    return found === undefined ? undefined : this.arn(roles.at(found))
  }

  byUniqueId(id: string): NodeRef | undefined {
    const found = this.#ids.find(id)
    if (found === undefined) return undefined
    const number = this.#holders.at(found)
    return this.#refOf(number, this.arn(number))
  }

  #add(arn: string, facts: number, condition: string | undefined): void {
    const number = this.#arns.add(arn)
    if (number < this.#facts.length) return
    this.#facts.push(facts)
    this.#headOf.push(this.#headNumber(arn))
    this.#conditionOf.push(condition === undefined ? 0 : this.#conditions.add(condition) + 1)
  }

  #headNumber(arn: string): number {
    const parsed = parseArn(arn)
    const text = parsed === undefined ? '' : arn.slice(0, arn.length - parsed.resource.length)
    const known = this.#headNumbers.get(text)
    if (known !== undefined) return known
    this.#headNumbers.set(text, this.#heads.length)
    return this.#heads.push({ length: text.length, arn: parsed }) - 1
  }

  #refOf(number: number, externalId: string): NodeRef {
    return { type: (this.#facts.at(number) & isPerson) === 0 ? 'identity' : 'human', externalId }
  }

  /** Of all roles with a path, once a session is met. */
  #readPaths(): { plain: PackedTexts; roles: NumberList } {
    const plain = new PackedTexts()
    const roles = new NumberList()
    for (let number = 0; number < this.size; number++) {
      const arn = this.kind(number) === 'role' ? this.arn(number) : ''
      const short = withoutPath(arn)
      if (short !== arn && plain.add(short) === roles.length) roles.push(number)
    }
    return { plain, roles }
  }
}

const isHeadLike = ({ arn }: Head, pattern: Arn) =>
  arn !== undefined && parts.every((part) => matches(pattern[part], arn[part]))

/** A role's ARN as its sessions have it. */
const withoutPath = (arn: string) => arn.replace(/:role\/.*\//, ':role/')
