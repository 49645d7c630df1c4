import 'server-only'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { Context } from '@/lib/platform/context'
import { contextOfPerson } from './actor-context'
import { requestInfo } from './request-context'
import { resolveSession, type SignedIn } from './resolve-session'
import { signInPath } from './return-path'
import { readSessionToken, sessionCookieName } from './session-token'

/** The request header in which `proxy.ts` tells pages their own path and query. */
export const pathHeader = 'x-bailiwick-path'

/** Who is signed in, for server components and actions; read once for each request. */
export const currentSession = cache(async (): Promise<SignedIn | undefined> => {
  const token = await readSessionToken((await cookies()).get(sessionCookieName())?.value)
  return token ? resolveSession(token) : undefined
})

/** Who is signed in; leads to the sign-in page, and back here afterwards, when nobody is. */
export async function requireSession(): Promise<SignedIn> {
  const person = await currentSession()
  if (!person) redirect(signInPath((await headers()).get(pathHeader)))
  return person
}

/**
 * The context of a page or server action: the signed-in person in their active organization. Leads to the sign-in page
 * when nobody is signed in, and to a page that says so when the person belongs to no organization.
 */
export async function contextFromSession(): Promise<Context> {
  const person = await requireSession()
  if (!person.active) redirect('/no-organization')
  return contextOfPerson(person, person.active, requestInfo(await headers()))
}
