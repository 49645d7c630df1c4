import type { ParsedFile } from '../../contract'
import { count, field, isFields, list, path, repositoryAddress, text } from '../fields'
import type { Hit, Report } from '../hit'
import { instant } from '../instants'
import { secretInMatch } from '../secret-value'

/** Tools that look for secrets only, by the name that they give themselves. */
const scanners =
  /gitleaks|betterleaks|trufflehog|detect-?secrets|ggshield|gitguardian|nosey|kingfisher|talisman|whispers|secret|credscan|credential|leaks?\b/i

/** A rule about secrets, by its id, name or tags. */
const secretRule =
  /secret|passw|credential|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|hard-?coded[-_ ]?(?:key|token)|CWE-?(?:798|259|321|522)\b/i

interface Run {
  tool: string
  isScanner: boolean
  rules: Map<string, unknown>
  run: unknown
  at: string
}

function runsOf(value: unknown): Run[] {
  return list(field(value, 'runs')).map((run, i) => {
    const driver = path(run, 'tool', 'driver')
    const parts = [driver, ...list(path(run, 'tool', 'extensions'))]
    const rules = parts.flatMap((part) => list(field(part, 'rules')))
    const tool = text(field(driver, 'name')) ?? 'unknown tool'
    return {
      tool,
      isScanner: scanners.test(tool),
      rules: new Map(
        rules.flatMap((rule) => (text(field(rule, 'id')) === undefined ? [] : [[String(field(rule, 'id')), rule]])),
      ),
      run,
      at: `$.runs[${i}]`,
    }
  })
}

function ruleOf(run: Run, result: unknown): { id: string; rule: unknown } {
  const id = text(field(result, 'ruleId')) ?? text(path(result, 'rule', 'id'))
  const index = field(result, 'ruleIndex')
  const listed = list(path(run.run, 'tool', 'driver', 'rules'))
  const rule = id === undefined && typeof index === 'number' ? listed[index] : run.rules.get(id ?? '')
  // gitleaks 7 writes no rule id, only the message.
  const said = /gitleaks/i.test(run.tool) ? text(path(result, 'message', 'text')) : undefined
  const message = said?.match(/^(.{1,100}?) secret detected/)?.[1]
  return { id: id ?? text(field(rule, 'id')) ?? message ?? 'unknown rule', rule }
}

function isSecret(run: Run, result: unknown): boolean {
  if (run.isScanner) return true
  const { id, rule } = ruleOf(run, result)
  const tags = [...list(path(rule, 'properties', 'tags')), ...list(path(result, 'properties', 'tags'))]
  return secretRule.test([id, field(rule, 'name'), ...tags].filter((word) => typeof word === 'string').join(' '))
}

/** SARIF 2.1 of a secret scanner, or of another tool that also found secrets; its other results are left out. */
export const sarif = {
  accepts: (file: ParsedFile) => {
    if (file.kind !== 'json' || !isFields(file.value)) return false
    const runs = runsOf(file.value)
    if (typeof field(file.value, 'version') !== 'string' && typeof field(file.value, '$schema') !== 'string')
      return false
    return runs.some((run) => run.isScanner || list(field(run.run, 'results')).some((result) => isSecret(run, result)))
  },
  // A result may be told by its rule alone, which stands in another list, by its number there.
  acceptsByWhole: true as const,
  pieces: ['runs[].results'],
  read: (file: ParsedFile): Report => {
    const report: Report = { hits: [], refused: [] }
    for (const run of file.kind === 'json' ? runsOf(file.value) : []) {
      const results = list(field(run.run, 'results'))
      let others = 0
      results.forEach((result, i) => {
        const at = `${run.at}.results[${i}]`
        if (!isFields(result)) report.refused.push({ at, reason: 'is no result' })
        else if (isSecret(run, result)) report.hits.push(hitOf(run, result, at))
        else others++
      })
      if (others > 0)
        report.refused.push({
          at: `${run.at}.results`,
          reason: `results of ${run.tool} that are not about secrets`,
          count: others,
        })
    }
    return report
  },
}

function hitOf(run: Run, result: unknown, at: string): Hit {
  const { id, rule } = ruleOf(run, result)
  const [location] = list(field(result, 'locations'))
  const physical = field(location, 'physicalLocation')
  const region = field(physical, 'region')
  const properties = field(result, 'properties')
  const partial = field(result, 'partialFingerprints')
  const [control] = list(field(run.run, 'versionControlProvenance'))
  const repository = text(field(properties, 'repo', 'repository')) ?? text(field(control, 'repositoryUri'))
  return {
    at,
    rule: id,
    title: text(field(rule, 'name')) ?? text(path(rule, 'shortDescription', 'text')),
    secret: secretOf(run, text(field(properties, 'offender')), text(path(region, 'snippet', 'text'))),
    file: text(path(physical, 'artifactLocation', 'uri')),
    line: count(field(region, 'startLine')),
    column: count(field(region, 'startColumn')),
    commit:
      text(field(properties, 'commit')) ?? text(field(partial, 'commitSha')) ?? text(field(control, 'revisionId')),
    repository: repositoryAddress(repository),
    firstSeenAt: instant(field(properties, 'date') ?? field(partial, 'date')),
    attributes: {
      tool: run.tool,
      level: text(field(result, 'level')),
      suppressed: list(field(result, 'suppressions')).length > 0 ? true : undefined,
    },
  }
}

/** gitleaks 8 puts the secret itself in the snippet; others the line around it. */
function secretOf(run: Run, offender: string | undefined, snippet: string | undefined): string | undefined {
  if (offender === undefined && /gitleaks/i.test(run.tool)) return snippet
  return secretInMatch(offender ?? snippet)
}
