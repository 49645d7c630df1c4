import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { derivedKey } from '@/lib/platform/crypto/derived-key'
import { env } from '@/lib/platform/env'
import { cookieName } from './settings'

export const deviceCookieDays = 180

/** Remembers, in a browser from which a person has signed in, that it did so (OWASP device cookies). Opens nothing. */
export function deviceCookieName(): string {
  return cookieName('device')
}

function seal(account: string, device: string): string {
  return createHmac('sha256', derivedKey(env().AUTH_SECRET, 'device cookies, version 1'))
    .update(`${account}.${device}`)
    .digest('base64url')
}

/** A cookie for this account and a device that gets its name now. */
export function makeDeviceCookie(account: string): string {
  const device = randomBytes(16).toString('base64url')
  return `${account}.${device}.${seal(account, device)}`
}

/** The device's name if the cookie was made here for this very account, else undefined. */
export function readDeviceCookie(value: string | undefined, account: string): string | undefined {
  const [ofAccount, device, mac] = (value ?? '').split('.')
  if (ofAccount !== account || !device || !mac) return undefined
  const expected = Buffer.from(seal(account, device))
  const given = Buffer.from(mac)
  return given.length === expected.length && timingSafeEqual(given, expected) ? device : undefined
}
