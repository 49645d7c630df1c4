// What a file may be called, where it may lie and how long it may be. Pure: the caller reads the files.

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string
  text: string
}

export interface Finding {
  level: 'error' | 'warning'
  rule: string
  path: string
  message: string
}

const topFolders = [
  'app',
  'components',
  'lib',
  'policies',
  'prisma',
  'e2e',
  'bench',
  'clients',
  'scripts',
  'docs',
  'public',
  '.ci',
  '.github',
]
const topFiles = [
  ...[
    'worker.ts',
    'proxy.ts',
    'proxy.test.ts',
    'next.config.js',
    'next.config.ts',
    'next.config.mjs',
    'instrumentation.ts',
    'next-env.d.ts',
  ],
  ...[
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.check.json',
    'biome.json',
    'knip.json',
    'vitest.config.ts',
  ],
  ...[
    'playwright.config.ts',
    'postcss.config.mjs',
    'components.json',
    'prisma.config.ts',
    'compose.yaml',
    'Dockerfile',
  ],
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE'],
]
const primitiveFolders = ['ui', 'data-table', 'graph', 'charts', 'shell']
const platformEntries = [
  ...['auth', 'authz', 'audit', 'browser', 'crypto', 'db', 'files', 'http', 'jobs', 'telemetry', 'testing'],
  ...['context.ts', 'env.ts', 'errors.ts', 'README.md'],
]
const rootVocabulary = [
  'schema',
  'rules',
  'filters',
  'address',
  'filter-text',
  'score',
  'blast-radius',
  'blast-parts',
  'what-if',
  'worth',
  'values',
  'edits',
  'history',
  'drills',
  'drill-queries',
  'held-credentials',
  'findings',
  'live',
  'policies',
  'delivery',
  'twins',
  'due-dates',
  'policy-queries',
  'templates',
  'items',
  'evidence',
  'remedies',
  'queries',
  'actions',
]
const serverVocabulary = ['store', 'endpoints', 'jobs']
/** What has grown out of the first two: `store-graph`, `endpoints-sensitivity`. */
const serverPart = /^(store|endpoints)-./
const useCaseVerbs = [
  ...['get', 'list', 'search', 'resolve', 'preview', 'verify', 'present', 'read', 'parse', 'map'],
  ...['create', 'update', 'delete', 'merge', 'apply', 'write', 'record', 'enqueue', 'discard', 'set'],
  ...['assign', 'confirm', 'transfer', 'suggest', 'accept', 'request', 'approve', 'certify', 'expire'],
  ...[
    'revoke',
    'rotate',
    'switch',
    'sign',
    'restore',
    'export',
    'leave',
    'refresh',
    'load',
    'serve',
    'mark',
    'score',
    'find',
    'sync',
    'cancel',
    'open',
    'notify',
    'send',
    'launch',
    'close',
    'decide',
    'undo',
    'escalate',
    'remind',
    'remediate',
    'report',
    'quality',
    'activate',
    'end',
  ],
]
const appVocabulary = [
  ...['page', 'layout', 'route', 'loading', 'error', 'not-found', 'global-error', 'template', 'default', 'forbidden'],
  ...['unauthorized', 'icon', 'apple-icon', 'opengraph-image', 'manifest', 'robots', 'sitemap', 'globals'],
]
/** Names that say nothing; the first group not even as a part of a longer name. */
const emptyWords = ['utils', 'util', 'helpers', 'helper', 'misc', 'manager']
const emptyNames = [...emptyWords, 'common', 'shared', 'base', 'types']
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** What only a few files may name, by what it opens. */
const keptWords: Record<string, { allowed: RegExp; why: string }> = {
  writerFor: {
    allowed:
      /^(lib\/platform\/(db\/(client|commit)|auth\/api-key-actor|testing\/[^/]+)|scripts\/lib\/structure-rules)\.ts$/,
    why: 'write by ctx.commit, which leaves an audit event',
  },
  installationClient: {
    allowed:
      /^(lib\/platform\/(db\/client|auth\/[^/]+|testing\/[^/]+)|lib\/(users|organizations|lifecycle|notifications|grants|break-glass|signals)\/server\/store|prisma\/(demo\/people|factories\/fleet-people)|bench\/inventory|scripts\/lib\/structure-rules)\.ts$/,
    why: 'it serves auth, people and look-ups before an organization is known',
  },
}

