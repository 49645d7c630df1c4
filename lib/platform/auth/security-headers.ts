export interface Site {
  /** Random for each response; scripts without it do not run. */
  nonce: string
  /** Browsers come by https. */
  isSecure: boolean
  /** The development server needs eval and a web socket for hot reload. */
  isDevelopment: boolean
}

/**
 * The content security policy of every page: scripts only with the response's nonce and what those load
 * (`strict-dynamic`), nothing from other sites, no frames around us. Styles may be inline, as positioned overlays and
 * virtual lists set them; they cannot run anything, and no image or font of another site can be named in them.
 */
export function contentSecurityPolicy({ nonce, isSecure, isDevelopment }: Site): string {
  const directives: Record<string, string> = {
    'default-src': `'self'`,
    'script-src': `'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? ` 'unsafe-eval'` : ''}`,
    'script-src-attr': `'none'`,
    'style-src': `'self' 'unsafe-inline'`,
    'img-src': `'self' data: blob:`,
    'font-src': `'self'`,
    'connect-src': `'self'${isDevelopment ? ' ws: wss:' : ''}`,
    'worker-src': `'self' blob:`,
    'manifest-src': `'self'`,
    'media-src': `'none'`,
    'object-src': `'none'`,
    'frame-src': `'none'`,
    'frame-ancestors': `'none'`,
    'base-uri': `'none'`,
    'form-action': `'self'`,
  }
  const lines = Object.entries(directives).map(([name, value]) => `${name} ${value}`)
  return [...lines, ...(isSecure ? ['upgrade-insecure-requests'] : [])].join('; ')
}

const unusedFeatures = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

/** The headers of every answer, pages and data alike. Nothing that a person sees here may lie in a shared cache. */
export function securityHeaders(site: Site): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(site),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'x-permitted-cross-domain-policies': 'none',
    'permissions-policy': unusedFeatures.map((feature) => `${feature}=()`).join(', '),
    ...(site.isSecure ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}
