import { delimiters, detectDelimiter } from './read-csv'

export type TextKind = 'json' | 'yaml' | 'toml' | 'csv' | 'markup' | 'text'

/** How YAML begins: a document marker, a directive, a list item, or a key. */
const yamlStart = /^(?:---|%YAML|-\s|\?\s|&\w|!\S|["']?[\w./$@-]+["']?\s*:(?:\s|$))/

/**
 * Decides by content what a text is; the extension only breaks a tie between YAML and CSV, and tells TOML from INI files.
 * `extension` is without its dot and in lower case.
 */
export function detectKind(text: string, extension: string): TextKind {
  const first = significantLine(text)
  if (extension === 'toml') return 'toml'
  if (extension === 'sql' || statement.test(first) || isDrawnTable(text)) return 'text'
  if (first.startsWith('//') || first.startsWith('/*')) return isCommentedJson(text) ? 'json' : 'text'
  if (first.startsWith('{{')) return 'yaml'
  if (tomlTable.test(first)) return 'text'
  if (first.startsWith('{') || first.startsWith('[')) return extension === 'csv' && looksCsv(text) ? 'csv' : 'json'
  if (first.startsWith('<')) return 'markup'
  if (/^(?:null|true|false|-?\d+(?:\.\d+)?|".*")$/.test(first) && extension === 'json') return 'json'
  const csv = looksCsv(text)
  const yaml = yamlStart.test(first)
  if (csv && yaml) return extension === 'csv' || extension === 'tsv' ? 'csv' : 'yaml'
  if (csv) return 'csv'
  if (yaml || extension === 'yaml' || extension === 'yml') return 'yaml'
  if (extension === 'csv' || extension === 'tsv') return 'csv'
  return extension === 'json' || extension === 'jsonl' ? 'json' : 'text'
}

/** How a dump of a database or a command for one begins. */
const statement =
  /^(?:--(?:\s|$)|\\(?:connect|restrict|c|echo)\s|(?:CREATE|ALTER|DROP|GRANT|REVOKE|SET|SELECT|BEGIN|COMMENT)\b[^:|]*;)/i

/** True for a table drawn with lines and bars, as database clients print it: for people, not for a CSV reader. */
function isDrawnTable(text: string): boolean {
  return /^[^\S\n]*[+|]?-{2,}(?:[+|]-{2,})+[+|]?[^\S\n]*\r?$/m.test(text.slice(0, 4096))
}

/** How a section of TOML or of an INI file begins; `[true]` is JSON. */
const tomlTable = /^\[{1,2}(?!true\]|false\]|null\])[A-Za-z][\w."-]*\]{1,2}$/

/** JSON with comments, as editors keep their settings. Passes each comment once: an expression would try them in every way. */
function isCommentedJson(text: string): boolean {
  const start = text.slice(0, 64 * 1024)
  for (let at = 0; at < start.length; ) {
    const isLine = start.startsWith('//', at)
    if (isLine || start.startsWith('/*', at)) {
      const end = isLine ? start.indexOf('\n', at) : start.indexOf('*/', at + 2)
      if (end === -1) return false
      at = end + (isLine ? 1 : 2)
    } else if (/\s/.test(start.charAt(at))) at += 1
    else return start.charAt(at) === '{' || start.charAt(at) === '['
  }
  return false
}

/** The first line that is neither blank nor a comment, or nothing. */
function significantLine(text: string): string {
  return /^[^\S\r\n]*([^\s#][^\r\n]*)/m.exec(text)?.[1]?.trimEnd().slice(0, 4096) ?? ''
}

/** True when the first line has several cells and none of them looks like YAML or prose. */
function looksCsv(text: string): boolean {
  if (/^sep=.\r?\n/i.test(text)) return true
  const start = text.slice(0, 64 * 1024).trimStart()
  if (start.startsWith('#')) return false
  const delimiter = detectDelimiter(start)
  const line = start.split(/\r\n|\n|\r/, 1)[0] ?? ''
  return delimiters.includes(delimiter) && line.includes(delimiter) && !/:\s/.test(line.split(delimiter)[0] ?? '')
}
