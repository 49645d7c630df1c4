// npm run dev: the same services as `npm start` on data of their own, with hot reload of screens and worker.
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
const { buildThreads } = await import('./lib/build.mjs')
const { generatePrismaClient } = await import('./lib/prisma-client.mjs')
const { inRoot } = await import('./lib/layout.mjs')

generatePrismaClient()
await serve({
  profile: 'dev',
  mark: 'scripts/dev.mjs',
  launch: {
    threads: buildThreads,
    children: ({ env, logs }) => {
      const development = { ...env, NODE_ENV: 'development' }
      const tsx = inRoot('node_modules', 'tsx', 'dist', 'cli.mjs')
      const next = inRoot('node_modules', 'next', 'dist', 'bin', 'next')
      const address = ['--port', env.PORT ?? '', '--hostname', env.HOSTNAME ?? '']
      return [
        // `server-only` is an empty module to a React server and an error to everything else.
        {
          name: 'worker',
          script: tsx,
          args: ['watch', '--conditions=react-server', 'worker.ts'],
          env: development,
          logs,
          print: true,
        },
        { name: 'server', script: next, args: ['dev', ...address], env: development, logs, print: true },
      ]
    },
  },
})
