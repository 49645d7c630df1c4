// What the documents say must be so: links, paths, commands and variables are looked up in the repository.
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const skipped = new Set(['node_modules', '.git', '.next', '.data', 'dist', 'fixtures', 'generated', 'test-results'])

/** Files below a folder, relative to the root. */
function filesIn(folder: string, wanted: RegExp): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const at = path.posix.join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesIn(at, wanted)
    return wanted.test(entry.name) ? [at] : []
  })
}

const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8')
const exists = (file: string) => fs.existsSync(path.join(root, file))
const documents = filesIn('', /\.md$/).map((file) => ({ file, text: read(file) }))
const readme = read('README.md')

/** Every match of the pattern's first group, with the document in which it stands. */
function mentions(pattern: RegExp, without?: RegExp): { file: string; found: string }[] {
  return documents.flatMap(({ file, text }) =>
    [...(without ? text.replaceAll(without, '') : text).matchAll(pattern)].map(([, found = '']) => ({ file, found })),
  )
}

const blocks = /^```[\s\S]*?^```/gm

/** The name under which a heading can be linked to. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[`*[\]]/g, '')
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

function isDead({ file, found }: { file: string; found: string }): boolean {
  if (/^[a-z]+:/.test(found)) return false
  const [target = '', anchor] = found.split('#')
  const place = target === '' ? file : path.posix.join(path.posix.dirname(file), target)
  if (!exists(place)) return true
  if (anchor === undefined) return false
  return ![...read(place).matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor)
}

describe('documents', () => {
  it('link to what is there', () => {
    const links = [
      ...mentions(/\]\(([^)\s]+)\)/g, blocks),
      ...mentions(/<(?:img|source)\b[^>]*\b(?:src|srcset)="([^"\s]+)"/g),
    ]
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter(isDead)).toEqual([])
  })

  it('name files that are there', () => {
    const places = /`((?:app|components|lib|policies|prisma|scripts|docs|e2e|public)\/[\w./()[\]-]*\w)\/?`/g
    const named = mentions(places)
    expect(named.length).toBeGreaterThan(40)
    // A README of a folder may name what lies beside it.
    const dead = named.filter(({ file, found }) => !exists(found) && !exists(`${path.dirname(file)}/${found}`))
    expect(dead).toEqual([])
  })

  it('name commands that npm knows', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const commands = mentions(/npm run (?:-s )?([a-z][\w:-]*)/g)
    expect(commands.length).toBeGreaterThan(10)
    expect(commands.filter(({ found }) => !(found in scripts))).toEqual([])
  })

  it('name checks and parts of the suite that their commands know', () => {
    const keysOf = (file: string) => [...read(file).matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name)
    const checks = mentions(/npm run check -- ([a-z ]+)/g).map(({ found }) => found.trim().split(' '))
    expect(checks.flat().filter((name) => !keysOf('scripts/check.mjs').includes(name))).toEqual([])
    const parts = mentions(/npm test -- ([a-z0-9]+)/g).map(({ found }) => found)
    expect(parts.filter((name) => !keysOf('scripts/lib/suite.mjs').includes(name))).toEqual([])
  })

  it('have decision records numbered without a gap, each with its number in the title', () => {
    const records = fs.readdirSync(path.join(root, 'docs/decisions')).sort()
    const numbers = records.map((_, index) => String(index + 1).padStart(3, '0'))
    expect(records.map((name) => name.slice(0, 3))).toEqual(numbers)
    for (const name of records) expect(read(`docs/decisions/${name}`)).toMatch(`# ${name.slice(0, 3)} · `)
  })
})

/** Variables that the machine, npm, Next or our own commands set; nobody configures them. */
const internal = [
  ...['NODE_ENV', 'NEXT_RUNTIME', 'PATH', 'HOME', 'CI', 'INIT_CWD', 'VITEST', 'VITEST_POOL_ID'],
  ...['TEST_SERVICES', 'INSTANCE_ID', 'NEXTAUTH_URL', 'APP_ROOT'],
]

/** The names in the table under a heading of the README. */
function tableNames(heading: string): string[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = '']) => name)
}

describe('configuration', () => {
  const documented = tableNames('Configuration')
  const parsed = [...read('lib/platform/env.ts').matchAll(/^ {4}([A-Z_]+):/gm)].map(([, name = '']) => name)
  const sources = ['lib', 'scripts', 'prisma', 'app', 'components'].flatMap((top) => filesIn(top, /\.(tsx?|mjs)$/))
  const readDirectly = sources
    .filter((file) => !/\.test\.tsx?$/.test(file) && !file.includes('/testing/'))
    .flatMap((file) => [...read(file).matchAll(/process\.env\.([A-Z_]+)/g)].map(([, name = '']) => name))

  it('is documented wherever it is read', () => {
    expect(parsed.length).toBeGreaterThan(10)
    const known = [...documented, ...internal]
    expect([...new Set([...parsed, ...readDirectly])].filter((name) => !known.includes(name))).toEqual([])
  })

  it('is read wherever it is documented', () => {
    expect(documented.filter((name) => ![...parsed, ...readDirectly].includes(name))).toEqual([])
    expect(new Set(documented).size).toBe(documented.length)
  })

  it('has an example for every variable that compose.yaml asks for, and no other', () => {
    const asked = [...read('compose.yaml').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name = '']) => name)
    const given = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)
    expect(given.toSorted()).toEqual([...new Set(asked)].toSorted())
  })
})
