/** The figures of a run, for its last line; those of a part that could not be measured are null. */
export const results: Record<string, number | string | null> = {}

const missing: string[] = []

/** Measures one part and prints its figures, so that a long run that is stopped has told something. */
export async function part(
  keys: string[],
  work: () => Promise<Record<string, number>> | Record<string, number>,
): Promise<void> {
  try {
    const figures = await work()
    Object.assign(results, figures)
    console.log(
      `  ${Object.entries(figures)
        .map((figure) => figure.join(' '))
        .join(', ')}`,
    )
  } catch (error) {
    for (const key of keys) results[key] = null
    missing.push(`${keys.join(', ')}: ${(error as Error).message}`)
  }
}

/** Prints what is missing and, as the last line, the figures as one JSON object; 1 when something is missing, else 0. */
export function finish(): number {
  if (missing.length > 0) console.log(`\nNot measured:\n${missing.map((line) => `  ${line}`).join('\n')}`)
  console.log(JSON.stringify(results))
  return missing.length > 0 ? 1 : 0
}
