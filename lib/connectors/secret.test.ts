import { inspect } from 'node:util'
import pino from 'pino'
import { expect, test } from 'vitest'
import { makeSecret, Secret, withoutSecrets } from './secret'

test('a secret prints as a mask, however it is printed', () => {
  const secret = new Secret('hunter2-hunter2')
  const holder = { login: { secret }, list: [secret] }
  const lines: string[] = []
  pino({ level: 'info' }, { write: (line: string) => lines.push(line) }).info({ holder, error: new Error(`${secret}`) })
  const printed = [
    `${secret}`,
    `${String(secret)} ${secret.toString()}`,
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true, getters: true }),
    Object.values(secret).join(),
    JSON.stringify(structuredClone({ ...secret })),
    lines.join(),
  ]
  for (const text of printed) expect(text).not.toContain('hunter2')
  expect(secret.reveal()).toBe('hunter2-hunter2')
})

test('a made secret satisfies the usual policies and is never the same', () => {
  const made = new Set(Array.from({ length: 1000 }, () => makeSecret().reveal()))
  expect(made.size).toBe(1000)
  for (const text of made) expect(text).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z][A-Za-z0-9]{39}$/)
})

test('text loses secrets in every form in which a driver may quote them', () => {
  const secret = new Secret('p"ss w%rd')
  const text = `as is p"ss w%rd, in a URL ${encodeURIComponent('p"ss w%rd')}, as JSON ${JSON.stringify('p"ss w%rd')}`
  expect(withoutSecrets(text, [secret, new Secret('a')])).toBe('as is [secret], in a URL [secret], as JSON "[secret]"')
})
