// The tree's own rules: `tsx scripts/check-structure.ts [root]`. Fixtures and generated files are not looked at.
import fs from 'node:fs'
import path from 'node:path'
import { checkStructure, type SourceFile } from './lib/structure-rules'

const skipped = new Set([
  'node_modules',
  '.git',
  '.next',
  '.data',
  'dist',
  'fixtures',
  'generated',
  'test-results',
  'playwright-report',
])
const readable = /\.(tsx?|mjs|cjs|js|css|json|md|ya?ml|prisma|sql|html)$|^(Dockerfile|LICENSE|\.[a-z]+)$/
const root = path.resolve(process.argv[2] ?? '.')

function* walk(folder: string): Generator<SourceFile> {
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const at = path.posix.join(folder, entry.name)
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* walk(at)
    else if (entry.isFile() && !isLocal(at))
      yield { path: at, text: readable.test(entry.name) ? fs.readFileSync(path.join(root, at), 'utf8') : '' }
  }
}

/** Files that git ignores: secrets and caches of one clone. */
function isLocal(file: string): boolean {
  return /^\.env(\..*)?$/.test(file) || file.endsWith('.tsbuildinfo') || file === 'next-env.d.ts'
}

const files = [...walk('')]
const findings = checkStructure(files, root)
for (const { level, rule, path: at, message } of findings) process.stderr.write(`${level}: ${rule}: ${at} ${message}\n`)
const errors = findings.filter(({ level }) => level === 'error').length
process.stdout.write(`structure: ${files.length} files, ${errors} errors, ${findings.length - errors} warnings\n`)
process.exitCode = errors > 0 ? 1 : 0
