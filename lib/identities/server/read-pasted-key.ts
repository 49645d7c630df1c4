import { fingerprint } from '@/lib/platform/crypto/fingerprint'

/** What may be kept of a pasted secret, and all that leaves this file. */
export interface PastedKey {
  /** Of the text as it is, and as it would be without what often comes along when a key is copied. */
  fingerprints: string[]
  /** The key's own public name, where its format has one: told by the system that made it, no part of the secret. */
  publicId: string | null
  /** null for a text so short that its end would give much of it away. */
  lastFour: string | null
}

const shortestWithEnd = 12
/** An AWS access key id, and the beginning of an API key of this product. */
const publicIds = [/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/, /\bbwk_[0-9a-f]{8}(?=_)/]

/**
 * Reads a pasted secret once. Besides the text itself these forms of it are recognised: without blanks around it, without
 * quotes, without `Bearer` before it, without `NAME=` or `name:` before it, and with the line end that files of keys have.
 */
export function readPastedKey(text: string): PastedKey {
  const core = bare(text)
  const forms = new Set([text, text.trim(), core, unprefixed(core), `${text.trim()}\n`])
  forms.delete('')
  const publicId = publicIds.map((format) => format.exec(text)?.[0]).find((found) => found !== undefined)
  const end = unprefixed(core)
  return {
    fingerprints: [...forms].map(fingerprint),
    publicId: publicId ?? null,
    lastFour: end.length >= shortestWithEnd && !end.includes('\n') ? end.slice(-4) : null,
  }
}

function bare(text: string): string {
  const trimmed = text.trim().replace(/[,;]$/, '')
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(trimmed)
  return (quoted?.[2] ?? trimmed).trim()
}

function unprefixed(text: string): string {
  const value = /^(?:authorization:\s*)?(?:bearer|token|basic)\s+(\S+)$/i.exec(text)?.[1]
  const assigned = /^(?:export\s+)?[A-Za-z_][\w.-]{0,80}\s*[=:]\s*(\S[\s\S]*)$/.exec(text)?.[1]
  return bare(value ?? assigned ?? text)
}
