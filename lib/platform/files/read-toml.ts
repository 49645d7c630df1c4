import { parse, TomlError } from 'smol-toml'
import { cleanString } from './clean-strings'
import { type FileLimits, formatBytes } from './limits'
import { refuseFile } from './refuse-file'

/** Settings that people keep by hand are far below. */
const longest = 1024 * 1024

/** TOML as plain values; dates become texts. Duplicate and unsafe keys are refused, and nesting is bounded. */
export function readToml(name: string, text: string, { depth }: Pick<FileLimits, 'depth'>): unknown {
  if (text.length > longest) throw refuseFile(name, `holds more than ${formatBytes(longest)} of TOML`)
  try {
    const options = { integersAsBigInt: 'asNeeded', maxDepth: depth, unsafeKeyBehaviour: 'throw' } as const
    return plain(parse(text.replaceAll('\r\n', '\n'), options), name, depth)
  } catch (problem) {
    if (!(problem instanceof TomlError)) throw problem
    const [what = 'cannot be read'] = problem.message.replace(/^Invalid TOML document: /, '').split('\n')
    const { line, column } = problem
    throw refuseFile(name, `is not TOML that can be read: ${what}`, { line, column })
  }
}

function plain(value: unknown, name: string, left: number): unknown {
  if (left < 0) throw refuseFile(name, 'is nested too deeply')
  if (typeof value === 'string') return cleanString(value)
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((entry: unknown) => plain(entry, name, left - 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [cleanString(key), plain(entry, name, left - 1)]),
  )
}
