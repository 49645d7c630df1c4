// npm start: the whole product with one command. `node:` imports only until the packages are installed.
import { demandNode, demandPlatform, ensureInstalled } from './lib/install.mjs'
import { report } from './lib/messages.mjs'

try {
  demandNode()
  demandPlatform()
  await ensureInstalled()
} catch (error) {
  report(error)
  process.exit(1)
}

const { serve } = await import('./lib/serve.mjs')
const { build } = await import('./lib/build.mjs')
const { inRoot } = await import('./lib/layout.mjs')

await serve({
  profile: 'start',
  mark: 'scripts/start.mjs',
  launch: {
    threads: async () => inRoot('dist'),
    build: (signal) => build({ signal }),
    children: ({ env, logs }) => [
      { name: 'worker', script: inRoot('dist', 'worker.mjs'), flags: ['--enable-source-maps'], env, logs },
      { name: 'server', script: inRoot('.next', 'standalone', 'server.js'), env, logs },
    ],
  },
})
