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
