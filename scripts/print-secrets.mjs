// npm run -s secrets > .env: new secrets for compose.yaml. Keep the file: the encryption key cannot be made again.
import { generateSecrets } from './lib/secrets.mjs'

const { superuser, owner, app, ...keys } = generateSecrets()
const all = { ...keys, SUPERUSER_PASSWORD: superuser, OWNER_PASSWORD: owner, APP_PASSWORD: app }
for (const [name, value] of Object.entries(all)) process.stdout.write(`${name}=${value}\n`)
