import type { ParsedFile } from '../../contract'
import { entriesOf, hasEntries } from '../entries'
import { count, field, isFields, text } from '../fields'
import type { Report } from '../hit'

function isEntry(value: unknown): boolean {
  if (!isFields(value) || typeof value.key !== 'string' || !Object.hasOwn(value, 'value')) return false
  return typeof value.file === 'string' && ['rule_id', 'rule', 'message'].some((name) => Object.hasOwn(value, name))
}

/** Whispers 1 and 2: key, value, file, line. */
export const whispers = {
  accepts: (file: ParsedFile) => hasEntries(file, isEntry),
  pieces: [''],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    for (const { value, at } of entriesOf(file, isEntry)) {
      if (!isEntry(value)) {
        report.refused.push({ at, reason: 'is no Whispers finding: it has no key and file' })
        continue
      }
      const rule = field(value, 'rule')
      report.hits.push({
        at,
        rule: text(field(value, 'rule_id')) ?? text(field(rule, 'id')) ?? text(rule) ?? 'unknown rule',
        title: text(field(value, 'message')) ?? text(field(rule, 'message')),
        secret: text(field(value, 'value')),
        file: text(field(value, 'file')),
        line: count(field(value, 'line')),
        distinct: text(field(value, 'key')),
        attributes: {
          variable: text(field(value, 'key')),
          severity: text(field(value, 'severity')) ?? text(field(rule, 'severity')),
        },
      })
    }
    return report
  },
}
