import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { ImportDetail } from '../lib/connections/schema'
import { applyNow } from '../lib/connections/server/apply-import'
import { getImport } from '../lib/connections/server/get-import'
import { previewImport } from '../lib/connections/server/preview-import'
import { contextForJob } from '../lib/platform/auth/request-context'
import { resolveOrganization } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'
import { isAppError } from '../lib/platform/errors'

const usage = `Usage: npm run -s import -- FILE... --org SLUG [--dry-run] [--instance NAME] [--columns JSON] [--accept-vanished]
Prints one JSON object last. Exit 0: imported or previewed; 1: failed; 2: a file is not of a known kind or the call is wrong.`

/** What the prompt prints: the counts that the screen shows, and what was left out. */
function summary(run: ImportDetail) {
  const formats = [...new Set(run.files.flatMap((file) => file.format ?? []))]
  const refused = run.files.flatMap((file) => [
    ...(file.error ? [{ file: file.name, at: '', reason: file.error }] : []),
    ...file.refused.map((entry) => ({ file: file.name, ...entry })),
  ])
  return {
    format: formats.length === 1 ? formats[0] : formats,
    ...run.counts,
    refused,
    status: run.status,
    changes: run.changes,
    id: run.id,
  }
}

/**
 * What a file is known by, and recognised by at the next import: its path from where the user stands, so that two files
 * of one name in two folders are two; the whole path for what lies elsewhere.
 */
function nameOf(folder: string, given: string): string {
  const whole = path.resolve(folder, given)
  const relative = path.relative(folder, whole)
  const name = relative.startsWith('..') || path.isAbsolute(relative) ? whole : relative
  return name.split(path.sep).join('/')
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      org: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      instance: { type: 'string' },
      columns: { type: 'string' },
      'accept-vanished': { type: 'boolean', default: false },
    },
  })
  if (positionals.length === 0 || !values.org) {
    console.error(usage)
    return 2
  }
  const folder = process.env.INIT_CWD ?? process.cwd()
  const files = await Promise.all(
    positionals.map(async (name) => ({
      name: nameOf(folder, name),
      bytes: new Uint8Array(await readFile(path.resolve(folder, name))),
      instance: values.instance,
      columns: values.columns ? (JSON.parse(values.columns) as Record<string, string>) : undefined,
    })),
  )
  const ctx = contextForJob((await resolveOrganization(values.org)).id, 'import at the prompt')
  const preview = await previewImport(ctx, files)
  const dry = values['dry-run']
  if (!dry && preview.status === 'previewed')
    await applyNow(ctx, { id: preview.id, acceptVanished: values['accept-vanished'] })
  const run = dry ? preview : await getImport(ctx, { id: preview.id })
  const first = run.files.find((file) => file.error)
  if (first) console.error(first.error)
  console.log(JSON.stringify(summary(run)))
  return run.files.every((file) => file.error === null) ? 0 : 2
}

void main()
  .catch((error: unknown) => {
    console.error(isAppError(error) || error instanceof Error ? error.message : String(error))
    return isAppError(error) && error.code !== 'invalid_input' ? 1 : 2
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })
