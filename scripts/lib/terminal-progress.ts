import { paceOf } from '../../lib/connections/rules'

interface Progress {
  phase: string
  done: number
  total: number
  startedAt: string
  updatedAt: string
}

const number = (value: number) => Math.round(value).toLocaleString('en')

/** `Merging identities of a.json · 412,000 of 1,000,000 · 24,100 a second · about 25 s left`. */
export function progressLine({ phase, ...progress }: Progress): string {
  if (progress.total <= 1) return phase
  const pace = paceOf(progress)
  const counted = `${phase} · ${number(progress.done)} of ${number(progress.total)}`
  return pace ? `${counted} · ${number(pace.perSecond)} a second · about ${number(pace.secondsLeft)} s left` : counted
}

/**
 * Runs work and meanwhile says on standard error, when that is a terminal, how far it is: twice a second, on one line that is
 * taken away at the end. `ask` answers what to say, or undefined for the seconds that have passed.
 */
export async function withProgress<T>(
  label: string,
  work: Promise<T>,
  ask: () => Promise<string | undefined> = async () => undefined,
): Promise<T> {
  const out = process.stderr
  if (!out.isTTY) return work
  const began = performance.now()
  let isDone = false
  const tell = async () => {
    // An answer that fails is no reason to stop what it asks about.
    const said = await ask().catch(() => undefined)
    const seconds = Math.round((performance.now() - began) / 1000)
    if (!isDone) out.write(`\r\u001b[K  ${(said ?? `${label} · ${seconds} s`).slice(0, (out.columns ?? 80) - 3)}`)
  }
  const timer = setInterval(() => void tell(), 500)
  try {
    return await work
  } finally {
    isDone = true
    clearInterval(timer)
    out.write('\r\u001b[K')
  }
}
