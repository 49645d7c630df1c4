import fs from 'node:fs'
import path from 'node:path'
import type { FullConfig, Reporter, TestCase, TestError, TestResult } from '@playwright/test/reporter'

/**
 * Says at the very end, a few lines each, where every failed test stood and what it waited for: what a short view of a log still shows.
 * Writes which files failed to E2E_RESULTS, in the form of Vitest's JSON reporter.
 */
export default class FailuresReporter implements Reporter {
  private readonly failures: string[] = []
  private readonly files = new Set<string>()
  private root = ''

  onBegin(config: FullConfig): void {
    this.root = config.configFile ? path.dirname(config.configFile) : config.rootDir
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status !== 'failed' && result.status !== 'timedOut') return
    this.files.add(test.location.file)
    const faults = result.errors.map((error) => `    ${this.place(error)}${summary(error)}`)
    this.failures.push([`${test.title}: ${result.status}`, ...faults].join('\n'))
  }

  onEnd(): void {
    const testResults = [...this.files].map((name) => ({ name, status: 'failed' }))
    if (process.env.E2E_RESULTS) fs.writeFileSync(process.env.E2E_RESULTS, JSON.stringify({ testResults }))
    if (this.failures.length > 0) process.stdout.write(`\n── what failed\n${this.failures.join('\n')}\n`)
  }

  private place({ location }: TestError): string {
    return location ? `${path.relative(this.root, location.file)}:${location.line} ` : ''
  }
}

// The colours of a terminal stand between the words.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how they begin.
const colours = /\u001b\[[\d;]*m/g

/** The first lines of an error, without the list of what was tried. */
function summary({ message, value }: TestError): string {
  const lines = (message ?? value ?? 'no message').replace(colours, '').split('\n')
  const end = lines.findIndex((line) => line.startsWith('Call log'))
  return lines
    .slice(0, end < 0 ? 8 : Math.min(end, 8))
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' · ')
    .slice(0, 500)
}
