// Plants a violation of every rule in a small tree and sees its check fail; the same tree without them passes.
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cerbosProgram } from './lib/cerbos.mjs'
import { root } from './lib/layout.mjs'
import { checkStructure } from './lib/structure-rules'

const bin = (name: string) => path.join(root, 'node_modules', '.bin', name)
const folders: string[] = []

afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
})

/** A folder with these files, this repository's configuration and its packages. */
function tree(files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'planted-'))
  folders.push(folder)
  const configuration = ['package.json', 'tsconfig.json', 'biome.json', 'knip.json', '.gitignore', '.secretlintrc.json']
  for (const file of configuration) fs.copyFileSync(path.join(root, file), path.join(folder, file))
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    fs.writeFileSync(path.join(folder, file), text)
  }
  return folder
}

function run(cwd: string, program: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, NO_COLOR: '1', CERBOS_NO_TELEMETRY: '1' }
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr })
    })
  })
}

/** A tree in which everything is where it belongs. */
const sound: Record<string, string> = {
  'app/page.tsx': "import { ThingList } from '@/components/things/thing-list'\nexport default ThingList\n",
  'app/api/v1/things/route.ts':
    "import { listThings } from '@/lib/things/server/endpoints'\nexport const GET = () => listThings\n",
  'components/ui/button.tsx': 'export const Button = () => <button type="button">Go</button>\n',
  'components/things/thing-list.tsx':
    "import { ThingKind } from '@/lib/things/schema'\nimport { Button } from '../ui/button'\nexport const ThingList = () => <Button key={ThingKind} />\n",
  'lib/things/schema.ts': "export const ThingKind = 'bot'\n",
  'lib/things/rules.ts':
    "import { ThingKind } from './schema'\nexport const isBot = (kind: string) => kind === ThingKind\n",
  'lib/things/server/list-things.ts':
    "import { isBot } from '../rules'\nimport { find } from './store'\nexport const listThings = () => find().filter(isBot)\n",
  'lib/things/server/endpoints.ts': "export { listThings } from './list-things'\nexport const tag = 'things'\n",
  'lib/things/server/store.ts':
    "import { client } from '@/lib/platform/db/client'\nexport const find = () => client.rows\n",
  'lib/others/server/store.ts': 'export const secret = 1\n',
  'lib/others/filters.ts': 'export const filter = 1\n',
  'lib/connectors/contract.ts': "export const kinds = ['bot']\n",
  'lib/connectors/paper/index.ts': "export { kinds } from '../contract'\n",
  'lib/connectors/cloud/index.ts': "export { kinds } from '../contract'\n",
  'lib/platform/db/client.ts': 'export const client = { rows: [] as string[] }\n',
  'lib/platform/errors.ts': 'export class AppError extends Error {}\n',
  'lib/platform/testing/database.ts': 'export const database = 1\n',
  'worker.ts': "import { listThings } from './lib/things/server/list-things'\nlistThings()\n",
}

