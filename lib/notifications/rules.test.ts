import { describe, expect, it } from 'vitest'
import { cut, failureOf, insteadFacts, insteadKey, mostAttempts, plainText, retryAt } from './rules'
import { kindFacts, notificationKinds, waysOf } from './values'

const place = {
  host: 'mail.example.org',
  port: 587,
  tls: 'starttls' as const,
  from: 'bw@example.org',
  to: 'ana@example.org',
}
const of = (error: { code?: string; command?: string; responseCode?: number; response?: string; message?: string }) =>
  failureOf({ message: '', ...error }, place)

describe('what went wrong with an e-mail', () => {
  it.each([
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response: '550 No such user' }, 'address', true],
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451 }, 'later', false],
    [{ code: 'EENVELOPE', command: 'API' }, 'address', true],
    [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 553 }, 'sender', false],
    [{ code: 'EMESSAGE', command: 'DATA', responseCode: 554 }, 'refused', true],
    [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, 'sign_in', false],
    [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 454 }, 'later', false],
    [{ code: 'ETLS', message: 'self-signed certificate' }, 'certificate', false],
    [{ code: 'ESOCKET', message: 'certificate has expired' }, 'certificate', false],
    [{ code: 'ETIMEDOUT' }, 'later', false],
    [{ code: 'EDNS' }, 'unreachable', false],
    [{ code: 'ESOCKET', message: 'connect ECONNREFUSED 127.0.0.1:9' }, 'unreachable', false],
    [{}, 'unreachable', false],
  ])('%j is %s', (error, code, isFinal) => {
    expect(of(error)).toMatchObject({ code, isFinal })
    expect(of(error).says).toMatch(/(example\.org|Nothing|certificate|address).*[.\w]$/)
  })

  it('repeats what the server said, on one line and not at length', () => {
    const { says } = of({
      command: 'RCPT TO',
      code: 'EENVELOPE',
      responseCode: 550,
      response: `550 no\r\n\u001b[31m${'x'.repeat(900)}`,
    })
    expect(says).toContain('It said: 550 no [31mxxx')
    expect(says.length).toBeLessThan(450)
  })
})

describe('retries', () => {
  it('wait longer each time, and end', () => {
    const now = new Date(0)
    const waits = Array.from({ length: mostAttempts }, (_, index) => retryAt(index + 1, now)?.getTime() ?? null)
    expect(waits.at(-1)).toBeNull()
    expect(waits.slice(0, -1)).toEqual([60_000, 300_000, 900_000, 3_600_000, 10_800_000])
  })
})

describe('text from outside', () => {
  it('is one line without what hides or turns', () => {
    expect(plainText('a\r\nBcc: evil@example.org\u202egnp.exe\u200b  b\u0000')).toBe('a Bcc: evil@example.orggnp.exe b')
    expect(cut('x'.repeat(20), 10)).toBe('xxxxxxxxx…')
  })
})

describe('telling somebody instead', () => {
  it('names whom it was meant for, once, whoever it goes to', () => {
    const once = insteadFacts([{ label: 'A', value: '1' }], 'Ana', 'It did not arrive.')
    expect(insteadFacts(once, 'Ben', 'Neither did that.')).toEqual([
      { label: 'A', value: '1' },
      { label: 'Meant for', value: 'Ben' },
      { label: 'Why you', value: 'Neither did that.' },
    ])
    expect(insteadKey(insteadKey('order:1', 'ana'), 'ben')).toBe('order:1:instead-of:ben')
  })
})

it('lets nobody switch off what waits for them, and sends no e-mail about e-mail', () => {
  for (const kind of notificationKinds) {
    expect(waysOf(kind).includes('off')).toBe(!kindFacts[kind].isWaiting)
    expect(waysOf(kind)).toContain(kindFacts[kind].way)
  }
  expect(waysOf('mail_undelivered')).toEqual(['in_app', 'off'])
})
