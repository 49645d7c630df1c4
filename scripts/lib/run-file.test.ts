import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explain } from './messages.mjs'
import { demandFreePort, freePort, isAlive } from './processes.mjs'
import { claimRun, readRun } from './run-file.mjs'
import { loadSecrets } from './secrets.mjs'

let folder: string
const at = (name: string) => path.join(folder, name)

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run-file-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A process that would run for a minute, with a word of its own in its command line. */
async function bystander(word: string) {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', word], { stdio: 'ignore' })
  await once(child, 'spawn')
  return { pid: child.pid ?? 0, mark: word, ended: once(child, 'exit') }
}

describe('run file', () => {
  it('refuses a second supervisor and says where the first one serves', async () => {
    const other = await bystander('other-supervisor')
    const run = {
      supervisor: other,
      url: 'http://localhost:3000',
      databaseUrl: '',
      ownerUrl: '',
      cerbos: '',
      children: [],
    }
    fs.writeFileSync(at('run.json'), JSON.stringify(run))
    expect(readRun(at('run.json'))?.url).toBe('http://localhost:3000')
    await expect(claimRun(at('run.json'), 'vitest')).rejects.toThrow('It runs already at http://localhost:3000')
    process.kill(other.pid)
    await other.ended
  })

  it('ends what a killed supervisor left, and nothing that merely has its number now', async () => {
    const left = await bystander('left-behind')
    const stranger = await bystander('stranger')
    const children = [left, { pid: stranger.pid, mark: 'left-behind' }]
    fs.writeFileSync(at('run.json'), JSON.stringify({ supervisor: { pid: 2 ** 22, mark: 'gone' }, children }))
    const run = await claimRun(at('run.json'), 'vitest')
    expect([isAlive(left.pid), isAlive(stranger.pid)]).toEqual([false, true])
    run.release()
    expect(fs.existsSync(at('run.json'))).toBe(false)
    process.kill(stranger.pid)
    await stranger.ended
  })
})

describe('what a start needs', () => {
  it('makes secrets once, readable by this user only', () => {
    const made = loadSecrets(at('secrets.json'))
    expect(loadSecrets(at('secrets.json'))).toEqual(made)
    expect(fs.statSync(at('secrets.json')).mode & 0o777).toBe(0o600)
  })

  it('says which port is taken and how to choose another', async () => {
    const port = await freePort()
    const child = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${port}, () => console.log('up'))`,
    ])
    await once(child.stdout, 'data')
    await expect(demandFreePort(port, '127.0.0.1')).rejects.toMatchObject({
      message: `Port ${port} is taken by another program.`,
      mend: expect.stringContaining(`PORT=${port + 1}`),
    })
    child.kill()
  })

  it.each([
    ['ENOSPC', 'write', /disk is full/],
    ['EACCES', "mkdir '/x'", /No permission: EACCES mkdir/],
  ])('turns %s into one line with the mend', (code, message, expected) => {
    expect(explain(Object.assign(new Error(message), { code }))).toMatchObject({
      name: 'Mendable',
      message: expect.stringMatching(expected),
      mend: expect.stringMatching(/\w/),
    })
    expect(explain(new TypeError('a fault of ours'))).toBeInstanceOf(TypeError)
  })
})
