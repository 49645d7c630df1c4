import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { inRoot, root } from './layout.mjs'
import { readStamp, stampOf } from './stamp.mjs'

const output = inRoot('lib', 'platform', 'db', 'generated')

/** Generates the Prisma client when the schema has changed since the last time (1.5 s). @returns {boolean} whether it did */
export function generatePrismaClient() {
  if (!fs.existsSync(inRoot('prisma', 'schema'))) return false
  const stamp = stampOf(['prisma/schema', 'node_modules/prisma/package.json'])
  const mark = path.join(output, '.stamp')
  if (readStamp(mark) === stamp) return false
  fs.rmSync(mark, { force: true })
  // Every Prisma command first looks for an engine that it would download. `generate` never runs it: any program will do.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  try {
    execFileSync(
      process.execPath,
      [inRoot('node_modules', 'prisma', 'build', 'index.js'), 'generate', '--schema', 'prisma/schema', '--no-hints'],
      {
        cwd: root,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  } catch (error) {
    const { stdout, stderr } = /** @type {any} */ (error)
    throw new Error(`prisma generate failed.\n${stdout}${stderr}`)
  }
  fs.writeFileSync(mark, stamp)
  return true
}
