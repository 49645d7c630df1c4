// node bundle.mjs FOLDER [NAME…]: bundles what runs beside the web server, or only those named, into a folder.
// In a process of its own, as esbuild leaves its service up.
import fs from 'node:fs'
import { build, stop } from 'esbuild'
import { inRoot, root } from './layout.mjs'

/** The bundles by their names; those whose source does not exist are left out. */
const ENTRIES = {
  worker: 'worker.ts',
  'parse-thread': 'lib/connections/server/parse-thread.ts',
  'graph-thread': 'lib/access-graph/server/serve-graph-thread.ts',
  import: 'scripts/import.ts',
  'audit-verify': 'scripts/audit-verify.ts',
  'review-verify': 'scripts/review-verify.ts',
  'keys-rotate': 'scripts/keys-rotate.ts',
  migrate: 'scripts/migrate.mjs',
}

/** Only when they are named: what measures and tries the product is no part of it. */
const NAMED = {
  'fuzz-import': 'bench/fuzz-import.ts',
  'fuzz-thread': 'bench/fuzz/thread.ts',
  'import-memory': 'bench/import-memory.ts',
  'bench-sync': 'bench/sync.ts',
}

const [folder = 'dist', ...only] = process.argv.slice(2)
const entryPoints = Object.fromEntries(
  Object.entries(only.length === 0 ? ENTRIES : { ...ENTRIES, ...NAMED })
    .filter(([name]) => only.length === 0 || only.includes(name))
    .filter(([, source]) => fs.existsSync(inRoot(source))),
)

// What is built in part may be in use by others meanwhile.
if (only.length === 0) fs.rmSync(inRoot(folder), { recursive: true, force: true })
try {
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    minifySyntax: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    tsconfig: 'tsconfig.json',
    // Native addons stay packages, or away where they are optional; the standalone server's node_modules holds them in a container.
    external: ['@node-rs/argon2', 'pg-native', 'cpu-features', '*.node'],
    // Throws outside a React server, which none of these is.
    alias: { 'server-only': './lib/platform/testing/server-only.ts' },
    // CommonJS packages inside an ES module.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'\nconst require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname",
    },
  })
} finally {
  await stop()
}
