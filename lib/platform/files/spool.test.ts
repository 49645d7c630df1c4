import { fstatSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { openSpool, readSpooled, Spool, spoolSource } from './spool'

it('keeps bytes in a file without a name, for its owner alone', () => {
  const spool = openSpool()
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('bailiwick-spool-'))).toEqual([])
  expect(fstatSync(spool.fd).mode & 0o777).toBe(0o600)
  const first = spool.append(Buffer.from('abc'))
  const same = new Spool(spool.fd)
  const second = same.append(Buffer.from('defg'))
  spool.refresh()
  const third = spool.append(Buffer.from('h'))
  expect([first, second, third].map((part) => Buffer.from(readSpooled(part)).toString())).toEqual(['abc', 'defg', 'h'])
  expect(Buffer.concat([...spoolSource(second).chunks()]).toString()).toBe('defg')
  spool.close()
  spool.close()
  expect(() => fstatSync(spool.fd)).toThrow()
})
