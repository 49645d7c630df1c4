interface Answer {
  status: number
  token: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: what a test server says of itself
  body: any
}

/** What an administrator of the cloud does, past the connector. */
export class KeystoneAdmin {
  readonly #url: string
  readonly #password: string
  #token = ''

  constructor(url: string, password: string) {
    this.#url = url
    this.#password = password
  }

  async open(): Promise<void> {
    this.#token = (await this.signIn('admin', this.#password, { system: { all: true } })) ?? ''
  }

  async ask(method: string, path: string, body?: object, token = this.#token, subject?: string): Promise<Answer> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { 'x-auth-token': token }),
        ...(subject === undefined ? {} : { 'x-subject-token': subject }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return {
      ...{ status: answer.status, token: answer.headers.get('x-subject-token') ?? undefined },
      body: text.startsWith('{') ? JSON.parse(text) : {},
    }
  }

  async #demand(method: string, path: string, body?: object, token = this.#token) {
    const answer = await this.ask(method, path, body, token)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** @returns a token; `undefined` = refused */
  async signIn(name: string, password: string, scope?: object): Promise<string | undefined> {
    const user = { name, domain: { name: 'Default' }, password }
    const identity = { methods: ['password'], password: { user } }
    return (await this.ask('POST', '/auth/tokens', { auth: { identity, ...(scope ? { scope } : {}) } }, '')).token
  }

  async signInByApplication(userId: string, secret: string): Promise<string> {
    const { application_credentials: found } = await this.#demand('GET', `/users/${userId}/application_credentials`)
    for (const { id } of found) {
      const identity = { methods: ['application_credential'], application_credential: { id, secret } }
      const { token } = await this.ask('POST', '/auth/tokens', { auth: { identity } }, '')
      if (token !== undefined) return token
    }
    throw new Error('no application credential has this secret')
  }

  async isAlive(token: string): Promise<boolean> {
    return (await this.ask('GET', '/auth/tokens', undefined, token, token)).status === 200
  }

  async makeProject(name: string): Promise<string> {
    return (await this.#demand('POST', '/projects', { project: { name } })).project.id
  }

  async makeUser(name: string, password: string, more: object = {}): Promise<string> {
    return (await this.#demand('POST', '/users', { user: { name, password, ...more } })).user.id
  }

  async findUser(name: string): Promise<string> {
    return (await this.#demand('GET', `/users?name=${name}`)).users[0].id
  }

  async removeUsers(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#demand('DELETE', `/users/${await this.findUser(name)}`)
  }

  /** @param place `/projects/ID` or `/system` */
  async give(place: string, userId: string, role: string): Promise<void> {
    const { roles } = await this.#demand('GET', `/roles?name=${role}`)
    await this.#demand('PUT', `${place}/users/${userId}/roles/${roles[0].id}`)
  }

  async makeApplicationCredential(order: {
    id: string
    password: string
    project: string
    name: string
    secret: string
  }): Promise<string> {
    const { id, password, project, name, secret } = order
    const identity = { methods: ['password'], password: { user: { id, password } } }
    const scope = { project: { id: project } }
    const { token } = await this.ask('POST', '/auth/tokens', { auth: { identity, scope } }, '')
    const body = {
      application_credential: { name, secret, description: 'made by a person', roles: [{ name: 'member' }] },
    }
    const made = await this.#demand('POST', `/users/${id}/application_credentials`, body, token)
    return made.application_credential.id
  }

  async makeEc2(userId: string, project: string): Promise<{ access: string; secret: string }> {
    const path = `/users/${userId}/credentials/OS-EC2`
    return (await this.#demand('POST', path, { tenant_id: project })).credential
  }
}
