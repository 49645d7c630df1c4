import { searchCredentials, searchNames } from '@/lib/identities/actions'
import type { Credential, FoundCredentials, Identity, SearchCredentialsInput } from '@/lib/identities/schema'
import { takeResult } from '@/lib/platform/browser/action-result'

/** The answer to "whose key is this?", or why there is none. */
export interface LookUp {
  isPending?: boolean
  found?: FoundCredentials
  failure?: string
}

export const failureOf = (error: unknown) =>
  error instanceof Error ? error.message : 'The server could not be reached.'

/** Asks whose key this is. Not a query of the query client, which would remember what it was asked. */
export async function lookUp(input: SearchCredentialsInput): Promise<LookUp> {
  try {
    return { found: await takeResult(searchCredentials(input)) }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

/** What is called so. The text goes in the body of the request, as it may be a password after all. */
export function lookUpName(
  text: string,
): Promise<{ identities: Identity[]; credentials: Credential[]; hasMore: boolean }> {
  return takeResult(searchNames({ text }))
}
