'use server'

import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cookieFlags } from '@/lib/platform/auth/cookies'
import { requestInfo } from '@/lib/platform/auth/request-context'
import { contextFromSession } from '@/lib/platform/auth/session'
import { readSessionToken, sessionCookieName } from '@/lib/platform/auth/session-token'
import { runAction } from '@/lib/platform/http/action'
import type {
  ConfirmSessionInput,
  CreateFirstAdministratorInput,
  RevokeSessionInput,
  UpdatePasswordInput,
} from './schema'
import { confirmSession as confirm } from './server/confirm-session'
import { createFirstAdministrator as found } from './server/create-first-administrator'
import { revokeOtherSessions as revokeOthers } from './server/revoke-other-sessions'
import { revokeSession as revoke } from './server/revoke-session'
import { signOut as leave } from './server/sign-out'
import { updatePassword as changePassword } from './server/update-password'

/** Ends the session, takes the cookie away and leads to the page that says so. */
export async function signOut(): Promise<void> {
  const jar = await cookies()
  const token = await readSessionToken(jar.get(sessionCookieName())?.value)
  if (token) await leave(token, requestInfo(await headers()))
  // With its own flags: a browser takes a `__Host-` cookie away only so.
  jar.set(sessionCookieName(), '', { ...cookieFlags(), maxAge: 0 })
  redirect('/signed-out')
}

export const createFirstAdministrator = async (input: CreateFirstAdministratorInput) =>
  runAction(async () => found(input, requestInfo(await headers())))

export const revokeSession = async (input: RevokeSessionInput) =>
  runAction(async () => revoke(await contextFromSession(), input))

export const revokeOtherSessions = async () => runAction(async () => revokeOthers(await contextFromSession()))

export const updatePassword = async (input: UpdatePasswordInput) =>
  runAction(async () => changePassword(await contextFromSession(), input))

export const confirmSession = async (input: ConfirmSessionInput) =>
  runAction(async () => confirm(await contextFromSession(), input))
