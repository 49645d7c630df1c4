import { hash, type Options, verify } from '@node-rs/argon2'
import { BoundedQueue } from './bounded-queue'

/**
 * Argon2id with 19 MiB, two passes, one lane: the OWASP password storage minimum, about 30 ms of one core.
 * `algorithm` 2 is Argon2id; the package's enumeration cannot be imported under `isolatedModules`.
 */
const cost: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash of a random word that nobody kept: what an unknown user's password is compared with. */
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$m8owj15HepXsGlYPQ3uOVA$rmvQghrljxBdb7VVC9S4zvheSW0DZqC9Q4KrAPGiymw'

const hashing = new BoundedQueue(
  { running: 2, waiting: 50 },
  'Too many people are signing in at this moment. Try again in a few seconds.',
)

/** A salted hash in PHC form. @throws AppError `rate_limited` when too many hashes are wanted at once */
export function hashPassword(password: string): Promise<string> {
  return hashing.run(() => hash(password, cost))
}

/**
 * Whether the password belongs to the hash. Without a hash (unknown user, or one who has no password) the answer is no,
 * after the same work, so that the time taken tells nothing.
 * @throws AppError `rate_limited` when too many hashes are wanted at once
 */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const matches = await hashing.run(() => verify(passwordHash ?? nobodysHash, password))
  return matches && Boolean(passwordHash)
}
