import type { CredentialRecord } from '../contract'

/**
 * What may be kept of a secret: its keyed fingerprint when the file holds the whole of it, and the last four characters.
 * A masked text (`sk-ant-…igAA`, `***DhOW`, `********`) gives no fingerprint, and the last four only when it shows them.
 */
export function secretFacts(
  value: unknown,
  fingerprint: (secret: string) => string,
): Pick<CredentialRecord, 'fingerprint' | 'lastFour'> {
  if (typeof value !== 'string' || value === '') return {}
  if (/\*{2,}|\.{3,}|…|•|^[xX]+$/.test(value)) return lastFourShown(value)
  return { fingerprint: fingerprint(value), ...(value.length >= 12 ? { lastFour: value.slice(-4) } : {}) }
}

/** The last four characters of a masked secret, when the mask leaves exactly these or more to be seen. */
export function lastFourShown(value: unknown): Pick<CredentialRecord, 'lastFour'> {
  const shown = typeof value === 'string' ? /(?:\*{2,}|\.{3,}|…|•+)([\w-]{4,})$/.exec(value)?.[1] : undefined
  return shown === undefined ? {} : { lastFour: shown.slice(-4) }
}
