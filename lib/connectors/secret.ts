import { randomInt } from 'node:crypto'

const mask = '[secret]'

/**
 * A value that must not be seen: it passes from hand to hand and prints as a mask wherever it is printed: in a template, as JSON,
 * by `console.log` or a logger. Only `reveal` gives it out, to the driver that needs it.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Call it where it is handed to a driver or to encryption, and nowhere else. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [Symbol.toPrimitive](): string {
    return mask
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return mask
  }
}

/** Letters and digits that no shell, URL, configuration file or protocol reads as something else. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * A new password of letters and digits: 40 of them are 238 bits. Begins with a letter and holds a capital letter, a small one and
 * a digit, which is what password policies ask for.
 */
export function makeSecret(length = 40): Secret {
  for (;;) {
    const text = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
    if (/^[A-Za-z]/.test(text) && /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text)) return new Secret(text)
  }
}

/** Text without these secrets: drivers and servers may quote what they were given. Parts of under four characters are left. */
export function withoutSecrets(text: string, secrets: Iterable<Secret>): string {
  let clean = text
  for (const secret of secrets) {
    const value = secret.reveal()
    if (value.length < 4) continue
    for (const form of new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]))
      clean = clean.replaceAll(form, mask)
  }
  return clean
}
