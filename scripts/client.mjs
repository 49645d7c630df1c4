// npm run client: the Prisma client from prisma/schema. `npm start`, `npm test` and `npm run dev` call it by themselves.
import { report, say } from './lib/messages.mjs'
import { generatePrismaClient } from './lib/prisma-client.mjs'

try {
  say(generatePrismaClient() ? 'Prisma client generated.' : 'Prisma client is up to date.')
} catch (error) {
  report(error)
  process.exitCode = 1
}
