// npm run build: what `npm start` builds by itself; for container images.
import { build } from './lib/build.mjs'
import { report, say } from './lib/messages.mjs'

try {
  await build()
  say('The build is of this version.')
} catch (error) {
  report(error)
  process.exitCode = 1
}
