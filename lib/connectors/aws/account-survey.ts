import type { NodeRef, ParsedFile, Refusal } from '../contract'
import { type AccountExport, type Entry, readAccountExport, textOf } from './account-export'
import { accountOf, mostFrequentAccount, nameOf } from './arn'
import { crowdAt, type Way, wideWaysOf } from './assumptions'
import type { Crowd } from './crowds'
import { certainDenies } from './denials'
import { inlinePoliciesOf } from './limits'
import { type ManagedPolicy, readAttachments, readManagedPolicy } from './policies'
import { readPolicy } from './policy'
import { boundaryArn, describeUser } from './principals'
import { createRecordSet } from './record-set'
import { indexTargets, type Target, type TargetIndex } from './target-index'
import { readTrust, type Trust } from './trust'

/**
 * What the parts of an account export must know of one another when it is read in pieces: who is in it, and the text of
 * those policies alone that are boundaries, are held within one, or are held beside one that denies.
 */
export class AccountSurvey {
  readonly refs = new Map<string, NodeRef>()
  readonly ids = new Map<string, NodeRef>()
  readonly groups = new Map<string, Entry>()
  readonly #targets: Target[] = []
  readonly #policies = new Map<string, ManagedPolicy>()
  readonly #bounded = new Set<string>()
  readonly #boundedGroups = new Set<string>()
  readonly #denying = new Set<string>()
  #held: { policies: string[]; groups: string[]; doesDeny: boolean; ways: Way[] }[] = []
  readonly #ways = new Map<string, Way>()
  #crowds: Map<string, Crowd> | undefined
  #members: Map<string, { crowd: Crowd; member: Target }[]> | undefined
  readonly #arns = new Map<string, string>()
  readonly #principals = new Map<string, number>()
  readonly #owners = new Map<string, number>()
  #index: TargetIndex | undefined

  /** The account that most principals are of, else most policies. */
  get account(): string | undefined {
    return mostFrequent(this.#principals) ?? mostFrequent(this.#owners)
  }

  get targets(): TargetIndex {
    this.#index ??= indexTargets(this.#targets)
    return this.#index
  }

  /** The crowds that policies lead to, as they are written; a copy that is cut down may lead to a further one. */
  get crowds(): ReadonlyMap<string, Crowd> {
    this.#crowds ??= new Map(
      [...this.#ways.values()].flatMap((way) => {
        const crowd = crowdAt(way, this.targets)
        return crowd === undefined ? [] : [[crowd.key, crowd] as const]
      }),
    )
    return this.#crowds
  }

  /** Those that a user or role belongs to. */
  crowdsOf(arn: string): readonly { crowd: Crowd; member: Target }[] {
    if (this.#members === undefined) {
      this.#members = new Map()
      for (const crowd of this.crowds.values())
        for (const member of crowd.members) {
          const known = this.#members.get(member.arn)
          if (known) known.push({ crowd, member })
          else this.#members.set(member.arn, [{ crowd, member }])
        }
    }
    return this.#members.get(arn) ?? []
  }

  /** A managed policy that the file defines; with its statements where a boundary concerns it. */
  policyOf(arn: string): ManagedPolicy | undefined {
    return this.#policies.get(arn)
  }

  /** First round: who there is, and what is held within a boundary. */
  takePrincipals({ UserDetailList, RoleDetailList, GroupDetailList, Policies }: AccountExport): void {
    const set = createRecordSet()
    for (const entry of UserDetailList) {
      this.refs.set(entry.arn, describeUser(entry, set, noContext))
      this.#targets.push(targetOfUser(entry.arn))
      this.#noteBoundary(entry)
    }
    for (const entry of RoleDetailList) {
      this.refs.set(entry.arn, { type: 'identity', externalId: entry.arn })
      this.#targets.push(targetOfRole(entry.arn, readRoleTrust(entry, [])))
      this.#noteBoundary(entry)
    }
    for (const entry of GroupDetailList) {
      const { arn, at, fields } = entry
      const { GroupName, AttachedManagedPolicies, GroupPolicyList } = fields
      this.groups.set(textOf(fields, 'GroupName') ?? nameOf(arn), {
        at,
        arn,
        fields: { GroupName, AttachedManagedPolicies, GroupPolicyList },
      })
    }
    for (const entry of [...UserDetailList, ...RoleDetailList, ...GroupDetailList]) {
      count(this.#principals, entry.arn)
      for (const [id, ref] of uniqueId(entry, this.refs)) this.ids.set(id, ref)
    }
    for (const entry of [...UserDetailList, ...RoleDetailList]) this.#noteHeld(entry)
    for (const entry of Policies) {
      count(this.#owners, entry.arn)
      this.#policies.set(entry.arn, unread)
      const { statements } = readManagedPolicy(entry, [])
      if (certainDenies(statements).length > 0) this.#denying.add(entry.arn)
      this.#noteWays(wideWaysOf(statements))
    }
  }

  /** Second round: the policies that matter to others. */
  takePolicies({ Policies }: AccountExport): void {
    for (const name of this.#boundedGroups) {
      const group = this.groups.get(name)
      if (group) for (const { arn } of readAttachments(group, [])) this.#bounded.add(arn)
    }
    this.#boundedGroups.clear()
    this.#settleDenials()
    for (const entry of Policies) {
      if (this.#bounded.has(entry.arn) && this.#policies.get(entry.arn) === unread)
        this.#policies.set(entry.arn, readManagedPolicy(entry, []))
    }
  }

  /** What a user or role holds, each ARN kept once. */
  #noteHeld(entry: Entry): void {
    const { GroupList } = entry.fields
    const groups = Array.isArray(GroupList) ? GroupList.filter((name) => typeof name === 'string') : []
    // Inline policies are told as what a boundary leaves of them.
    const own = heldInline(entry)
    const ways = boundaryArn(entry) === undefined ? own.ways : []
    this.#held.push({ policies: this.#attached(entry), groups, doesDeny: own.doesDeny, ways })
  }

  #attached(entry: Entry): string[] {
    return readAttachments(entry, []).map(({ arn }) => {
      const known = this.#arns.get(arn) ?? arn
      this.#arns.set(known, known)
      return known
    })
  }

  /** Once everybody is known: the policies of those who hold one that denies. */
  #settleDenials(): void {
    const ofGroup = new Map(
      [...this.groups].map(([name, entry]) => [
        name,
        { policies: this.#attached(entry), groups: [], ...heldInline(entry) },
      ]),
    )
    const everybody = this.#held.length === 0 ? [] : [...this.#held, ...ofGroup.values()]
    for (const { policies, groups, doesDeny, ways } of everybody) {
      const parts = groups.flatMap((name) => ofGroup.get(name) ?? [])
      const all = [...policies, ...parts.flatMap((part) => part.policies)]
      const isDenied = doesDeny || parts.some((part) => part.doesDeny) || all.some((arn) => this.#denying.has(arn))
      if (isDenied) for (const arn of all) this.#bounded.add(arn)
      else this.#noteWays(ways)
    }
    this.#held = []
  }

  #noteWays(ways: readonly Way[]): void {
    for (const way of ways) {
      const { route, pattern } = way
      this.#ways.set(`${route === 'everyone' ? route : route.action}\n${pattern}`, way)
    }
  }

  #noteBoundary(entry: Entry): void {
    const boundary = boundaryArn(entry)
    if (boundary === undefined) return
    this.#bounded.add(boundary)
    for (const { arn } of readAttachments(entry, [])) this.#bounded.add(arn)
    const { GroupList } = entry.fields
    if (!Array.isArray(GroupList)) return
    for (const name of GroupList) if (typeof name === 'string') this.#boundedGroups.add(name)
  }
}

