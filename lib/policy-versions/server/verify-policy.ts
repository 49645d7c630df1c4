import { spawn } from 'node:child_process'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { stringify } from 'yaml'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { buildSuite, judgeSet, type Material, questionKey } from '../engine/negative-set'
import type { PolicyFile, Problem, TestResult } from '../schema'
import { type CaseName, compileMs } from '../values'
import { contentHashOf, isRecord, isTestFile, type ParsedFiles, parseFiles } from './parse-policy'
import { type Base, readBase, readBaseFixtures } from './read-base'

/** Compilers at once in one process; each takes a processor for half a second and more. */
const atOnce = 2
const mostWaiting = 8
const maxOutput = 96 * 1024 * 1024
const setFile = 'bailiwick_set_test.yaml'
const thingActions = ['read', 'list', 'write', 'delete', 'invoke', 'secret.retrieve', 'admin', 'grant', 'impersonate']
const toolActions = ['initialize', 'tools/list', 'tools/call', 'resources/read', 'prompts/get']

type Json = Record<string, unknown>
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])

/**
 * Compiles a version with the product's policies and runs its tests and the mandatory set, all by the real compiler in a folder of its
 * own. @throws AppError `upstream_failed` when there is no compiler, or too many wait for it
 */
export async function verifyPolicy(files: readonly PolicyFile[]): Promise<TestResult & { kinds: string[] }> {
  const began = performance.now()
  const base = await readBase()
  const parsed = parseFiles(files, base.kinds)
  const material = await completeMaterial(parsed)
  const answer: unknown = parsed.problems.length > 0 ? {} : await compile(base, files, parsed, material)
  const problems = [...parsed.problems, ...problemsOf(answer)]
  const suites = suitesOf(answer)
  const own = suites.filter(({ file }) => file !== setFile)
  const set = suites.find(({ file }) => file === setFile)
  const isCompiled = problems.length === 0
  const verdict = judgeSet(material, isCompiled ? (set?.allowed ?? new Set()) : new Set())
  const cut = (
    questions: { principal: string; resource: string; action: string }[],
    expected: string,
    actual: string,
  ) => questions.slice(0, 10).map((question) => ({ ...question, expected, actual }))
  const hasSet = isCompiled && set !== undefined && set.error === null && set.asked > 0
  if (isCompiled && !hasSet)
    problems.push({
      file: null,
      line: null,
      column: null,
      says: `The mandatory set could not be asked: ${set?.error ?? 'no answer'}`,
    })
  const isPassed =
    hasSet &&
    own.length > 0 &&
    own.every(({ failed, error, asked }) => asked > 0 && failed === 0 && error === null) &&
    verdict.cases.every(({ failed }) => failed.length === 0)
  return {
    isCompiled: isCompiled && hasSet,
    ...{ isPassed, problems: problems.slice(0, 50), kinds: parsed.kinds },
    suites: own.map(({ allowed: _allowed, failures, ...suite }) => ({ ...suite, failures: failures.slice(0, 20) })),
    cases: hasSet
      ? verdict.cases.map(({ name, asked, failed }) => ({
          ...{ name: name as CaseName, asked, failed: failed.length },
          failures: cut(failed, 'EFFECT_DENY', 'EFFECT_ALLOW'),
        }))
      : [],
    narrowed: { count: verdict.narrowed.length, examples: cut(verdict.narrowed, 'EFFECT_ALLOW', 'EFFECT_DENY') },
    ...{ baseHash: base.hash, contentHash: contentHashOf(files), tookMs: Math.round(performance.now() - began) },
  }
}

/** The author's fixtures, those of the product, and every action that either speaks of. */
async function completeMaterial({ material, kinds }: ParsedFiles): Promise<Material> {
  const standard = await readBaseFixtures(new Set(kinds))
  return {
    principals: { ...standard.principals, ...material.principals },
    resources: { ...standard.resources, ...material.resources },
    kinds: material.kinds.map((each) => {
      const known = each.isNarrowing ? (each.kind === 'tool' ? toolActions : thingActions) : []
      return { ...each, actions: [...new Set([...known, ...each.actions, 'anything-else'])] }
    }),
  }
}

let running = 0
const waiting: (() => void)[] = []

