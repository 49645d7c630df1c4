// npm run -s fuzz -- import [--inputs N] [--seed S] [--previews N] [--threads N] [--only NO,…]: damages the fixtures of every
// import format and reads them, some through previews on a database of its own. Prints one JSON object last. Exit 0: nothing
// was found; 1: something was, told on standard error, its inputs kept in .data/fuzz-findings; 2: it could not run.
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { Mendable, report } from './lib/messages.mjs'

try {
  demandNode()
  await ensureInstalled()
  const [name = '', ...args] = process.argv.slice(2)
  if (name !== 'import') throw new Mendable(`There is nothing called "${name}" to fuzz.`, 'There is: import.')
  process.exitCode = await fuzz(args)
} catch (error) {
  report(error)
  process.exitCode = 2
}

/** @param {string[]} args @returns {Promise<number>} the exit code */
async function fuzz(args) {
  const { inRoot, root } = await import('./lib/layout.mjs')
  const { runNode, withTrial } = await import('./lib/trial.mjs')
  // Reading alone needs no services.
  const needsServices = !/--previews[= ]0( |$)|--only/.test(args.join(' '))
  const options = { folder: 'fuzz', bundles: ['fuzz-import', 'fuzz-thread'], needsServices }
  return withTrial(options, (env, bundle) =>
    runNode([bundle('fuzz-import'), ...args], {
      ...env,
      FUZZ_THREAD: bundle('fuzz-thread'),
      FUZZ_ROOT: root,
      FUZZ_FINDINGS: inRoot('.data', 'fuzz-findings'),
    }),
  )
}
