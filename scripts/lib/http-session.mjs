/**
 * A signed-in caller without a browser: keeps cookies for the product's one public address, whichever of its server
 * processes it asks, as a load balancer would have it.
 */
export class Browserless {
  #cookies = /** @type {Map<string, string>} */ (new Map())
  #origin

  /** @param {string} origin the public address */
  constructor(origin) {
    this.#origin = origin
  }

  /** @param {string} server @param {string} path @returns {Promise<Response>} */
  get(server, path) {
    return this.#ask(`${server}${path}`, {})
  }

  /** @param {string} server @param {string} path @param {string | FormData} body JSON, or a form @returns {Promise<Response>} */
  post(server, path, body) {
    const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
    return this.#ask(`${server}${path}`, { method: 'POST', headers: { origin: this.#origin, ...type }, body })
  }

  /** @param {string} server @param {{ email: string, password: string }} who */
  async signIn(server, { email, password }) {
    const { csrfToken } = await (await this.get(server, '/api/auth/csrf')).json()
    const answer = await this.#ask(`${server}/api/auth/callback/credentials`, {
      method: 'POST',
      headers: { origin: this.#origin, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken, email, password, callbackUrl: this.#origin, json: 'true' }),
    })
    const text = await answer.text()
    if (!answer.ok || /error=/.test(text)) throw new Error(`Sign-in: ${answer.status} ${text}`)
  }

  /** @param {string} url @param {RequestInit} init */
  async #ask(url, init) {
    const headers = new Headers(init.headers)
    headers.set('cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(30_000) })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', ...value] = (line.split(';', 1)[0] ?? '').split('=')
      this.#cookies.set(name, value.join('='))
    }
    return response
  }
}
