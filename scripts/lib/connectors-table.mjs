/**
 * What the conformance run wrote down for one server.
 * @typedef {{ system: string, connector: string, evidence: 'real' | 'recorded', version?: string, skipped?: string, declared: Record<string, string[]>, capabilities: string[], proved: string[], failed: string[] }} Result
 */

/** The table system × capability. @param {Result[]} results @returns {string} */
export function connectorsTable(results) {
  const acts = results[0]?.capabilities ?? []
  const rows = results.flatMap(({ system, evidence, version, skipped, declared, proved, failed }) =>
    Object.entries(declared).map(([subject, hands]) => [
      version ? `${system} ${version}` : system,
      subject,
      ...acts.map((act) => {
        if (!hands.includes(act)) return 'not supported'
        if (skipped !== undefined) return 'skipped'
        if (failed.includes(`${subject} ${act}`)) return 'FAILED'
        if (!proved.includes(`${subject} ${act}`)) return 'NOT PROVED'
        return evidence === 'real' ? 'proved' : 'recorded'
      }),
    ]),
  )
  const lines = [['system', 'of', ...acts], ...rows]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The figures of the last line. @param {Result[]} results */
export function connectorsSummary(results) {
  const ran = results.filter(({ skipped }) => skipped === undefined)
  const unproved = ran.flatMap(({ system, declared, proved, failed }) => [
    ...failed.map((what) => `${system}: ${what}`),
    ...Object.entries(declared).flatMap(([subject, hands]) =>
      hands
        .map((act) => `${subject} ${act}`)
        .filter((mark) => !proved.includes(mark) && !failed.includes(mark))
        .map((mark) => `${system}: ${mark} was not tried`),
    ),
  ])
  return {
    systems_real: ran.filter(({ evidence }) => evidence === 'real').length,
    systems_recorded: ran.filter(({ evidence }) => evidence === 'recorded').length,
    skipped: results.flatMap(({ system, skipped }) => (skipped === undefined ? [] : [`${system}: ${skipped}`])),
    failed: unproved,
  }
}
