import { randomBytes } from 'node:crypto'

type Payload = Record<string, unknown>

const now = () => Math.floor(Date.now() / 1000)

/** What an OAuth server keeps, as its database would; and what its administrator does there. */
export class TokenStore {
  readonly #entries = new Map<string, Payload>()
  /** The newest registration access token of each client. */
  readonly #registrationTokens = new Map<string, string>()

  /** As `oidc-provider` asks for one for each kind of thing. */
  adapter(model: string) {
    const key = (id: string) => `${model} ${id}`
    return {
      upsert: async (id: string, payload: Payload) => {
        this.#entries.set(key(id), payload)
        if (model === 'RegistrationAccessToken') this.#registrationTokens.set(String(payload.clientId), id)
      },
      find: async (id: string) => this.#entries.get(key(id)),
      findByUid: async (uid: string) => this.#find(model, ({ uid: own }) => own === uid),
      findByUserCode: async (code: string) => this.#find(model, ({ userCode }) => userCode === code),
      consume: async (id: string) => {
        const entry = this.#entries.get(key(id))
        if (entry !== undefined) entry.consumed = now()
      },
      destroy: async (id: string) => {
        this.#entries.delete(key(id))
      },
      revokeByGrantId: async (grantId: string) => {
        for (const [place, payload] of this.#entries) if (payload.grantId === grantId) this.#entries.delete(place)
      },
    }
  }

  #find(model: string, fits: (payload: Payload) => boolean): Payload | undefined {
    return [...this.#entries].find(([place, payload]) => place.startsWith(`${model} `) && fits(payload))?.[1]
  }

  /** The token that opens the registration of a client: the newest, or the one that it will have. */
  registrationToken(id: string): string {
    const token = this.#registrationTokens.get(id) ?? randomBytes(32).toString('base64url')
    this.#registrationTokens.set(id, token)
    return token
  }

  /** Registers a client with this secret; the same token as ever opens its registration. */
  addClient(id: string, secret: string): void {
    this.#entries.set(`Client ${id}`, {
      ...{ client_id: id, client_secret: secret, client_id_issued_at: now(), client_secret_expires_at: 0 },
      ...{ grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'billing' },
      token_endpoint_auth_method: 'client_secret_basic',
    })
    const token = this.registrationToken(id)
    this.#entries.set(`RegistrationAccessToken ${token}`, {
      ...{ jti: token, kind: 'RegistrationAccessToken', clientId: id, iat: now() },
      policies: ['new-secret'],
    })
  }
}
