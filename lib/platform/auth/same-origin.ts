import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a request that changes something on behalf of a page of another site (CSRF). A browser says where a request
 * comes from in `Origin`; `null` (a sandboxed frame, a file) is never ours, and `Sec-Fetch-Site` must not disagree.
 * Requests by API key need no such check, as no browser adds a key by itself.
 * @throws AppError `forbidden`
 */
export function demandSameOrigin(request: { method: string; headers: Pick<Headers, 'get'> }, publicUrl?: string): void {
  if (safeMethods.has(request.method)) return
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const host = request.headers.get('host')
  if (
    origin !== null &&
    isOwnOrigin(origin, host, publicUrl ?? env().PUBLIC_URL) &&
    (site === null || site === 'same-origin')
  )
    return
  throw new AppError(
    'forbidden',
    'This request came from a page of another site and was refused. Nothing was changed.',
    {
      detail: `origin ${origin ?? 'absent'}, site ${site ?? 'absent'}, host ${host ?? 'absent'}`,
    },
  )
}

/** The public address, or the very host that the browser asked: 127.0.0.1 is as good as localhost. */
function isOwnOrigin(origin: string, host: string | null, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  const site = new URL(publicUrl)
  return url.origin === site.origin || (url.host === host && url.protocol === site.protocol)
}
