import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { unprivilegedUser } from '../../../../scripts/lib/postgres-user.mjs'

/** A folder of its own for one server, which its user may enter. */
export class ServerFolder {
  readonly path: string
  readonly log: string
  /** Servers that refuse to run as root run as this user; `undefined` = as the user of the tests. */
  readonly user: { uid: number; gid: number } | undefined

  /** @param asRoot for a server that lets accounts of the system in, which only root can */
  constructor(name: string, asRoot = false) {
    this.path = fs.mkdtempSync(path.join(os.tmpdir(), `bailiwick-${name}-`))
    this.log = path.join(this.path, 'server.log')
    this.user = asRoot ? undefined : unprivilegedUser()
    fs.writeFileSync(this.log, '')
    fs.chmodSync(this.path, 0o755)
    this.own(this.path, this.log)
  }

  at(...parts: string[]): string {
    return path.join(this.path, ...parts)
  }

  write(name: string, text: string): string {
    fs.writeFileSync(this.at(name), text, { mode: 0o600 })
    this.own(this.at(name))
    return this.at(name)
  }

  own(...files: string[]): void {
    if (this.user !== undefined) for (const file of files) fs.chownSync(file, this.user.uid, this.user.gid)
  }

  /** A certificate for localhost that vouches for itself, and its key; readable by the server alone. */
  makeCertificate(): { cert: string; key: string; pem: string } {
    const [cert, key] = [this.at('cert.pem'), this.at('key.pem')]
    this.run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ])
    fs.chmodSync(key, 0o600)
    return { cert, key, pem: fs.readFileSync(cert, 'utf8') }
  }

  run(program: string, args: string[], env: Record<string, string> = {}): string {
    const done = spawnSync(program, args, {
      ...this.user,
      cwd: this.path,
      encoding: 'utf8',
      env: { NODE_ENV: 'test', PATH: process.env.PATH, LC_ALL: 'C', HOME: this.path, ...env },
    })
    if (done.status !== 0) throw new Error(`${path.basename(program)} failed: ${done.stderr || done.stdout}`)
    return done.stdout
  }

  remove(): void {
    fs.rmSync(this.path, { recursive: true, force: true })
  }
}

export interface ServerProcess {
  pid: number
  stop: (signal?: NodeJS.Signals) => Promise<void>
}

/** Starts a server whose output goes to the folder's log, and waits until it takes connections. It ends with this process. */
export async function startServer(
  folder: ServerFolder,
  program: string,
  args: string[],
  port: number,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  const out = fs.openSync(folder.log, 'a')
  const child = spawn(program, args, {
    ...folder.user,
    cwd: folder.path,
    env: { NODE_ENV: 'test', PATH: process.env.PATH, LC_ALL: 'C', HOME: folder.path, ...env },
    stdio: ['ignore', out, out],
  })
  fs.closeSync(out)
  let end: string | undefined
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      end = error.message
      resolve()
    })
    child.once('exit', (code, signal) => {
      end = `ended with ${signal ?? `code ${code}`}`
      resolve()
    })
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    process.removeListener('exit', kill)
    if (end !== undefined) return
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(late)
  }
  const until = Date.now() + 110_000
  while (end === undefined && Date.now() < until) {
    if (child.pid !== undefined && (await listens(port))) return { pid: child.pid, stop }
    await sleep(50)
  }
  const reason = end ?? 'did not listen within 110 s'
  await stop('SIGKILL')
  throw new Error(`${path.basename(program)} ${reason}\n${fs.readFileSync(folder.log, 'utf8').slice(-2000)}`)
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
