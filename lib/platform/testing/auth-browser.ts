import { stampedHeaders } from '../auth/client-address'

type Handler = (request: Request) => Promise<Response>

export interface SetCookie {
  name: string
  value: string
  attributes: Record<string, string>
}

/** As much of a browser as signing in needs: cookies, forms with their origin, redirects that one may look at. */
export class AuthBrowser {
  readonly cookies = new Map<string, string>()
  /** Every Set-Cookie seen, in order. */
  readonly received: SetCookie[] = []
  address = `10.${Math.floor(Math.random() * 255)}.${Math.floor(Math.random() * 255)}.${Math.floor(Math.random() * 255)}`
  headers: Record<string, string> = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' }

  constructor(
    private readonly handler: Handler,
    readonly site = 'http://localhost:3000',
  ) {}

  async get(path: string): Promise<Response> {
    return this.send(path, { method: 'GET' })
  }

  async post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { origin: this.site, ...headers },
    })
  }

  /** The token that the next form must carry; its cookie is kept. */
  async csrfToken(): Promise<string> {
    const answer = (await (await this.get('/api/auth/csrf')).json()) as { csrfToken: string }
    return answer.csrfToken
  }

  /** Signs in by form; the answer is the code of the failure, or undefined. */
  async signIn(
    email: string,
    password: string,
    callbackUrl = '/',
  ): Promise<{ error: string | undefined; url: string }> {
    const form = { csrfToken: await this.csrfToken(), email, password, callbackUrl, json: 'true' }
    const answer = (await (await this.post('/api/auth/callback/credentials', form)).json()) as { url: string }
    return { error: new URL(answer.url).searchParams.get('error') ?? undefined, url: answer.url }
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ')
  }

  /** A request as the API would get it from this browser. */
  request(path: string, init: RequestInit = {}): Request {
    const headers = new Headers({ ...this.headers, ...stampedHeaders(this.address), cookie: this.cookieHeader() })
    new Headers(init.headers).forEach((value, name) => {
      headers.set(name, value)
    })
    return new Request(this.site + path, { ...init, headers })
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const response = await this.handler(this.request(path, init))
    for (const header of response.headers.getSetCookie()) this.keep(parseSetCookie(header))
    return response
  }

  private keep(cookie: SetCookie): void {
    this.received.push(cookie)
    const isGone = cookie.value === '' || cookie.attributes['max-age'] === '0'
    if (isGone) this.cookies.delete(cookie.name)
    else this.cookies.set(cookie.name, cookie.value)
  }
}

function parseSetCookie(header: string): SetCookie {
  const [pair = '', ...rest] = header.split(';').map((part) => part.trim())
  const at = pair.indexOf('=')
  const attributes = rest.map((part) => {
    const [name = '', value = ''] = part.split('=')
    return [name.toLowerCase(), value] as const
  })
  return {
    name: pair.slice(0, at),
    value: decodeURIComponent(pair.slice(at + 1)),
    attributes: Object.fromEntries(attributes),
  }
}
