import type { ParsedFile } from '../../contract'
import type { Hit, Report } from '../hit'
import { secretInMatch } from '../secret-value'

const columns = ['filename', 'content', 'name', 'rule', 'severity', 'node name']

/** The secret report of Deepfence ThreatMapper, CSV or a worksheet. */
export const deepfence = {
  accepts: (file: ParsedFile) => {
    if (file.kind !== 'csv') return false
    const header = file.header.map((title) => title.trim().toLowerCase())
    return columns.every((column) => header.includes(column))
  },
  read: (file: ParsedFile): Report => {
    if (file.kind !== 'csv') return { hits: [], refused: [] }
    const report: Report = { hits: [], refused: [...file.malformed] }
    for (const { line, cells } of file.rows) {
      const row = new Map(
        Object.entries(cells).map(([title, cell]) => [title.trim().toLowerCase(), String(cell).trim()]),
      )
      const at = `line ${line}`
      if ([...row.values()].every((cell) => cell === '')) continue
      if ((row.get('filename') ?? '') === '' && (row.get('name') ?? '') === '')
        report.refused.push({ at, reason: 'names neither a file nor what was found' })
      else report.hits.push(hitOf(row, at))
    }
    return report
  },
}

function hitOf(row: Map<string, string>, at: string): Hit {
  const cell = (name: string) => {
    const value = row.get(name) ?? ''
    return value === '' ? undefined : value
  }
  const node = cell('node name')
  const container = cell('container name')
  const cluster = cell('kubernetes cluster name')
  const content = plain(cell('content'))
  return {
    at,
    rule: cell('name') ?? cell('rule') ?? 'unknown rule',
    // Rules without a pattern look at the name of the file only.
    secret: cell('signature') === undefined ? undefined : secretInMatch(content),
    file: cell('filename'),
    where: node === undefined ? container : `on ${node}`,
    distinct: content,
    attributes: { ruleId: cell('rule'), severity: cell('severity'), container, cluster, node },
  }
}

/** The content as found: the report writes it as a JSON string, with `\n` and `\u003e`. */
function plain(content: string | undefined): string | undefined {
  if (content === undefined || !/^".*"$/s.test(content)) return content
  try {
    const value: unknown = JSON.parse(content)
    return typeof value === 'string' ? value : content
  } catch {
    return content.slice(1, -1)
  }
}
