import { spawnSync } from 'node:child_process'
import crypto from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseEnv } from './env'

const signingKey = (type: 'ed25519' | 'x25519') =>
  crypto
    .generateKeyPairSync(type as 'ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'der' })
    .toString('base64')

const whole = {
  DATABASE_URL: 'postgresql://app:secret@db:5432/bailiwick',
  CERBOS_ADDRESS: 'cerbos:3593',
  AUTH_SECRET: 'a'.repeat(32),
  ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  AUDIT_SIGNING_KEY: signingKey('ed25519'),
}

describe('parseEnv', () => {
  it('fills in defaults; the owner connection falls back to the application connection', () => {
    expect(parseEnv(whole)).toMatchObject({
      MIGRATE_DATABASE_URL: whole.DATABASE_URL,
      PUBLIC_URL: 'http://localhost:3000',
      LOG_LEVEL: 'info',
      TRUST_PROXY: 0,
    })
  })

  it.each([
    ['', 0],
    ['false', 0],
    ['0', 0],
    [' TRUE ', 1],
    ['1', 1],
    ['2', 2],
  ])('reads TRUST_PROXY=%j as %d', (value, count) => {
    expect(parseEnv({ ...whole, TRUST_PROXY: value }).TRUST_PROXY).toBe(count)
  })

  it('names every missing variable in one error', () => {
    expect(() => parseEnv({})).toThrow(
      /DATABASE_URL is missing\n {2}CERBOS_ADDRESS is missing\n {2}AUTH_SECRET is missing\n {2}ENCRYPTION_KEY is missing\n {2}AUDIT_SIGNING_KEY is missing/,
    )
  })

  it('asks from whom e-mail comes where there is a mail server', () => {
    const server = { ...whole, SMTP_URL: 'smtp://user:hunter2@mail.example.org:587' }
    expect(() => parseEnv(server)).toThrow(/MAIL_FROM is missing/)
    expect(parseEnv({ ...server, MAIL_FROM: 'Bailiwick <bw@example.org>' }).SMTP_URL).toBe(server.SMTP_URL)
  })

  it('takes an empty variable for an absent one', () => {
    expect(() => parseEnv({ ...whole, AUTH_SECRET: '' })).toThrow(/AUTH_SECRET is missing/)
    expect(parseEnv({ ...whole, LOG_LEVEL: '' }).LOG_LEVEL).toBe('info')
  })

  it.each([
    ['DATABASE_URL', 'mysql://db/bailiwick', /must be a PostgreSQL URL/],
    ['CERBOS_ADDRESS', 'http://cerbos:3593', /must be host:port/],
    ['AUTH_SECRET', 'short', /at least 32 characters/],
    ['ENCRYPTION_KEY', Buffer.alloc(31).toString('base64'), /must be 32 bytes in base64/],
    ['AUDIT_SIGNING_KEY', signingKey('x25519'), /must be an Ed25519 private key/],
    ['PUBLIC_URL', 'ftp://host', /must be an http or https URL/],
    ['LOG_LEVEL', 'loud', /LOG_LEVEL/],
    ['SMTP_URL', 'http://mail.example.org', /must be an address such as smtp:/],
    ['MAIL_FROM', 'nobody', /must be an address/],
    ['MAIL_FROM', 'A <a@b.example>\r\nBcc: <c@d.example>', /must be an address/],
    ['TRUST_PROXY', 'loopback', /must be the number of reverse proxies/],
    ['TRUST_PROXY', '-1', /must be the number of reverse proxies/],
  ])('refuses a bad %s by name, without its value', (name, value, message) => {
    const attempt = () => parseEnv({ ...whole, [name]: value })
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(new RegExp(`^The configuration is not complete:\n {2}${name} `))
    expect(attempt).not.toThrow(value)
  })

  it('wants all of OpenID Connect or none', () => {
    expect(() => parseEnv({ ...whole, OIDC_ISSUER: 'https://id.example' })).toThrow(
      /OIDC_CLIENT_ID is missing[^\n]*\n {2}OIDC_CLIENT_SECRET is missing/,
    )
    const oidc = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'bailiwick', OIDC_CLIENT_SECRET: 's' }
    expect(parseEnv({ ...whole, ...oidc })).toMatchObject(oidc)
  })

  it('drops the slash at the end of PUBLIC_URL', () => {
    expect(parseEnv({ ...whole, PUBLIC_URL: 'https://nhi.example/' }).PUBLIC_URL).toBe('https://nhi.example')
  })
})

describe('a server process', () => {
  it('does not start without its configuration', () => {
    const start = "process.env.NEXT_RUNTIME = 'nodejs'; import('./instrumentation.ts').then((it) => it.register())"
    const flags = ['--import', 'tsx', '--input-type=module', '--eval', start]
    const { status, stderr } = spawnSync(process.execPath, flags, {
      env: { NODE_ENV: 'test', TRUST_PROXY: 'loopback' },
      encoding: 'utf8',
    })
    expect(status).not.toBe(0)
    expect(stderr).toMatch(/DATABASE_URL is missing/)
    expect(stderr).toMatch(/TRUST_PROXY must be the number/)
  })
})
