import { isFields } from './fields'
import { namesSecret, upperName } from './secret-names'
import { queryOf } from './systems'

/** A secret that a client hands to a tool server. */
export interface Secret {
  name: string
  /** `environment variable`, `header`, `argument`, `URL parameter`, `URL`. */
  via: string
  /** True when the file says that it is a secret; false when its name or its form does. */
  declared: boolean
  /** The value, when it stands in the file; fingerprinted at once, never kept. */
  literal: string | undefined
  /** Where the value comes from instead: `${input:github-token}`, `$GITHUB_TOKEN`. */
  reference: string | undefined
}

/** Prefixes that issuers give their secrets. */
const tokenForm =
  /^(?:gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|sk-|sk_live_|rk_live_|pk_live_|AIza|npm_|pypi-|hf_|hv[sb]\.|dop_v1_|lin_api_|ntn_|secret_|tvly-|fc-|eyJ[\w-]+\.eyJ)\S{8,}$/

/** True for what a client fills in: `${input:key}`, `$TOKEN`, `%TOKEN%`, `{{token}}`, `op://vault/item`, `$(command)`. */
export function isReference(value: string): boolean {
  return /\$\{[^}]*\}|\$\(|\{\{|\{env:|^\$\w+$|^%\w+%$|^(?:op|vault|keyring|keychain|env|file|aws-sm|gcp-sm):/i.test(
    value,
  )
}

/** True for text that a person is to replace. */
export function isToReplace(value: string): boolean {
  return (
    value.trim() === '' ||
    /^(?:<.*>|\[.*\]|\.{3,}|[x*•]{3,})$/is.test(value) ||
    /^["']?(?:your|my|insert|enter|replace|add|put)[-_ ]|[-_ ]here$|^(?:change-?me|todo|placeholder|example|dummy|none|null)$/i.test(
      value,
    )
  )
}

/** Secrets of an environment or of headers: by their names, by the form of their values, or by an address with a password. */
export function namedSecrets(holder: unknown, via: string, passwordInputs: ReadonlySet<string>): Secret[] {
  if (!isFields(holder)) return []
  return Object.entries(holder)
    .slice(0, 500)
    .flatMap(([name, value]) => {
      if (typeof value !== 'string' && typeof value !== 'number') return []
      const input = /\$\{input:([^}]+)\}/.exec(String(value))?.[1]
      const declared = input !== undefined && passwordInputs.has(input)
      const bare = String(value).replace(/^(?:Bearer|Basic|Token|ApiKey|Bot)\s+/i, '')
      if (!declared && !namesSecret(name) && !isHeaderSecret(name, via) && !holdsSecret(bare)) return []
      return [{ name: name.slice(0, 200), via, declared, ...handed(bare) }]
    })
}

function isHeaderSecret(name: string, via: string): boolean {
  return (
    via === 'header' && /^(?:AUTHORIZATION|PROXY_AUTHORIZATION|COOKIE|X_.*(?:KEY|TOKEN|AUTH))$/.test(upperName(name))
  )
}

function holdsSecret(value: string): boolean {
  return tokenForm.test(value) || addressWithPassword.test(value)
}

const addressWithPassword = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i

function handed(value: string): Pick<Secret, 'literal' | 'reference'> {
  if (isReference(value)) {
    const fallback = /^\$\{[\w.:-]+?:-([^}]+)\}$/.exec(value)?.[1]
    return {
      literal: fallback === undefined || isToReplace(fallback) ? undefined : fallback,
      reference: referred(value),
    }
  }
  return { literal: isToReplace(value) ? undefined : value, reference: undefined }
}

/** The reference alone, without what stands around it or is taken when it is empty. */
function referred(value: string): string {
  const [, name] = /\$?\{+\s*((?:input:|env:|user_config\.)?[\w.-]{1,80})/.exec(value) ?? []
  if (name !== undefined) return `\${${name.replace(/[-:]+$/, '')}}`
  return /^[$%]\w+%?$|^[a-z-]+:/i.test(value) ? value.replace(/\s.*$/s, '').slice(0, 100) : 'a command'
}

/**
 * Secrets in arguments: `--api-key VALUE`, `--token=VALUE`, `-e NAME=VALUE`, `--header "Authorization: Bearer VALUE"`, an
 * address with a password, a value of a known form. `args` is what may be shown: each of them replaced by `…`.
 */
export function secretsInArguments(words: readonly string[], depth = 0): { args: string[]; secrets: Secret[] } {
  const secrets: Secret[] = []
  const args: string[] = []
  const take = (name: string, via: string, value: string): string => {
    const secret: Secret = { name: name.slice(0, 200), via, declared: false, ...handed(value) }
    secrets.push(secret)
    return secret.reference ?? '…'
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const before = words[i - 1] ?? ''
    const [, label, separator, value = ''] = /^([\w.-]{1,80}?)(=|:\s*)(.*)$/s.exec(word) ?? []
    const isVariable = before === '-e' || before === '--env'
    const inner = objectIn(word)
    if (inner !== undefined) {
      secrets.push(...namedSecrets(inner, 'argument', new Set()))
      args.push('{…}')
    } else if (addressWithPassword.test(word)) args.push(take('address with a password', 'argument', word))
    else if (
      label !== undefined &&
      separator !== undefined &&
      value !== '' &&
      isSecretLabel(label, separator, before)
    ) {
      const bare = value.replace(/^(?:Bearer|Basic|Token)\s+/i, '')
      const via = isVariable ? 'environment variable' : separator === '=' ? 'argument' : 'header'
      args.push(`${label}${separator}${value.slice(0, value.length - bare.length)}${take(label, via, bare)}`)
    } else if (isVariable && namesSecret(word)) {
      secrets.push({
        name: word,
        via: 'environment variable',
        declared: false,
        literal: undefined,
        reference: 'the environment',
      })
      args.push(word)
    } else if (/^--?[\w-]+$/.test(before) && namesSecret(before) && !word.startsWith('-'))
      args.push(take(before, 'argument', word))
    else if (tokenForm.test(word)) args.push(take('argument', 'argument', word))
    else if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) {
      const found = secretsInUrl(word)
      secrets.push(...found)
      args.push(found.length === 0 ? shown(word) : shown(word.replace(/\?.*$/s, '')))
    } else if (/\s/.test(word) && depth === 0) {
      const parts = secretsInArguments(word.split(/\s+/), 1)
      secrets.push(...parts.secrets)
      args.push(parts.args.join(' '))
    } else args.push(shown(word))
  }
  return { args: args.slice(0, 100), secrets }
}

function isSecretLabel(label: string, separator: string, before: string): boolean {
  if (separator === '=') return namesSecret(label)
  return isHeaderSecret(label, 'header') || (/^(?:-H|--header)$/.test(before) && namesSecret(label))
}

/** An object written as one argument: `--config '{"apiKey": "…"}'`. */
function objectIn(word: string): unknown {
  if (!/^\s*\{.*\}\s*$/s.test(word)) return undefined
  try {
    return JSON.parse(word)
  } catch {
    return undefined
  }
}

/** A word that looks like a secret although nothing says so is not shown. */
function shown(word: string): string {
  const isSecret = /[A-Za-z0-9+_=-]{24}/.test(word) && /\d/.test(word) && /[A-Za-z]/.test(word) && !/[./@\\]/.test(word)
  return isSecret ? '…' : word.slice(0, 300)
}

/** Secrets in an address: its parameters by their names, and its password. */
export function secretsInUrl(url: string): Secret[] {
  const found: Secret[] = queryOf(url)
    .filter(([name]) => namesSecret(name) || /^(?:key|auth|code|sig)$/i.test(name))
    .map(([name, value]) => ({ name, via: 'URL parameter', declared: false, ...handed(decodedPart(value)) }))
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:([^/\s@]+)@/i.exec(url)?.[1]
  if (password !== undefined)
    found.push({ name: 'password in the address', via: 'URL', declared: false, ...handed(decodedPart(password)) })
  return found
}

function decodedPart(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
