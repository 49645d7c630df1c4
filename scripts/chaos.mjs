// npm run -s chaos -- lifecycle [--runs N] [--systems a,b] [--seed N] [--resume] [--as-found]: rotates and revokes accounts of real servers while
// the worker is killed at random, and prints one JSON object as the last line. Many runs are done in pieces, each with servers and a
// database of its own; what a piece came to is kept, so that `--resume` goes on behind the last one that ended. `--as-found`: a system
// that cannot be had on this machine is said, and is no fault.
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { Mendable, report, say } from './lib/messages.mjs'

const runsOfPiece = 100

try {
  demandNode()
  await ensureInstalled()
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '60' },
      systems: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'as-found': { type: 'boolean', default: false },
      resume: { type: 'boolean', default: false },
    },
  })
  const [name = ''] = positionals
  if (name !== 'lifecycle') throw new Mendable(`There is no chaos "${name}".`, 'There is: lifecycle.')
  const [runs, seed] = [Number(values.runs), Number(values.seed)]
  if (!(runs >= 1) || !Number.isInteger(seed))
    throw new Mendable('--runs and --seed are numbers.', 'For example --runs 60 --seed 1.')
  process.exitCode = await chaos({
    runs,
    seed,
    systems: values.systems,
    resume: values.resume,
    asFound: values['as-found'],
  })
} catch (error) {
  report(error)
  process.exitCode = 1
}

/** @param {{ runs: number, seed: number, systems: string | undefined, resume: boolean, asFound: boolean }} wanted */
async function chaos({ runs, seed, systems, resume, asFound }) {
  const { dataFolder } = await import('./lib/layout.mjs')
  const { reportChaos } = await import('./lib/chaos-report.mjs')
  const { at } = dataFolder(/** @type {'test'} */ ('chaos-lifecycle'))
  const kept = at(`tally-${runs}-${seed}${systems ? `-${systems.replaceAll(',', '-')}` : ''}.json`)
  /** @type {import('./lib/chaos-report.mjs').Piece[]} */
  const pieces = resume && fs.existsSync(kept) ? JSON.parse(fs.readFileSync(kept, 'utf8')) : []
  const count = Math.ceil(runs / runsOfPiece)
  for (let no = pieces.length; no < count; no += 1) {
    const own = Math.floor(((no + 1) * runs) / count) - Math.floor((no * runs) / count)
    if (count > 1) say(`\n── piece ${no + 1} of ${count}: ${own} runs`)
    const piece = await takePiece({ runs: own, seed: seed + no * 1000, systems, out: at('piece.json') })
    if (piece === null) return 2
    pieces.push(piece)
    fs.writeFileSync(kept, JSON.stringify(pieces))
    if (count > 1) for (const line of reportChaos(pieces).lines.slice(1)) say(line)
  }
  const { lines, figures, isClean } = reportChaos(pieces, { asFound })
  for (const line of lines) say(line)
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  return isClean ? 0 : 1
}

/** @param {{ runs: number, seed: number, systems: string | undefined, out: string }} wanted */
async function takePiece({ runs, seed, systems, out }) {
  const { inRoot } = await import('./lib/layout.mjs')
  const { outlivesServer } = await import('./lib/postgres.mjs')
  const { runNode, withTrial } = await import('./lib/trial.mjs')
  fs.rmSync(out, { force: true })
  const program = ['--conditions=react-server', '--import', 'tsx', inRoot('bench', 'chaos-lifecycle.ts')]
  const args = [
    '--runs',
    String(runs),
    '--seed',
    String(seed),
    '--out',
    out,
    ...(systems ? ['--systems', systems] : []),
  ]
  const code = await withTrial(
    { folder: 'chaos-lifecycle', bundles: ['worker'], settings: outlivesServer },
    (env, bundle) =>
      runNode([...program, ...args], {
        ...process.env,
        ...env,
        OUTBOUND_LOOPBACK: 'true',
        CHAOS_WORKER: bundle('worker'),
      }),
  )
  return code === 0 ? JSON.parse(fs.readFileSync(out, 'utf8')) : null
}
