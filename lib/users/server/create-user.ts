import { hashPassword } from '@/lib/platform/crypto/password'
import { AppError } from '@/lib/platform/errors'
import { isGuessable } from '../rules'
import { CreateUserInput } from '../schema'
import { insertAccount } from './store'

/**
 * Makes a person's account, without any organization. Nobody's right is asked here: the callers (set-up, an invitation's
 * acceptance, single sign-on) have proved that this person may have one.
 * @throws AppError `conflict` when the address has an account, `invalid_input` for a password that gives itself away
 */
export async function createUser(given: CreateUserInput): Promise<{ id: string }> {
  const { email, name, password } = CreateUserInput.parse(given)
  if (password !== undefined) demandStrong(password, [email, name])
  const passwordHash = password === undefined ? null : await hashPassword(password)
  const id = await insertAccount({ email, name, passwordHash })
  if (id) return { id }
  throw new AppError('conflict', `There is an account for ${email} already. Sign in with it.`, {
    fields: { email: 'This address has an account.' },
  })
}

/** @throws AppError `invalid_input` for a password made of these words */
export function demandStrong(password: string, words: readonly string[], field = 'password'): void {
  if (!isGuessable(password, words)) return
  throw new AppError('invalid_input', 'This password is too easy to guess.', {
    fields: { [field]: 'Too easy to guess: use words that have nothing to do with your name or address.' },
  })
}
