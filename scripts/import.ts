import { parseArgs } from 'node:util'
import { addChanges, addCounts } from '../lib/connections/rules'
import { type ImportDetail, uploadLimits } from '../lib/connections/schema'
import { applyNow } from '../lib/connections/server/apply-import'
import { getImport } from '../lib/connections/server/get-import'
import { describeFormats } from '../lib/connections/server/list-formats'
import { previewImport } from '../lib/connections/server/preview-import'
import { contextForJob } from '../lib/platform/auth/request-context'
import { resolveOrganization } from '../lib/platform/auth/resolve-organization'
import type { Context } from '../lib/platform/context'
import { closePool } from '../lib/platform/db/pool'
import { isAppError } from '../lib/platform/errors'
import { formatTable } from './lib/format-table'
import { type FoundFile, inParts, listFiles } from './lib/list-files'
import { progressLine, withProgress } from './lib/terminal-progress'

const usage = `Usage: npm run -s import -- FILE|FOLDER... --org SLUG [--dry-run] [--instance NAME] [--columns JSON] [--accept-vanished]
       npm run -s import -- --formats [--json]
Prints one JSON object last. Exit 0: imported or previewed; 1: failed; 2: a file is not of a known kind or the call is wrong.
--formats says what can be imported, what comes of it, and how to make such files.`

/** What the prompt prints: the counts that the screen shows, in all and of each file, and what was left out. */
function summary(runs: readonly ImportDetail[]) {
  const files = runs.flatMap((run) => run.files)
  const formats = [...new Set(files.flatMap((file) => file.format ?? []))]
  const refused = files.flatMap((file) => [
    ...(file.error ? [{ file: file.name, at: '', reason: file.error }] : []),
    ...file.refused.map((entry) => ({ file: file.name, ...entry })),
  ])
  const [first] = runs
  const statuses = [...new Set(runs.map(({ status }) => status))]
  return {
    format: formats.length === 1 ? formats[0] : formats,
    ...addCounts(runs.map(({ counts }) => counts)),
    refused,
    status: statuses.length === 1 ? statuses[0] : statuses,
    changes: addChanges(runs.map(({ changes }) => changes)),
    ...(runs.length === 1 ? { id: first?.id } : { ids: runs.map(({ id }) => id) }),
    files: files.map(({ name, format, system, instance, counts, refusedCount, error }) => ({
      file: name,
      format,
      system,
      instance,
      ...counts,
      refused: refusedCount,
      error,
    })),
  }
}

interface Wish {
  isDry: boolean
  acceptVanished: boolean
  instance: string | undefined
  columns: Record<string, string> | undefined
}

async function importPart(ctx: Context, files: readonly FoundFile[], wish: Wish): Promise<ImportDetail> {
  const { instance, columns } = wish
  const uploads = files.map(({ name, path, bytes }) => ({ name, path, size: bytes, instance, columns }))
  const megabytes = Math.ceil(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / 1024)
  const label = `Reading ${files.length === 1 ? '1 file' : `${files.length} files`} (${megabytes} MB)`
  const preview = await withProgress(label, previewImport(ctx, uploads))
  if (wish.isDry || preview.status !== 'previewed') return preview
  const { id } = preview
  await withProgress('Applying', applyNow(ctx, { id, acceptVanished: wish.acceptVanished }), async () => {
    const { progress } = await getImport(ctx, { id })
    return progress ? progressLine(progress) : undefined
  })
  return getImport(ctx, { id })
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
      formats: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.formats) {
    const formats = describeFormats()
    console.log(values.json ? JSON.stringify({ formats }) : formatTable(formats, process.stdout.columns))
    return 0
  }
  if (positionals.length === 0 || !values.org) {
    console.error(usage)
    return 2
  }
  const files = await listFiles(process.env.INIT_CWD ?? process.cwd(), positionals)
  if (files.length === 0) {
    console.error('There is no file in what was named.')
    return 2
  }
  const ctx = contextForJob((await resolveOrganization(values.org)).id, 'import at the prompt')
  const wish = {
    isDry: values['dry-run'],
    acceptVanished: values['accept-vanished'],
    instance: values.instance,
    columns: values.columns ? (JSON.parse(values.columns) as Record<string, string>) : undefined,
  }
  const runs: ImportDetail[] = []
  for (const part of inParts(files, uploadLimits)) runs.push(await importPart(ctx, part, wish))
  const read = runs.flatMap((run) => run.files)
  const first = read.find((file) => file.error)
  if (first) console.error(first.error)
  console.log(JSON.stringify(summary(runs)))
  return read.every((file) => file.error === null) ? 0 : 2
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