describe('structure', () => {
  const rulesOf = (files: Record<string, string>, machinePath = '/srv/clone') =>
    checkStructure(
      Object.entries(files).map(([file, text]) => ({ path: file, text })),
      machinePath,
    )

  it('finds nothing in a sound tree', () => {
    expect(rulesOf(sound)).toEqual([])
  })

  const lines = (count: number) => 'x\n'.repeat(count)
  it.each([
    ['top-level', 'source/thing.ts', ''],
    ['top-level', 'notes.txt', ''],
    ['app-vocabulary', 'app/things/load-things.ts', ''],
    ['component-folder', 'components/widgets/widget.tsx', ''],
    ['component-folder', 'components/widget.tsx', ''],
    ['platform-list', 'lib/platform/cache/cache.ts', ''],
    ['platform-list', 'lib/platform/clock.ts', ''],
    ['connector-root', 'lib/connectors/parse.ts', ''],
    ['noun-vocabulary', 'lib/things/service.ts', ''],
    ['noun-vocabulary', 'lib/things/schema.tsx', ''],
    ['noun-folder', 'lib/things/client/schema.ts', ''],
    ['noun-folder', 'lib/things/server/deep/list-things.ts', ''],
    ['noun-folder', 'lib/things.ts', ''],
    ['server-vocabulary', 'lib/things/server/thing-service.ts', ''],
    ['server-vocabulary', 'lib/things/server/list.ts', ''],
    ['empty-name', 'components/ui/utils.ts', ''],
    ['empty-name', 'components/ui/date-helpers.ts', ''],
    ['empty-name', 'components/ui/misc/button.tsx', ''],
    ['empty-name', 'scripts/common.mjs', ''],
    ['empty-name', 'scripts/shared.mjs', ''],
    ['empty-name', 'scripts/queue-manager.mjs', ''],
    ['empty-name', 'scripts/base.ts', ''],
    ['empty-name', 'lib/platform/db/types.ts', ''],
    ['kebab-case', 'components/ui/BigButton.tsx', ''],
    ['kebab-case', 'components/ui/big_button.tsx', ''],
    ['file-size', 'components/ui/long.tsx', lines(401)],
    ['page-size', 'app/things/page.tsx', lines(60)],
    ['route-size', 'app/api/v1/long/route.ts', lines(20)],
    ['no-barrels', 'components/ui/index.ts', "export * from './button'\nexport { a } from './a'\n"],
    ['no-barrels', 'lib/things/server/list-all.ts', "// all\nexport type { A } from './store'\n"],
    ['registry-host', 'docs/setup.md', `see https://registry.${'npmjs'}.org`],
    ['machine-path', 'docs/paths.md', 'in /srv/clone/lib'],
    ['kept-word', 'lib/things/server/list-all.ts', 'export const all = () => writerFor(tenant).thing.findMany()\n'],
    ['kept-word', 'lib/things/server/store.ts', 'export const all = () => installationClient().thing.findMany()\n'],
  ])('%s: %s', (rule, file, text) => {
    const findings = rulesOf({ ...sound, [file]: text })
    expect(findings).toEqual([expect.objectContaining({ level: 'error', rule, path: file })])
  })

  it('warns past 250 lines, and leaves 400 alone otherwise', () => {
    const at = (count: number) => rulesOf({ ...sound, 'scripts/long.mjs': lines(count) }).map(({ level }) => level)
    expect([at(250), at(251), at(400)]).toEqual([[], ['warning'], ['warning']])
  })

  it('ends with 1 as a program', async () => {
    const check = (folder: string) => run(root, bin('tsx'), 'scripts/check-structure.ts', folder)
    expect(await check(tree(sound))).toMatchObject({ code: 0 })
    const planted = await check(tree({ ...sound, 'lib/things/service.ts': '' }))
    expect(planted.code).toBe(1)
    expect(planted.output).toContain('noun-vocabulary: lib/things/service.ts')
  }, 60_000)
})

describe('imports', () => {
  /** For each rule of .dependency-cruiser.cjs at least one file that breaks it, by what it imports. */
  const planted: [rule: string, file: string, imported: string][] = [
    ['app-opens-doors-only', 'app/a/page.tsx', '@/lib/things/server/store'],
    ['app-opens-doors-only', 'app/b/page.tsx', '@/lib/things/rules'],
    ['app-opens-doors-only', 'app/c/page.tsx', '@/lib/connectors/contract'],
    ['worker-opens-doors-only', 'worker.ts', './lib/things/server/store'],
    ['no-prisma-in-app-or-components', 'app/d/page.tsx', '@/lib/platform/db/client'],
    ['no-prisma-in-app-or-components', 'components/things/raw.tsx', 'pg'],
    ['components-stay-in-the-browser', 'components/things/a.tsx', '@/lib/things/server/list-things'],
    ['components-know-little-of-the-platform', 'components/things/b.tsx', '@/lib/platform/db/client'],
    ['components-know-no-connector', 'components/things/c.tsx', '@/lib/connectors/paper'],
    ['components-of-one-noun', 'components/things/d.tsx', '@/lib/others/filters'],
    ['primitives-know-no-noun', 'components/ui/a.tsx', '@/lib/things/schema'],
    ['primitives-know-no-noun', 'components/ui/b.tsx', '../things/thing-list'],
    ['server-of-one-noun', 'lib/things/server/get-a.ts', '@/components/ui/button'],
    ['server-of-one-noun', 'lib/things/server/get-b.ts', '@/lib/others/filters'],
    ['store-is-private', 'lib/things/server/get-c.ts', '@/lib/others/server/store'],
    ['store-serves-use-cases-only', 'lib/things/actions.ts', './server/store'],
    ['store-serves-use-cases-only', 'prisma/seed.ts', '@/lib/things/server/store'],
    ['nouns-know-connectors-by-contract', 'lib/things/server/get-d.ts', '@/lib/connectors/paper'],
    ['rules-are-pure', 'lib/pure/rules.ts', 'date-fns'],
    ['rules-are-pure', 'lib/stray/rules.ts', '@/lib/platform/errors'],
    ['root-files-are-safe-for-the-browser', 'lib/safe/schema.ts', '@/lib/platform/db/client'],
    ['root-files-are-safe-for-the-browser', 'lib/safe/queries.ts', '@/lib/things/server/list-things'],
    ['root-files-use-no-node', 'lib/node/filters.ts', 'node:fs'],
    ['connectors-stand-alone', 'lib/connectors/paper/a.ts', '../../platform/errors'],
    ['connectors-stand-alone', 'lib/connectors/paper/b.ts', '@/lib/things/schema'],
    ['connectors-stand-alone', 'lib/connectors/paper/c.ts', 'next/headers'],
    ['connectors-stand-alone', 'lib/connectors/paper/d.ts', 'pg-copy-streams'],
    ['drivers-in-clients', 'lib/connectors/paper/hands.ts', 'pg'],
    ['addresses-are-judged-in-one-place', 'lib/connectors/paper/client.ts', 'ipaddr.js'],
    ['connectors-do-not-meet', 'lib/connectors/paper/e.ts', '../cloud'],
    ['engines-are-pure', 'lib/things/engine/a.ts', '@/lib/platform/errors'],
    ['platform-knows-no-noun', 'lib/platform/audit/a.ts', '@/lib/things/schema'],
    ['platform-knows-no-noun', 'lib/platform/audit/b.ts', '@/components/ui/button'],
    ['prisma-in-platform-and-stores', 'lib/things/server/get-e.ts', 'pg'],
    ['no-cycles', 'lib/platform/audit/one.ts', './two'],
    ['no-unresolved-imports', 'lib/platform/audit/c.ts', './nowhere'],
    ['product-code-uses-no-development-package', 'lib/platform/audit/d.ts', 'vitest'],
    ['test-plumbing-stays-in-tests', 'lib/platform/audit/e.ts', '../testing/database'],
  ]

  it('passes a sound tree', async () => {
    const { code, output } = await run(root, process.execPath, 'scripts/check-imports.mjs', tree(sound))
    expect(output).toContain('0 violations')
    expect(code).toBe(0)
  }, 60_000)

  it('finds each planted violation, and every rule has one', async () => {
    const files = Object.fromEntries(
      planted.map(([, file, imported]) => [file, `import * as it from '${imported}'\nexport const one = it\n`]),
    )
    const cycle = { 'lib/platform/audit/two.ts': "import { one } from './one'\nexport const two = () => one\n" }
    const folder = tree({ ...sound, ...files, ...cycle })
    const { code, output } = await run(root, process.execPath, 'scripts/check-imports.mjs', folder)
    expect(code).toBe(1)
    const missed = planted.filter(([rule, file]) => !output.includes(`${rule}: ${file} -> `))
    expect(missed).toEqual([])
    const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
      forbidden: { name: string; severity: string }[]
    }
    expect(new Set(forbidden.map(({ name }) => name))).toEqual(new Set(planted.map(([rule]) => rule)))
    expect(forbidden.every(({ severity }) => severity === 'error')).toBe(true)
  }, 60_000)
})

describe('linter', () => {
  const planted: [rule: string, text: string][] = [
    ['suspicious/noExplicitAny', 'export const a = (b: any) => b\n'],
    ['style/noNonNullAssertion', 'export const a = (b: string | undefined) => b!\n'],
    ['style/noEnum', 'export enum A {\n  B,\n}\n'],
    ['style/noNamespace', 'export namespace A {\n  export const b = 1\n}\n'],
    ['style/noDefaultExport', 'const a = 1\nexport default a\n'],
    ['nursery/noFloatingPromises', 'async function a() {}\nexport function b() {\n  a()\n}\n'],
    ['suspicious/noConsole', "console.log('a')\n"],
    ['style/useImportType', "import { A } from './a'\nexport const b = (a: A) => a\n"],
    ['style/useNodejsImportProtocol', "import fs from 'fs'\nexport const a = fs\n"],
    ['style/useThrowOnlyError', "export const a = () => {\n  throw 'a'\n}\n"],
    ['style/noParameterAssign', 'export function a(b: number) {\n  b = 1\n  return b\n}\n'],
    ['correctness/noUnusedVariables', 'const a = 1\n'],
    ['correctness/noUnusedImports', "import a from './a'\n"],
    ['security/noDangerouslySetInnerHtml', "export const A = () => <p dangerouslySetInnerHTML={{ __html: '' }} />\n"],
    ['suspicious/noFocusedTests', "it.only('a', () => {})\n"],
    ['suspicious/noSkippedTests', "it.skip('a', () => {})\n"],
    ['suspicious/noTsIgnore', '// @ts-ignore\nexport const a = 1\n'],
    ['format', 'export const a   =  1;\n'],
  ]

  it('fails on each planted violation and passes without', async () => {
    const file = (rule: string) => `scripts/${rule.replace('/', '-').toLowerCase()}.tsx`
    const folder = tree(Object.fromEntries(planted.map(([rule, text]) => [file(rule).replace('scripts', 'lib'), text])))
    const { code, output } = await run(
      folder,
      bin('biome'),
      'check',
      '--max-diagnostics=none',
      '--reporter=github',
      'lib',
    )
    expect(code).toBe(1)
    const missed = planted.filter(([rule]) => {
      const name = file(rule).replace('scripts', 'lib')
      return !output
        .split('\n')
        .some((line) => line.startsWith('::error') && line.includes(rule) && line.includes(name))
    })
    expect(missed).toEqual([])
    const clean = tree({ 'lib/things/schema.ts': sound['lib/things/schema.ts'] ?? '' })
    expect(await run(clean, bin('biome'), 'check', 'lib')).toMatchObject({ code: 0 })
  }, 60_000)
})