function heldInline(entry: Entry): { doesDeny: boolean; ways: Way[] } {
  const policies = inlinePoliciesOf(entry)
  return {
    doesDeny: policies.some(({ statements }) => certainDenies(statements).length > 0),
    ways: policies.flatMap(({ statements }) => wideWaysOf(statements)),
  }
}

/** Nothing of the records that are made on the way is kept. */
const noContext = { fingerprint: () => '' }

/** Stands for a policy of which only its being there matters. */
const unread: ManagedPolicy = {
  arn: '',
  name: '',
  record: { type: 'role', externalId: '', kind: 'managed_policy', name: '' },
  statements: [],
}

/** One piece of the file, in the first or second round. */
export function takeSurvey(file: ParsedFile, before: unknown, round: number): AccountSurvey {
  const survey = before instanceof AccountSurvey ? before : new AccountSurvey()
  const found = readAccountExport(file)
  if (round === 1) survey.takePrincipals(found)
  else survey.takePolicies(found)
  return survey
}

function count(counts: Map<string, number>, arn: string): void {
  const account = mostFrequentAccount([arn])
  if (account !== undefined) counts.set(account, (counts.get(account) ?? 0) + 1)
}

function mostFrequent(counts: Map<string, number>): string | undefined {
  let best: string | undefined
  for (const [account, times] of counts) if (times > (counts.get(best ?? '') ?? 0)) best = account
  return best
}

export const targetOfUser = (arn: string): Target => ({ arn, kind: 'user', trustsAccount: false, trustsService: false })

/** A role as something that a policy may let its holder become. */
export function targetOfRole(arn: string, trust: Trust | undefined): Target {
  const home = accountOf(arn)
  const own = trust?.entries.find(
    ({ effect, principal }) => effect === 'allow' && principal.is === 'account' && principal.account === home,
  )
  const anyone = trust?.anyone === 'unconditional'
  const trustsAccount = own === undefined ? anyone && {} : { condition: own.condition }
  return { arn, kind: 'role', trustsAccount, trustsService: (trust?.services.length ?? 0) > 0 }
}

/** A role's trust policy; what cannot be read of it is refused. */
export function readRoleTrust({ at, fields }: Entry, refused: Refusal[]): Trust {
  const document = fields.AssumeRolePolicyDocument
  const outcome = document == null ? undefined : readPolicy(document, `${at}.AssumeRolePolicyDocument`)
  refused.push(...(outcome?.refused ?? []))
  const trust = readTrust(outcome?.statements ?? [])
  return outcome === undefined ? { ...trust, notEvaluable: 'The trust policy is not in the file' } : trust
}

/** The unique id (`AIDA…`, `AROA…`) of a user or role with what it stands for. */
export function uniqueId({ arn, fields }: Entry, refs: Map<string, NodeRef>): [string, NodeRef][] {
  const id = textOf(fields, 'UserId') ?? textOf(fields, 'RoleId')
  const ref = refs.get(arn)
  return id === undefined || ref === undefined ? [] : [[id, ref]]
}
