import { z } from 'zod'
import { departureChoice } from '../ownership/schema'

export const EmailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'Use at most 254 characters.')
  .pipe(z.email('Write an e-mail address, such as ana@example.com.'))

export const PersonName = z.string().trim().min(1, 'Give a name.').max(80, 'Use at most 80 characters.')

/** Length is what makes a password strong (NIST SP 800-63B); no rules about kinds of characters. */
export const minPasswordLength = 12
export const NewPassword = z
  .string()
  .min(minPasswordLength, `Use at least ${minPasswordLength} characters.`)
  .max(200, 'Use at most 200 characters.')

/** A password as somebody types it in to prove themselves; only its length is bounded. */
export const GivenPassword = z.string().min(1, 'Type your password.').max(200, 'This is longer than any password here.')

export const CreateUserInput = z.strictObject({
  email: EmailAddress,
  name: PersonName,
  /** Absent for people who come in by single sign-on alone. */
  password: NewPassword.optional(),
})
export type CreateUserInput = z.input<typeof CreateUserInput>

export const CreateFirstAdministratorInput = z.strictObject({
  name: PersonName,
  email: EmailAddress,
  password: NewPassword,
  organizationName: PersonName,
})
export type CreateFirstAdministratorInput = z.input<typeof CreateFirstAdministratorInput>

export const VerifyPasswordInput = z.strictObject({ email: z.string().trim().max(320), password: z.string().max(1000) })
export type VerifyPasswordInput = z.input<typeof VerifyPasswordInput>

export const UpdatePasswordInput = z.strictObject({ currentPassword: GivenPassword, newPassword: NewPassword })
export type UpdatePasswordInput = z.input<typeof UpdatePasswordInput>

export const ConfirmSessionInput = z.strictObject({ password: GivenPassword })
export type ConfirmSessionInput = z.input<typeof ConfirmSessionInput>

/** Whether the caller proved just now that it is they, and how they can. */
export const SessionConfirmation = z.object({
  isFresh: z.boolean(),
  /** By their password, or by signing in once more where they have none. */
  way: z.enum(['password', 'sign_in']),
})
export type SessionConfirmation = z.infer<typeof SessionConfirmation>

export const signInMethods = ['password', 'oidc'] as const

export const UserSession = z.object({
  id: z.uuid(),
  method: z.enum(signInMethods),
  ip: z.string().nullable(),
  /** Browser and system, as far as the browser told: "Firefox on Linux". */
  device: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** The one that asks. */
  isCurrent: z.boolean(),
  can: z.object({ delete: z.boolean() }),
})
export type UserSession = z.infer<typeof UserSession>
export const UserSessionList = z.object({ items: z.array(UserSession) })
export type UserSessionList = z.infer<typeof UserSessionList>

/** Without `userId` the caller's own. */
export const ListSessionsInput = z.strictObject({ userId: z.uuid().optional() })
export type ListSessionsInput = z.input<typeof ListSessionsInput>

export const RevokeSessionInput = z.strictObject({ id: z.uuid() })
export type RevokeSessionInput = z.input<typeof RevokeSessionInput>

/** `id` is the person's membership in the caller's organization. */
export const UpdateUserStatusInput = z.strictObject({
  id: z.uuid(),
  status: z.enum(['active', 'disabled']),
  /** With `disabled`, when nobody else answers for some of what they own: who takes over, or why nobody does. */
  ...departureChoice,
})
export type UpdateUserStatusInput = z.input<typeof UpdateUserStatusInput>
