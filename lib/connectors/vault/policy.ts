import type { Privilege } from '../contract'
import { field, isFields, text, texts } from '../json-fields'

/** One rule of a policy: what may be done on the paths that fit. */
export interface PathRule {
  path: string
  capabilities: string[]
  /** It holds only for some parameters, or with wrapping or more factors. */
  isNarrowed: boolean
}

/** Rules read of one policy; real ones have dozens. */
const rulesAtMost = 2_000

/** The rules of a policy, in HCL or JSON; `undefined` = it cannot be read. */
export function readPolicy(source: string): PathRule[] | undefined {
  const trimmed = source.trim()
  if (trimmed === '') return []
  if (trimmed.startsWith('{')) return readJson(trimmed)
  const plain = withoutComments(trimmed)
  const rules: PathRule[] = []
  const head = /path\s+"([^"\n]*)"\s*\{/g
  for (let match = head.exec(plain); match !== null && rules.length < rulesAtMost; match = head.exec(plain)) {
    const end = endOfBlock(plain, head.lastIndex)
    if (end === undefined) return undefined
    rules.push(ruleOf(match[1] ?? '', plain.slice(head.lastIndex, end)))
    head.lastIndex = end
  }
  return rules.length === 0 ? undefined : rules
}

function readJson(source: string): PathRule[] | undefined {
  try {
    const paths = field(JSON.parse(source), 'path')
    const blocks = Array.isArray(paths) ? paths.filter(isFields) : isFields(paths) ? [paths] : []
    const rules = blocks.flatMap((block) =>
      Object.entries(block).flatMap(([path, given]): PathRule[] =>
        (Array.isArray(given) ? given : [given]).map((rule) => ({
          path,
          capabilities: texts(field(rule, 'capabilities')),
          isNarrowed: Object.keys(isFields(rule) ? rule : {}).some((key) => narrowing.test(key)),
        })),
      ),
    )
    return rules.length === 0 ? undefined : rules.slice(0, rulesAtMost)
  } catch {
    return undefined
  }
}

const narrowing =
  /^(allowed_parameters|denied_parameters|required_parameters|min_wrapping_ttl|max_wrapping_ttl|mfa_methods|control_group)$/

/** What the old way of writing stands for. */
const oldWords: Record<string, string[]> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
}

function ruleOf(path: string, block: string): PathRule {
  const written = /\bcapabilities\s*=\s*\[([^\]]*)\]/.exec(block)?.[1]
  const old = /\bpolicy\s*=\s*"(\w+)"/.exec(block)?.[1] ?? ''
  const capabilities =
    written === undefined
      ? Object.hasOwn(oldWords, old)
        ? (oldWords[old] ?? [])
        : []
      : [...written.matchAll(/"(\w+)"/g)].flatMap(([, word]) => text(word) ?? [])
  const isNarrowed = [...block.matchAll(/\b(\w+)\s*[={]/g)].some(([, word]) => narrowing.test(word ?? ''))
  return { path, capabilities, isNarrowed }
}

/** Comments outside of strings become blanks; one passing, also of strings and comments without an end. */
function withoutComments(source: string): string {
  return source.replace(/"(?:[^"\\\n]|\\.)*"?|#[^\n]*|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/g, (part) =>
    part.startsWith('"') ? part : ' ',
  )
}

function endOfBlock(source: string, from: number): number | undefined {
  const mark = /"(?:[^"\\\n]|\\.)*"?|[{}]/g
  mark.lastIndex = from
  let depth = 1
  for (let match = mark.exec(source); match !== null; match = mark.exec(source)) {
    if (match[0] === '{') depth += 1
    if (match[0] === '}') depth -= 1
    if (depth === 0) return match.index
  }
  return undefined
}

/** What everybody may do with what is their own, as the policy `default` has it. */
const own =
  /^(?:auth\/token\/(?:lookup|renew|revoke)-self|sys\/(?:capabilities-self|internal\/ui\/resultant-acl|renew|leases\/(?:renew|lookup)|wrapping\/\w+|tools\/hash(?:\/\*)?|control-group\/request)|cubbyhole\/\*|identity\/oidc\/provider\/\+\/authorize|identity\/(?:entity|group)\/(?:id|name)\/\{\{.*)$/

/** The highest privilege that a rule amounts to; `undefined` = none (it denies, or names no capability). */
export function privilegeOf({ path, capabilities }: PathRule): Privilege | undefined {
  const has = (...words: string[]) => words.some((word) => capabilities.includes(word))
  if (has('deny') || capabilities.length === 0) return undefined
  if (own.test(path)) return 'read'
  if (has('sudo', 'root')) return 'admin'
  const isAnywhere = /^[*+]/.test(path)
  const isGoverning = isAnywhere || /^(?:sys|auth|identity)(?:\/|\*|$)/.test(path)
  const isWriting = has('create', 'update', 'patch', 'delete')
  // Who writes policies, sign-in methods, roles or entities can become whom they like.
  if (isGoverning && isWriting) return 'admin'
  if (isGoverning && !isAnywhere) return 'read'
  const makesSecrets = /(?:^|\/)(?:issue|sign|sign-verbatim|creds|decrypt|export|generate)(?:\/|$|\*)/.test(path)
  if (has('read') || (isWriting && makesSecrets)) return 'secret_read'
  return isWriting ? 'write' : 'read'
}
