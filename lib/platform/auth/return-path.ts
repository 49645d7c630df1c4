const nowhere = 'http://return.invalid'

/**
 * Where to go after sign-in: a path of this site, or `fallback`. Everything that a browser could read as an address of
 * another site is refused: absolute and scheme-relative URLs, backslashes, control characters, their encoded forms at
 * the start of the path, and dots that fold into two slashes. Paths under `/api` and the sign-in pages are refused too.
 * @param site our own address without a slash at its end; a URL that begins with it counts as its path
 */
export function returnPath(value: string | string[] | null | undefined, fallback = '/', site?: string): string {
  if (typeof value !== 'string' || value.length > 2000) return fallback
  const given = site && value.startsWith(`${site}/`) ? value.slice(site.length) : value
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (!given.startsWith('/') || /[\\\u0000-\u0020\u007f]/.test(given)) return fallback
  let url: URL
  try {
    url = new URL(given, nowhere)
  } catch {
    return fallback
  }
  if (url.origin !== nowhere || url.username || url.password || url.pathname.startsWith('//')) return fallback
  // Looked for after folding: `/../%2f` is `/%2f` by now.
  if (/^\/(%2f|%5c|%09|%0a|%0d|%00)/i.test(url.pathname)) return fallback
  if (/^\/(api|sign-in|signed-out|setup)(\/|$)/.test(url.pathname)) return fallback
  return url.pathname + url.search + url.hash
}

/** The address of the sign-in page that leads back to `path`. */
export function signInPath(path: string | null | undefined): string {
  const target = returnPath(path)
  return target === '/' ? '/sign-in' : `/sign-in?callbackUrl=${encodeURIComponent(target)}`
}
