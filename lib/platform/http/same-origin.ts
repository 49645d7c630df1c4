import { AppError } from '../errors'

/** What a browser that is led here by another site cannot forge. */
type Headers = Pick<globalThis.Headers, 'get'>

/**
 * Refuses a change that carries a session cookie but does not come from the product's own pages. Browsers send `Origin`
 * with every change; a request without it, or with the opaque `null`, is not from our pages.
 * @param publicUrl where browsers reach the product; its host or the one asked for must be the origin's
 */
export function assertSameOrigin(headers: Headers, publicUrl: string): void {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const host = headers.get('host')
  const parsed = origin && URL.canParse(origin) ? new URL(origin) : undefined
  const isOwn = parsed !== undefined && (parsed.origin === new URL(publicUrl).origin || parsed.host === host)
  if (isOwn && (site === null || site === 'same-origin')) return
  throw new AppError('forbidden', 'This change did not come from a page of this product, so it was refused.', {
    detail: `origin ${origin}, site ${site}, host ${host}`,
  })
}
