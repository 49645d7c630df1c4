import type { EdgeKind } from '../contract'
import { wordTable } from '../word-table'
import type { Target } from './principal-table'
import type { Members, TargetIndex } from './target-index'

/**
 * Many principals that are become in one way: a node of its own, so that each policy that leads to all of them takes one edge,
 * and each of them one more.
 */
export interface Crowd {
  /** Its id without the account. */
  key: string
  /** What it is called, before "of AWS account …". */
  title: string
  kind: Extract<EdgeKind, 'assumes' | 'impersonates'>
  members: Members
  /** Under which condition one of them is become. */
  conditionOf: (member: Target) => string | undefined
}

/** What leads to all that a pattern names; `everyone`: all users and roles. */
const titles: Record<string, string> = wordTable({
  everyone: 'Every user and role',
  'sts:AssumeRole': 'Every role that leaves its trust to the account',
  'iam:PassRole': 'Every role that a service may take',
  'iam:UpdateAssumeRolePolicy': 'Every role',
  'iam:CreateAccessKey': 'Every user',
  'iam:CreateLoginProfile': 'Every user',
  'iam:UpdateLoginProfile': 'Every user',
})
const keys: Record<string, string> = wordTable({
  everyone: 'everyone',
  'sts:AssumeRole': 'trusting-roles',
  'iam:PassRole': 'passable-roles',
  'iam:UpdateAssumeRolePolicy': 'roles',
})

/** The crowd that an action leads to, of all principals or of those whom a pattern names. */
export function crowdOf(way: string, targets: TargetIndex, pattern = '*', found = targets.matching('*')): Crowd {
  const isAll = /^\*+$/.test(pattern)
  const key = keys[way] ?? 'users'
  return {
    key: isAll ? key : `${key}:${pattern}`,
    title: `${titles[way] ?? 'Every principal'}${isAll ? '' : ` that matches ${pattern}`}`,
    kind: way === 'sts:AssumeRole' || way === 'iam:PassRole' ? 'assumes' : 'impersonates',
    members: found,
    conditionOf: (member) => (way === 'sts:AssumeRole' ? trustOf(member) : undefined),
  }
}

function trustOf({ trustsAccount }: Target): string | undefined {
  if (!trustsAccount || trustsAccount.condition === undefined) return undefined
  return `{"trust":${trustsAccount.condition}}`
}
