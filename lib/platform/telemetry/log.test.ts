import { Writable } from 'node:stream'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { logOptions } from './log'

function logged(write: (log: pino.Logger) => void): string {
  let text = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  write(pino(logOptions, sink))
  return text
}

describe('log', () => {
  it('keeps secrets out, however they are nested', () => {
    const text = logged((log) =>
      log.info(
        {
          password: 'hunter2',
          headers: { authorization: 'Bearer hunter2', cookie: 'session=hunter2' },
          env: { database: { DATABASE_URL: 'hunter2 at a host' }, AUTH_SECRET: 'hunter2' },
        },
        'signed in',
      ),
    )
    expect(text).not.toContain('hunter2')
    expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'signed in', password: '[redacted]' })
  })

  it('writes errors with their cause and stack', () => {
    const text = logged((log) => log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed'))
    expect(JSON.parse(text).error.message).toContain('outer')
    expect(JSON.parse(text).error.stack).toContain('inner')
  })
})
