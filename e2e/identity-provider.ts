// The identity provider of the browser tests: a real OpenID Connect server on loopback with forms to sign in and agree.
// The name that is typed there is the subject; its address is <name>@demo.example, verified unless it begins with "un".
import http from 'node:http'
import Provider from 'oidc-provider'

const { PORT, CALLBACK_URL, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = process.env
if (!PORT || !CALLBACK_URL || !OIDC_ISSUER) throw new Error('Started by the end-to-end tests alone.')

const provider = new Provider(OIDC_ISSUER, {
  clients: [
    {
      client_id: OIDC_CLIENT_ID,
      client_secret: OIDC_CLIENT_SECRET,
      redirect_uris: [CALLBACK_URL],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  findAccount: (_ctx, subject) => ({
    accountId: subject,
    claims: () => ({
      sub: subject,
      name: subject,
      email: `${subject}@demo.example`,
      email_verified: !subject.startsWith('un'),
    }),
  }),
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['only-for-tests'] },
})

http.createServer(provider.callback()).listen(Number(PORT), 'localhost')