async function compile(
  base: Base,
  files: readonly PolicyFile[],
  parsed: ParsedFiles,
  material: Material,
): Promise<unknown> {
  const program = env().CERBOS_PROGRAM
  if (program === undefined)
    throw new AppError(
      'upstream_failed',
      'There is no policy compiler in this installation: CERBOS_PROGRAM names none.',
    )
  if (running >= atOnce) {
    if (waiting.length >= mostWaiting)
      throw new AppError('upstream_failed', 'Too many policies are being tested. Try again in a moment.', {
        retryAfterSeconds: 5,
      })
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  running += 1
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'bailiwick-policy-'))
  try {
    const write = (name: string, text: string) => fs.writeFile(path.join(folder, name), text, { mode: 0o600 })
    for (const { name, text } of base.files) await write(`bailiwick_${name}`, text)
    for (const { kind, isNarrowing } of parsed.policies)
      if (!isNarrowing) await write(`bailiwick_root_${kind}.yaml`, stringify(rootOf(kind)))
    for (const { name, text } of files) await write(name, text)
    await write(setFile, JSON.stringify(buildSuite(material)))
    return await run(program, folder)
  } finally {
    running -= 1
    waiting.shift()?.()
    await fs.rm(folder, { recursive: true, force: true })
  }
}

/** What stands above a type of the organization's own: a policy that allows nothing. */
export const rootOf = (kind: string) => ({
  apiVersion: 'api.cerbos.dev/v1',
  resourcePolicy: { resource: kind, version: 'runtime' },
})

function run(program: string, folder: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['compile', '.', '--output=json', '--color=never'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV, CERBOS_NO_TELEMETRY: '1' },
      timeout: compileMs,
      killSignal: 'SIGKILL',
    })
    const chunks: Buffer[] = []
    let size = 0
    const fail = (says: string) => reject(new AppError('upstream_failed', says))
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxOutput) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    child.once('error', () =>
      fail('The policy compiler could not be started. Ask your administrator to check CERBOS_PROGRAM.'),
    )
    child.once('close', (_code, signal) => {
      if (signal)
        return fail(
          'The policy compiler took too long, or said too much, and was ended. Make the policy or its tests smaller.',
        )
      try {
        resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      } catch {
        fail('The policy compiler gave no answer that can be read.')
      }
    })
  })
}

/** What the compiler says is wrong, at its line. */
function problemsOf(answer: unknown): Problem[] {
  if (!isRecord(answer)) return []
  const compileErrors = isRecord(answer.compileErrors) ? list(answer.compileErrors.errors) : []
  const lint = isRecord(answer.lintErrors) ? answer.lintErrors : {}
  const found = [
    ...compileErrors.map((each) => problemOf(each, each.position)),
    ...list(lint.load_failures).map((each) =>
      problemOf(each, isRecord(each.error_details) ? each.error_details.position : undefined),
    ),
  ]
  for (const [name, value] of Object.entries(lint))
    if (name !== 'load_failures' && value !== null)
      found.push({ file: null, line: null, column: null, says: `${name}: ${JSON.stringify(value).slice(0, 300)}` })
  return found
}

function problemOf(each: Json, at: unknown): Problem {
  const file = typeof each.file === 'string' && !each.file.startsWith('bailiwick') ? each.file : null
  const place = isRecord(at) ? at : {}
  return {
    file,
    line: Number.isInteger(place.line) ? (place.line as number) : null,
    column: Number.isInteger(place.column) ? (place.column as number) : null,
    says: String(each.description ?? each.error ?? 'It does not compile.').slice(0, 500),
  }
}

interface Suite {
  file: string
  name: string
  asked: number
  failed: number
  error: string | null
  failures: { test: string; principal: string; resource: string; action: string; expected: string; actual: string }[]
  /** Questions that were answered by yes although no was expected. */
  allowed: Set<string>
}

function suitesOf(answer: unknown): Suite[] {
  if (!isRecord(answer)) return []
  return list(answer.suites)
    .filter(
      ({ file }) =>
        typeof file === 'string' && (file === setFile || (isTestFile(file) && !file.startsWith('bailiwick'))),
    )
    .map((each) => {
      const suite: Suite = {
        ...{ file: String(each.file), name: String(each.name), asked: 0, failed: 0, failures: [], allowed: new Set() },
        error: typeof each.error === 'string' ? each.error.slice(0, 500) : null,
      }
      for (const test of list(each.testCases))
        for (const principal of list(test.principals))
          for (const resource of list(principal.resources))
            for (const action of list(resource.actions)) {
              const details = isRecord(action.details) ? action.details : {}
              suite.asked += 1
              if (details.result === 'RESULT_PASSED') continue
              suite.failed += 1
              const failure = isRecord(details.failure) ? details.failure : {}
              const question = {
                ...{ principal: String(principal.name), resource: String(resource.name), action: String(action.name) },
              }
              const actual = String(failure.actual ?? details.error ?? details.result)
              if (actual === 'EFFECT_ALLOW') suite.allowed.add(questionKey(question))
              else if (suite.file === setFile) suite.error ??= `${question.action}: ${actual}`
              if (suite.failures.length < 20)
                suite.failures.push({
                  test: String(test.name),
                  ...question,
                  expected: String(failure.expected ?? 'EFFECT_DENY'),
                  actual,
                })
            }
      return suite
    })
}
