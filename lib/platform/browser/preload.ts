const settledMs = 300
const waitMs = 4000

/**
 * Fetches a part of the page that is not needed for its first view once the page is loaded and the browser has nothing else to
 * do, so that it is there when somebody reaches for it. What fails is fetched again when it is needed.
 */
export function preloadWhenIdle(load: () => Promise<unknown>): void {
  if (typeof window === 'undefined') return
  const begin = () => {
    const run = () => void load().catch(() => {})
    if ('requestIdleCallback' in window) window.requestIdleCallback(run, { timeout: waitMs })
    else run()
  }
  const settle = () => setTimeout(begin, settledMs)
  if (document.readyState === 'complete') settle()
  else window.addEventListener('load', settle, { once: true })
}

const mostWaitMs = 500

/** For `lazy`: a part of the page that the server has painted, fetched as soon as what comes before it has had its turn. */
export async function fetchInTurn<Part>(load: () => Promise<Part>): Promise<Part> {
  if (typeof window !== 'undefined' && 'requestIdleCallback' in window) {
    await new Promise((resolve) => window.requestIdleCallback(resolve, { timeout: mostWaitMs }))
  }
  return load()
}
