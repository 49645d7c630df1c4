import fs from 'node:fs'
import { verifyReport } from '../lib/reviews/server/verify-report'

/** Confirms reports of reviews by themselves. Exit 0: all intact; 1: one is not, and what is broken is said; 2: could not be read. */
async function main(args: readonly string[]): Promise<number> {
  const [at, files] = [args.indexOf('--key'), [...args]]
  const key = at >= 0 ? files.splice(at, 2)[1] : undefined
  if (files.length === 0 || (at >= 0 && key === undefined)) {
    console.error('npm run -s review:verify -- [--key FINGERPRINT] report.json')
    return 2
  }
  let broken = 0
  for (const file of files) {
    const verdict = await verifyReport(
      fs.createReadStream(file, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>,
      key,
    )
    if (verdict.isIntact) {
      console.log(`${file}: intact, ${verdict.items} items of “${verdict.campaign}”`)
      console.log(
        `  signed by the key ${verdict.keyFingerprint}${key ? ', as given' : ': compare it with what the installation says'}`,
      )
      continue
    }
    broken += 1
    console.log(`${file}: broken`)
    for (const problem of verdict.problems) console.log(`  ${problem}`)
  }
  return broken === 0 ? 0 : 1
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    return 2
  })
  .then((code) => process.exit(code))
