// npm run -s secrets > .env: new secrets for compose.yaml. Keep the file: the encryption key cannot be made again.
import { passwordHash } from './lib/cerbos.mjs'
import { generateSecrets } from './lib/secrets.mjs'

const { superuser, owner, app, versions, ...keys } = generateSecrets()
const all = {
  ...keys,
  SUPERUSER_PASSWORD: superuser,
  OWNER_PASSWORD: owner,
  APP_PASSWORD: app,
  VERSIONS_CERBOS_PASSWORD: versions,
  VERSIONS_CERBOS_HASH: passwordHash(versions),
}
for (const [name, value] of Object.entries(all)) process.stdout.write(`${name}=${value}\n`)
