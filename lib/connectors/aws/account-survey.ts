import type { ParsedFile, Refusal } from '../contract'
import { type AccountExport, type Entry, readAccountExport, textOf } from './account-export'
import { mostFrequentAccount, nameOf } from './arn'
import { ledTo, type Way, WayTable, wideWaysOf } from './assumptions'
import { CrowdSets } from './crowd-sets'
import type { Crowd } from './crowds'
import { certainDenies } from './denials'
import { type Held, HeldPolicies } from './held-policies'
import { inlinePoliciesOf } from './limits'
import { PackedValues } from './packed-values'
import { type ManagedPolicy, readAttachments, readManagedPolicy } from './policies'
import { readPolicy } from './policy'
import { PrincipalTable } from './principal-table'
import { boundaryArn, describeUser } from './principals'
import { createRecordSet } from './record-set'
import { indexTargets, type TargetIndex } from './target-index'
import { readTrust, type Trust } from './trust'

/**
 * What the parts of an account export must know of one another when it is read in pieces: who is in it, and the text of
 * those policies alone that are boundaries, are held within one, or are held beside one that denies. All of it packed: an account
 * may have hundreds of thousands of users and roles, and a hundred megabytes of policies.
 */
export class AccountSurvey {
  readonly principals = new PrincipalTable()
  readonly #groups = new PackedValues<Entry>()
  readonly #policies = new PackedValues<ManagedPolicy>()
  readonly #held = new HeldPolicies()
  readonly #ways = new WayTable()
  readonly #owners = new Map<string, number>()
  readonly #members = new Map<string, number>()
  #index: TargetIndex | undefined
  #crowds: CrowdSets | undefined

  /** The account that most principals are of, else most policies. */
  get account(): string | undefined {
    return mostFrequent(this.#members) ?? mostFrequent(this.#owners)
  }

  get targets(): TargetIndex {
    this.#index ??= indexTargets(this.principals)
    return this.#index
  }

  /** The crowds that policies lead to, as they are written; a copy that is cut down may lead to a further one. */
  get crowds(): CrowdSets {
    this.#crowds ??= new CrowdSets(this.principals, this.#readCrowds())
    return this.#crowds
  }

  groupOf(name: string): Entry | undefined {
    return this.#groups.get(name)
  }

  /** A managed policy that the file defines; with its statements where a boundary concerns it. */
  policyOf(arn: string): ManagedPolicy | undefined {
    return this.#policies.get(arn) ?? (this.#held.isDefined(arn) ? unread : undefined)
  }

  /** First round: who there is, and what is held within a boundary. */
  takePrincipals({ UserDetailList, RoleDetailList, GroupDetailList, Policies }: AccountExport): void {
    const set = createRecordSet()
    for (const entry of UserDetailList) this.principals.addUser(describeUser(entry, set, noContext))
    for (const entry of RoleDetailList) this.principals.addRole(entry.arn, readRoleTrust(entry, []))
    for (const { arn, at, fields } of GroupDetailList) {
      const { GroupName, AttachedManagedPolicies, GroupPolicyList } = fields
      this.#groups.set(textOf(fields, 'GroupName') ?? nameOf(arn), {
        at,
        arn,
        fields: { GroupName, AttachedManagedPolicies, GroupPolicyList },
      })
    }
    for (const entry of [...UserDetailList, ...RoleDetailList]) {
      const id = uniqueIdOf(entry)
      if (id !== undefined) this.principals.addUniqueId(entry.arn, id)
      this.#held.addHolder(this.#heldBy(entry))
    }
    for (const entry of GroupDetailList)
      this.#held.addGroup(textOf(entry.fields, 'GroupName') ?? nameOf(entry.arn), this.#heldBy(entry))
    for (const entry of [...UserDetailList, ...RoleDetailList, ...GroupDetailList]) count(this.#members, entry.arn)
    for (const entry of Policies) {
      count(this.#owners, entry.arn)
      const { statements } = readManagedPolicy(entry, [])
      this.#held.define(entry.arn, certainDenies(statements).length > 0)
      this.#note(wideWaysOf(statements))
    }
  }

  /** Second round: the policies that matter to others. */
  takePolicies({ Policies }: AccountExport): void {
    this.#note(this.#held.settle())
    for (const entry of Policies)
      if (this.#held.isNeeded(entry.arn) && !this.#policies.has(entry.arn))
        this.#policies.set(entry.arn, readManagedPolicy(entry, []))
  }

  *#readCrowds(): Generator<Crowd> {
    for (const way of this.#ways) {
      const { crowd } = ledTo(way, this.targets)
      if (crowd !== undefined) yield crowd
    }
  }

  #heldBy(entry: Entry): Held {
    const { GroupList } = entry.fields
    const boundary = boundaryArn(entry)
    const inline = inlinePoliciesOf(entry)
    return {
      boundary,
      policies: readAttachments(entry, []).map(({ arn }) => arn),
      groups: Array.isArray(GroupList) ? GroupList.filter((name) => typeof name === 'string') : [],
      doesDeny: inline.some(({ statements }) => certainDenies(statements).length > 0),
      // Inline policies are told as what a boundary leaves of them.
      ways: boundary === undefined ? inline.flatMap(({ statements }) => wideWaysOf(statements)) : [],
    }
  }

  #note(ways: Iterable<Way>): void {
    for (const way of ways) this.#ways.add(way)
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

/** A role's trust policy; what cannot be read of it is refused. */
export function readRoleTrust({ at, fields }: Entry, refused: Refusal[]): Trust {
  const document = fields.AssumeRolePolicyDocument
  const outcome = document == null ? undefined : readPolicy(document, `${at}.AssumeRolePolicyDocument`)
  refused.push(...(outcome?.refused ?? []))
  const trust = readTrust(outcome?.statements ?? [])
  return outcome === undefined ? { ...trust, notEvaluable: 'The trust policy is not in the file' } : trust
}

/** The unique id (`AIDA…`, `AROA…`) of a user or role. */
export const uniqueIdOf = ({ fields }: Entry) => textOf(fields, 'UserId') ?? textOf(fields, 'RoleId')
