import { isKeyType, type PublicKey, readPublicKey } from './public-key'

/** What stands before a line that is out of force. sshd takes it for a comment. */
const marks = { disabled: '#bailiwick-disabled: ', account_disabled: '#bailiwick-account-disabled: ' } as const

/** `disabled`: this key alone; `account_disabled`: with all others of the account, which are enabled together. */
export type LineState = 'active' | keyof typeof marks

export interface KeyOption {
  /** Lower case: `command`, `from`, `restrict`. */
  name: string
  value?: string
  /** As it stands in the line. */
  raw: string
}

export interface KeyLine {
  /** Counted from 0. */
  at: number
  state: LineState
  options: KeyOption[]
  key: PublicKey
  comment: string
  /** The line without its mark. */
  body: string
}

export interface KeyText {
  /** Every line as it stands, comments too. A file is read and written byte by byte (latin1), so that nothing else in it changes. */
  lines: string[]
  keys: KeyLine[]
  /** Lines that are neither a key nor a comment, counted from 0. */
  malformed: number[]
}

/** https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT */
export function parseKeys(text: string): KeyText {
  const lines = text.split('\n')
  const found: KeyText = { lines, keys: [], malformed: [] }
  for (const [at, line] of lines.entries()) {
    const { state, body } = withoutMark(line)
    const trimmed = body.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const parsed = parseLine(trimmed)
    if (parsed === undefined) found.malformed.push(at)
    else found.keys.push({ ...parsed, at, state, body })
  }
  return found
}

function withoutMark(line: string): { state: LineState; body: string } {
  for (const [state, mark] of Object.entries(marks))
    if (line.startsWith(mark)) return { state: state as LineState, body: line.slice(mark.length) }
  return { state: 'active', body: line }
}

function parseLine(line: string): Pick<KeyLine, 'options' | 'key' | 'comment'> | undefined {
  const first = line.split(/[ \t]/, 1)[0] ?? ''
  const end = isKeyType(first) ? 0 : endOfOptions(line)
  if (end === undefined) return undefined
  const [type = '', base64 = '', ...words] = line
    .slice(end)
    .trim()
    .split(/[ \t]+/)
  const key = readPublicKey(type, base64)
  const options = parseOptions(line.slice(0, end).trim())
  if (key === undefined || options === undefined) return undefined
  return { key, options, comment: Buffer.from(words.join(' '), 'latin1').toString('utf8') }
}

/** Where the first blank outside of quotes is. */
function endOfOptions(line: string): number | undefined {
  let isQuoted = false
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\' && line[at + 1] === '"') at++
    else if (line[at] === '"') isQuoted = !isQuoted
    else if (!isQuoted && (line[at] === ' ' || line[at] === '\t')) return at
  }
  return undefined
}

function parseOptions(text: string): KeyOption[] | undefined {
  const options: KeyOption[] = []
  let rest = text
  while (rest !== '') {
    const [raw = '', name = '', , quoted] = /^([A-Za-z0-9@-]+)(="((?:[^"\\]|\\.)*)")?/.exec(rest) ?? []
    if (raw === '') return undefined
    options.push({
      ...{ name: name.toLowerCase(), raw },
      ...(quoted === undefined ? {} : { value: quoted.replaceAll('\\"', '"') }),
    })
    rest = rest.slice(raw.length)
    if (rest !== '' && !rest.startsWith(',')) return undefined
    rest = rest.slice(1)
  }
  return options
}

export function withState(lines: readonly string[], keys: readonly KeyLine[], state: LineState): string {
  const changed = [...lines]
  for (const { at, body } of keys) changed[at] = state === 'active' ? body : `${marks[state]}${body}`
  return changed.join('\n')
}

export function withoutLines(lines: readonly string[], keys: readonly KeyLine[]): string {
  const gone = new Set(keys.map(({ at }) => at))
  return lines.filter((_, at) => !gone.has(at)).join('\n')
}

/** With a line at a place, or at the end where the file has become shorter. */
export function withLine(lines: readonly string[], line: string, at = lines.length): string {
  const endsWithNewline = lines.at(-1) === ''
  const own = endsWithNewline ? lines.slice(0, -1) : [...lines]
  return [...own.slice(0, at), line, ...own.slice(at), ''].join('\n')
}

/**
 * The line of a new key in the place of another: with all that limits the other (`command=`, `from=`), and with the end that was
 * asked for instead of the other's.
 */
export function replacementLine(key: PublicKey, other: KeyLine | undefined, expiresAt: string | null): string {
  const options = (other?.options ?? []).filter(({ name }) => name !== 'expiry-time').map(({ raw }) => raw)
  if (expiresAt !== null) {
    const digits = new Date(expiresAt).toISOString().replace(/\D/g, '')
    options.push(`expiry-time="${digits.slice(0, 14)}Z"`)
  }
  const comment = Buffer.from(other?.comment || 'bailiwick', 'utf8').toString('latin1')
  return `${options.length > 0 ? `${options.join(',')} ` : ''}${key.type} ${key.blob.toString('base64')} ${comment}`
}
