/** A failure that the reader can mend: one line for what happened, one for what to do about it. */
export class Mendable extends Error {
  /** @param {string} message what happened @param {string} mend what to do @param {{ cause?: unknown }} [options] */
  constructor(message, mend, options) {
    super(message, options)
    this.name = 'Mendable'
    this.mend = mend
  }
}

/** Progress goes to stderr: stdout belongs to the result of a command. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/**
 * Runs one step and prints its name with the seconds it took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const began = performance.now()
  const result = await work()
  say(`  ${name} ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}

/** Known system errors, as what they mean here. @type {[RegExp, (detail: string) => Mendable][]} */
const meanings = [
  [
    /ENOSPC|No space left on device/i,
    () => new Mendable('The disk is full.', 'Free some space (about 3 GB are needed), then start again.'),
  ],
  [
    /EACCES|EPERM|EROFS|Permission denied/i,
    (detail) =>
      new Mendable(
        `No permission: ${firstLine(detail)}`,
        'Run as the user who owns this folder, or give that user write access to it (and to .data/, .next/ and node_modules/).',
      ),
  ],
]

/** @param {string} text */
function firstLine(text) {
  return text.split('\n', 1)[0] ?? ''
}

/**
 * The mendable form of any error, or the error itself where nothing better is known.
 * @param {unknown} error
 * @returns {unknown}
 */
export function explain(error) {
  if (error instanceof Mendable) return error
  const text =
    error instanceof Error ? `${/** @type {any} */ (error).code ?? ''} ${error.message}`.trim() : String(error)
  const known = meanings.find(([pattern]) => pattern.test(text))
  return known ? known[1](text) : error
}

/** Prints a failure: one line with the mend where it is known, else the stack. @param {unknown} error */
export function report(error) {
  const known = explain(error)
  if (known instanceof Mendable) say(`\n✗ ${known.message} ${known.mend}`)
  else say(`\n✗ ${known instanceof Error ? (known.stack ?? known.message) : String(known)}`)
}
