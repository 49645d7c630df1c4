import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Runs what a file exports in a process of its own, with this test's database and decision point: for what must be killed.
 * @param file from the root of the repository
 * @param call the call of what is imported, as code
 */
export async function startProgram(file: string, name: string, call: string): Promise<ChildProcess> {
  const program = path.join(await mkdtemp(path.join(os.tmpdir(), 'program-')), 'program.mjs')
  const from = pathToFileURL(path.resolve(file)).href
  await writeFile(program, `import { ${name} } from ${JSON.stringify(from)}\nawait ${call}\n`)
  const flags = ['--conditions=react-server', '--import', import.meta.resolve('tsx')]
  return spawn(process.execPath, [...flags, program], { stdio: ['ignore', 'ignore', 'inherit'] })
}
