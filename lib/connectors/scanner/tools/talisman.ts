import type { ParsedFile } from '../../contract'
import { field, isFields, list, path, text, texts } from '../fields'
import type { Report } from '../hit'
import { secretInMatch } from '../secret-value'

const lists = [
  ['failure_list', undefined],
  ['warning_list', 'a warning'],
  ['ignore_list', 'ignored by the project'],
] as const

function isReport(value: unknown): boolean {
  if (typeof path(value, 'summary', 'types', 'filecontent') === 'number') return Array.isArray(field(value, 'results'))
  return list(field(value, 'results'))
    .slice(0, 50)
    .some((entry) => Array.isArray(field(entry, 'failure_list')) && typeof field(entry, 'filename') === 'string')
}

/** The report of `talisman --scan`. The value stands within a sentence, cut after some length. */
export const talisman = {
  accepts: (file: ParsedFile) => file.kind === 'json' && isFields(file.value) && isReport(file.value),
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    const results = file.kind === 'json' ? list(field(file.value, 'results')) : []
    results.forEach((result, i) => {
      for (const [name, standing] of lists) {
        list(field(result, name)).forEach((failure, j) => {
          readFailure(result, failure, standing, `$.results[${i}].${name}[${j}]`, report)
        })
      }
    })
    return report
  },
}

function readFailure(
  result: unknown,
  failure: unknown,
  standing: string | undefined,
  at: string,
  report: Report,
): void {
  const type = text(field(failure, 'type'))
  const message = text(field(failure, 'message'))
  if (type === undefined || message === undefined) {
    report.refused.push({ at, reason: 'is no hit: it has no type or message' })
    return
  }
  if (type === 'filesize') {
    report.refused.push({ at, reason: 'is about the size of a file, not about a secret' })
    return
  }
  const commits = texts(field(failure, 'commits'))
  report.hits.push({
    at,
    rule: ruleOf(type, message),
    secret: type === 'filecontent' ? valueIn(message) : undefined,
    file: text(field(result, 'filename')),
    commit: commits.length === 1 ? commits[0] : undefined,
    distinct: message,
    attributes: {
      severity: text(field(failure, 'severity')),
      commits: commits.length > 1 ? commits : undefined,
      standing,
    },
  })
}

/** The sentence without the value in it. */
function ruleOf(type: string, message: string): string {
  if (type === 'filename') return 'name of a file that often holds secrets'
  const kind = /contain (\w+ encoded texts|\w+ encoded text|credit card numbers?)/i.exec(message)?.[1]
  return kind === undefined ? 'secret pattern' : kind.toLowerCase()
}

function valueIn(message: string): string | undefined {
  const rest = /(?:such as|pattern)\s*:\s*(.+)$/s.exec(message)?.[1]
  if (rest === undefined || /credit card/i.test(message)) return undefined
  return secretInMatch(rest)
}
