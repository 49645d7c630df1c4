// The test provider brings no types of its own; this is what the tests use of it.
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  export interface AccountClaims {
    sub: string
    [claim: string]: unknown
  }

  // biome-ignore lint/style/noDefaultExport: the package is so
  export default class Provider {
    constructor(
      issuer: string,
      configuration: {
        findAccount: (ctx: unknown, subject: string) => { accountId: string; claims: () => AccountClaims }
        [setting: string]: unknown
      },
    )
    callback(): RequestListener
    on(event: string, listener: (context: unknown, error: unknown) => void): void
    Client: { find: (id: string) => Promise<object | undefined> }
    Grant: new (
      payload: object,
    ) => { addOIDCScope: (scope: string) => void; save: () => Promise<string> }
    RefreshToken: new (
      payload: object,
    ) => { save: () => Promise<string> }
  }
}
