import fs from 'node:fs'
import path from 'node:path'
import { root } from './layout.mjs'
import { say } from './messages.mjs'

/** More files than this are not the weather. */
const most = 5

/**
 * Runs tests; where a few files failed, runs each of those once more with nothing beside it. What passes then is named as unsteady:
 * a fault to be mended, which does not hold up everything else (decision 058).
 * @param {(reporters: string[]) => Promise<boolean>} first gets the arguments that make Vitest write its results; others write them in that form by themselves
 * @param {{ results: string, again: (files: string[]) => Promise<boolean> }} options `results`: where they are written
 * @returns {Promise<boolean>} whether everything has passed, at the first or the second try
 */
export async function withSecondTry(first, { results, again }) {
  fs.rmSync(results, { force: true })
  if (await first(['--reporter=default', '--reporter=json', `--outputFile.json=${results}`])) return true
  const files = failedFiles(results)
  // Without results it has not ended; without a failed file it was something else, as an error outside of every test.
  if (files.length === 0) return false
  // A contradiction that random cases found is one, whatever the next cases are.
  if (files.some((file) => file.endsWith('.property.test.ts'))) return false
  if (files.length > most) {
    say(`${files.length} files failed: too many for a second try.`)
    return false
  }
  say(`\nOnce more, one after the other: ${files.join(', ')}`)
  if (!(await again(files))) return false
  say(`UNSTEADY, passed at the second try: ${files.join(', ')}. See the first failure above.`)
  return true
}

/**
 * @param {string} results a file in the form of Vitest's JSON reporter
 * @returns {string[]} the files with a failed test, relative to the root
 */
export function failedFiles(results) {
  if (!fs.existsSync(results)) return []
  /** @type {{ testResults: { name: string, status: string }[] }} */
  const { testResults } = JSON.parse(fs.readFileSync(results, 'utf8'))
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => path.relative(root, name))
}
