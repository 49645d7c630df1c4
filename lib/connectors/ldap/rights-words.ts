import type { RightsReport } from '../live-contract'

type Statement = RightsReport['statements'][number]

/** A right that the connection has or lacks, with what would give it. */
export const may = (what: string, allowed: boolean, missing: string): Statement =>
  allowed ? { what, allowed } : { what, allowed, missing }

/** A right that a directory decides for each account, as the answers for some of them say it; told for all only when they agree. */
export function mayOver(what: string, answers: (boolean | 'unknown')[], missing: string): Statement {
  if (answers.length > 0 && answers.every((answer) => answer === true)) return may(what, true, missing)
  if (answers.length > 0 && answers.every((answer) => answer === false)) return may(what, false, missing)
  return { what, allowed: 'unknown', missing: `${missing}; it is shown with each account` }
}

/** Whether it sees any account that its filter is meant for. */
export const maySeeAccounts = (accounts: readonly unknown[]) =>
  may('See accounts and groups', accounts.length > 0, 'read on the base, and a filter that fits the accounts')
