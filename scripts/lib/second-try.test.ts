import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { inRoot } from './layout.mjs'
import { withSecondTry } from './second-try.mjs'

/** A run whose first try leaves these results, and whose second passes or not. */
async function tryTwice(failed: number | undefined, passesThen: boolean) {
  const results = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'second-try-')), 'results.json')
  const tried: string[][] = []
  const passed = await withSecondTry(
    async (reporters) => {
      if (failed === undefined) return false
      expect(reporters).toContain(`--outputFile.json=${results}`)
      const testResults = Array.from({ length: 8 }, (_, index) => ({
        name: inRoot('lib', `case-${index}.int.test.ts`),
        status: index < failed ? 'failed' : 'passed',
      }))
      fs.writeFileSync(results, JSON.stringify({ testResults }))
      return failed === 0
    },
    {
      results,
      again: async (files) => {
        tried.push(files)
        return passesThen
      },
    },
  )
  fs.rmSync(path.dirname(results), { recursive: true })
  return { passed, tried }
}

describe('second try', () => {
  it('is not made when all passed', async () => {
    expect(await tryTwice(0, true)).toEqual({ passed: true, tried: [] })
  })

  it('is made with the failed files alone, and counts', async () => {
    const tried = [['lib/case-0.int.test.ts', 'lib/case-1.int.test.ts']]
    expect(await tryTwice(2, true)).toEqual({ passed: true, tried })
    expect(await tryTwice(2, false)).toEqual({ passed: false, tried })
  })

  it('is not made when many failed, or when nothing says which', async () => {
    expect(await tryTwice(6, true)).toEqual({ passed: false, tried: [] })
    expect(await tryTwice(undefined, true)).toEqual({ passed: false, tried: [] })
  })
})
