import type { ParsedFile } from '../../contract'
import { count, field, isFields, text } from '../fields'
import type { Report } from '../hit'

function isEntry(value: unknown): boolean {
  return typeof field(value, 'hashed_secret') === 'string'
}

function isBaseline(value: unknown): boolean {
  const results = field(value, 'results')
  if (!isFields(results)) return false
  const isKnown = Array.isArray(field(value, 'plugins_used')) || Array.isArray(field(value, 'filters_used'))
  return isKnown || Object.values(results).some((hits) => Array.isArray(hits) && hits.some(isEntry))
}

/**
 * A baseline of detect-secrets. It holds no values, only an unsalted hash of each, which is not kept either: a keyed
 * fingerprint of it tells the hits apart.
 */
export const detectSecrets = {
  accepts: (file: ParsedFile) => file.kind === 'json' && isBaseline(file.value),
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    const results = file.kind === 'json' ? field(file.value, 'results') : undefined
    for (const [name, hits] of Object.entries(isFields(results) ? results : {})) {
      if (!Array.isArray(hits)) report.refused.push({ at: `$.results["${name}"]`, reason: 'is not a list of hits' })
      else
        hits.forEach((value: unknown, i) => {
          const at = `$.results["${name}"][${i}]`
          if (!isEntry(value)) report.refused.push({ at, reason: 'is no hit: it has no hashed_secret' })
          else {
            const isSecret = field(value, 'is_secret')
            report.hits.push({
              at,
              rule: text(field(value, 'type')) ?? 'unknown type',
              file: text(field(value, 'filename')) ?? name,
              line: count(field(value, 'line_number')),
              validity: field(value, 'is_verified') === true ? 'valid' : undefined,
              distinct: text(field(value, 'hashed_secret')),
              attributes: {
                audit: isSecret === true ? 'a secret' : isSecret === false ? 'not a secret' : undefined,
              },
            })
          }
        })
    }
    return report
  },
}