const isCode = (path: string) => /\.(tsx?|mjs|cjs|js|css)$/.test(path)
const isTest = (path: string) => /\.test(-d)?\.tsx?$/.test(path)
const linesOf = (text: string) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

/** `a/b/c.int.test.ts` → folders `['a', 'b']`, stem `c`. */
function split(path: string): { folders: string[]; name: string; stem: string } {
  const folders = path.split('/')
  const name = folders.pop() ?? ''
  return { folders, name, stem: name.replace(/(\.(int|property|test|test-d|d|spec|config))*\.[a-z]+$/, '') }
}

/** Every rule over every file. `machinePath` is the folder of this clone, which no file may name. */
export function checkStructure(files: readonly SourceFile[], machinePath: string): Finding[] {
  const nouns = new Set(files.flatMap(({ path }) => /^lib\/([^/]+)\//.exec(path)?.[1] ?? []))
  return files.flatMap((file) => [
    ...checkPlace(file, nouns),
    ...checkName(file),
    ...checkSize(file),
    ...checkContent(file, machinePath),
  ])
}

function error(rule: string, path: string, message: string): Finding {
  return { level: 'error', rule, path, message }
}

/** Where things lie: closed lists of folders, and of file names in each noun. */
function checkPlace({ path }: SourceFile, nouns: Set<string>): Finding[] {
  const { folders, name, stem } = split(path)
  const [top, second, third] = folders
  if (top === undefined) {
    return topFiles.includes(name) || name.startsWith('.')
      ? []
      : [error('top-level', path, 'is not a known file of the root')]
  }
  if (!topFolders.includes(top)) return [error('top-level', path, `${top}/ is not a folder of the tree`)]
  if (top === 'app' && isCode(path) && !appVocabulary.includes(stem)) {
    return [error('app-vocabulary', path, 'app/ holds URLs only: page, layout, route, error and their like')]
  }
  if (top === 'components' && !(second && (primitiveFolders.includes(second) || nouns.has(second)))) {
    return [error('component-folder', path, 'components/ holds primitives and one folder for each noun of lib/')]
  }
  if (top !== 'lib') return []
  if (second === 'platform') {
    const entry = third ?? (isTest(path) ? `${stem}.ts` : name)
    return platformEntries.includes(entry)
      ? []
      : [error('platform-list', path, `lib/platform is a closed list without ${entry}`)]
  }
  if (second === 'connectors') return checkConnector(path, third, name)
  return checkNoun(path, folders, name, stem)
}

function checkConnector(path: string, connector: string | undefined, name: string): Finding[] {
  if (connector !== undefined) return []
  const known = [
    'contract.ts',
    'registry.ts',
    'record-graph.ts',
    'crowds.ts',
    'crowds.test.ts',
    'sample-file.ts',
    'sample-file.test.ts',
    'record-set.ts',
    'json-fields.ts',
    'personal-key.ts',
    'walk-answers.ts',
    'walk-answers.test.ts',
    'word-table.ts',
    'word-table.test.ts',
    'instants.ts',
    'live-contract.ts',
    'live-connector.ts',
    'live-connector.test.ts',
    'live-config.ts',
    'live-error.ts',
    'live-registry.ts',
    'live-registry.test.ts',
    'outbound.ts',
    'outbound.test.ts',
    'outbound-http.ts',
    'row-source.ts',
    'outbound-http.test.ts',
    'json-source.ts',
    'json-source.test.ts',
    'linked-pages.ts',
    'linked-pages.test.ts',
    'rehearsal.ts',
    'long-reading.ts',
    'snapshot-pages.ts',
    'snapshot-pages.test.ts',
    'retry.ts',
    'retry.test.ts',
    'secret.ts',
    'secret.test.ts',
    'conformance.int.test.ts',
    'conformance-discovery.int.test.ts',
    'conformance.test.ts',
    'README.md',
    'registry.property.test.ts',
    'contract.test.ts',
  ]
  return known.includes(name)
    ? []
    : [error('connector-root', path, `beside the connectors lie only ${known.join(', ')}`)]
}

function checkNoun(path: string, folders: string[], name: string, stem: string): Finding[] {
  if (folders.length === 1)
    return [error('noun-folder', path, 'lib/ holds folders only: a noun, connectors or platform')]
  if (folders.length === 2) {
    return rootVocabulary.includes(stem) && /\.ts$/.test(name)
      ? []
      : [error('noun-vocabulary', path, `a noun's root holds ${rootVocabulary.join(', ')} (.ts) and server/`)]
  }
  if (folders.length > 3 || !['server', 'engine'].includes(folders[2] ?? '')) {
    return [
      error(
        'noun-folder',
        path,
        'a noun has server/ and perhaps engine/ (pure algorithms), without folders of their own',
      ),
    ]
  }
  if (folders[2] === 'engine') return []
  const [verb, ...rest] = stem.split('-')
  // A test is named after the use case that it tests, or after what several of them do together.
  if (isTest(path)) return []
  const isUseCase = useCaseVerbs.includes(verb ?? '') && rest.length > 0
  if (/\.ts$/.test(name) && (serverVocabulary.includes(stem) || serverPart.test(stem) || isUseCase)) return []
  return [
    error(
      'server-vocabulary',
      path,
      `server/ holds ${serverVocabulary.join(', ')} (or store-<part>, endpoints-<part>) and <verb>-<noun>.ts; verbs: ${useCaseVerbs.join(' ')}`,
    ),
  ]
}

function checkName({ path }: SourceFile): Finding[] {
  const { folders, stem } = split(path)
  if (!isCode(path)) return []
  const parts = [...folders, stem].map((part) => part.replace(/^[[(@_.]+|[\])]+$/g, ''))
  const empty = parts.find(
    (part) => emptyNames.includes(part) || part.split('-').some((word) => emptyWords.includes(word)),
  )
  if (empty) return [error('empty-name', path, `"${empty}" says nothing: name what is in it`)]
  if (!path.startsWith('app/') && !stem.startsWith('.') && !kebab.test(stem))
    return [error('kebab-case', path, 'file names are kebab-case')]
  return []
}

function checkSize({ path, text }: SourceFile): Finding[] {
  if (!isCode(path)) return []
  const lines = linesOf(text)
  const { stem } = split(path)
  // What a route does counts, not where it takes it from: the one of the API's description names every feature.
  const own = linesOf(text.replace(/^(import .*\n)+/, ''))
  if (path.startsWith('app/') && stem === 'route' && own >= 20)
    return [error('route-size', path, `${own} lines beside its imports; a route has under 20`)]
  if (path.startsWith('app/') && stem === 'page' && lines >= 60)
    return [error('page-size', path, `${lines} lines; a page has under 60`)]
  if (lines > 400) return [error('file-size', path, `${lines} lines; no file has more than 400`)]
  if (lines > 250)
    return [{ level: 'warning', rule: 'file-size', path, message: `${lines} lines; past 250 a file wants to be two` }]
  return []
}

function checkContent({ path, text }: SourceFile, machinePath: string): Finding[] {
  const findings: Finding[] = []
  if (/registry\.(npmjs|yarnpkg)\.|npmmirror\./i.test(text)) {
    findings.push(error('registry-host', path, "names a package registry's host"))
  }
  if (text.includes(machinePath)) findings.push(error('machine-path', path, 'names a folder of this machine'))
  if (isCode(path) && isBarrel(text) && !/^lib\/connectors\/[^/]+\/index\.ts$/.test(path)) {
    findings.push(error('no-barrels', path, 'only passes on what other files export: import those'))
  }
  for (const [word, { allowed, why }] of Object.entries(keptWords)) {
    if (/\.ts$/.test(path) && !isTest(path) && text.includes(word) && !allowed.test(path)) {
      findings.push(error('kept-word', path, `names ${word}: ${why}`))
    }
  }
  return findings
}

/** Whether all that a file does is export from other files. */
function isBarrel(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').trim()
  const rest = code.replace(/export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+['"][^'"]+['"];?/g, '').trim()
  return code !== '' && rest === ''
}