describe('the other checks', () => {
  it('compiler: a type error', async () => {
    const check = (text: string) => run(tree({ 'lib/things/schema.ts': text }), bin('tsc'), '--noEmit', '-p', '.')
    expect(await check('export const a = 1\n')).toMatchObject({ code: 0 })
    const planted = await check('export const a: string = [1, 2][0]\n')
    expect(planted.code).not.toBe(0)
    expect(planted.output).toContain('TS2322')
  }, 60_000)

  it('secretlint: an access key, a token, a private key', async () => {
    const check = (text: string) => run(tree({ 'lib/a.ts': text }), bin('secretlint'), 'lib/**/*')
    const secrets = [
      `AWS_SECRET_ACCESS_KEY = ${'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY'}\n`,
      `export const a = 'ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}'\n`,
      `-----BEGIN RSA PRIVATE ${'KEY'}-----\n${'MIIEpAIBAAKCAQEA'.repeat(20)}\n-----END RSA PRIVATE ${'KEY'}-----\n`,
    ]
    const codes = await Promise.all(['export const a = 1\n', ...secrets].map(async (text) => (await check(text)).code))
    expect(codes).toEqual([0, 1, 1, 1])
  }, 120_000)

  it('knip: a file, an export and a dependency that nobody uses', async () => {
    const packages = { name: 'planted', type: 'module', dependencies: { zod: '*' } }
    const config = { entry: ['worker.ts'], project: ['**/*.ts'] }
    const files = {
      'worker.ts': "import { z } from 'zod'\nimport { used } from './lib/a'\nused(z)\n",
      'lib/a.ts': 'export const used = (a: unknown) => a\n',
    }
    const check = (more: Record<string, string>, dependencies: Record<string, string> = packages.dependencies) => {
      const folder = tree({ ...files, ...more })
      fs.rmSync(path.join(folder, 'biome.json'))
      fs.writeFileSync(path.join(folder, 'knip.json'), JSON.stringify(config))
      fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...packages, dependencies }))
      return run(folder, bin('knip'), '--no-progress')
    }
    const [clean, file, name, dependency] = await Promise.all([
      check({}),
      check({ 'lib/orphan.ts': 'export const a = 1\n' }),
      check({ 'lib/a.ts': 'export const used = (a: unknown) => a\nexport const orphan = 1\n' }),
      check({}, { zod: '*', pg: '*' }),
    ])
    expect([clean?.output.trim(), clean?.code]).toEqual(['', 0])
    expect([file?.code, file?.output]).toEqual([1, expect.stringContaining('lib/orphan.ts')])
    expect([name?.code, name?.output]).toEqual([1, expect.stringContaining('orphan')])
    expect([dependency?.code, dependency?.output]).toEqual([1, expect.stringContaining('pg')])
  }, 120_000)

  it('policies: one permission too many', async () => {
    const folder = tree({})
    fs.cpSync(path.join(root, 'policies'), path.join(folder, 'policies'), { recursive: true })
    const file = path.join(folder, 'policies', 'console', 'source.yaml')
    const before = await run(folder, cerbosProgram(), 'compile', 'policies')
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('roles: [admin]', 'roles: [admin, auditor]'))
    const after = await run(folder, cerbosProgram(), 'compile', 'policies')
    expect(before.code).toBe(0)
    expect(after.code).not.toBe(0)
    expect(after.output).toContain('auditor')
  }, 60_000)
})
