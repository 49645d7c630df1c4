import { z } from 'zod'
import { looksSecret } from './secret-shape'

/** Words to search for. What looks like a secret is refused before it comes into a log, an audit event or a saved view. */
export const SearchText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !looksSecret(text), {
    error:
      'This looks like a secret, which is not searched for. Ask whose it is where it is turned into a fingerprint.',
  })
