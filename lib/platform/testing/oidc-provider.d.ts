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
  }
}
