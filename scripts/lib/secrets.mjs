import crypto from 'node:crypto'
import fs from 'node:fs'

/**
 * The secrets of an embedded instance: made at the first start, then kept in a file that only this user can read.
 * Losing AUTH_SECRET signs everybody out; losing ENCRYPTION_KEY makes the secrets of connections unreadable, and earlier
 * fingerprints of secrets unrecognisable; losing AUDIT_SIGNING_KEY makes older audit checkpoints unverifiable.
 * @typedef {{ AUTH_SECRET: string, ENCRYPTION_KEY: string, ENCRYPTION_KEYS_RETIRED?: string, FINGERPRINT_KEY?: string, AUDIT_SIGNING_KEY: string, superuser: string, owner: string, app: string, versions: string }} Secrets
 *   three are the passwords of the bundled database's logins, `versions` that of the decision point for the organizations' own policies; the two that may be absent come with the first new key
 * @param {string} file
 * @returns {Secrets}
 */
export function loadSecrets(file) {
  const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}
  const all = { ...generateSecrets(), ...kept }
  if (Object.keys(all).length !== Object.keys(kept).length) keepSecrets(file, all)
  return all
}

/**
 * Makes a new encryption key. The former one is retired and still opens what it has encrypted; fingerprints keep their key.
 * @param {string} file
 * @returns {Secrets}
 */
export function renewEncryptionKey(file) {
  const former = loadSecrets(file)
  const retired = [former.ENCRYPTION_KEY, ...(former.ENCRYPTION_KEYS_RETIRED ?? '').split(',').filter(Boolean)]
  const all = {
    ...former,
    ENCRYPTION_KEY: crypto.randomBytes(32).toString('base64'),
    ENCRYPTION_KEYS_RETIRED: retired.join(','),
    FINGERPRINT_KEY: former.FINGERPRINT_KEY ?? former.ENCRYPTION_KEY,
  }
  keepSecrets(file, all)
  return all
}

/** @param {string} file @param {Secrets} all */
function keepSecrets(file, all) {
  // Written aside and renamed: a full disk must not leave half a file of secrets behind.
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 })
  fs.renameSync(`${file}.new`, file)
}

/** New secrets of an installation. @returns {Secrets} */
export function generateSecrets() {
  const word = () => crypto.randomBytes(24).toString('base64url')
  const { privateKey } = crypto.generateKeyPairSync('ed25519')
  return {
    AUTH_SECRET: crypto.randomBytes(32).toString('base64'),
    ENCRYPTION_KEY: crypto.randomBytes(32).toString('base64'),
    AUDIT_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    superuser: word(),
    owner: word(),
    app: word(),
    versions: word(),
  }
}
