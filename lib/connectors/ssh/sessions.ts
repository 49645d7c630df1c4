import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Effect, LiveUse } from '../live-contract'
import { LiveError } from '../live-error'
import { run, type SshSession } from './client'

/** What the instructions put on the server: it reads a name, and ends the sessions of that account and nothing else. */
export const endSessionsScript = `#!/bin/sh
# Reads the name of an account and ends its SSH sessions, nothing else.
read -r account
case "$account" in '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9_.@-]*) exit 2 ;; esac
exec pkill -TERM -u "$account" -f -x "sshd(-session)?: $account(@.*)? *"`

interface Open {
  pid: string
  seconds: number
  /** `pts/0`; absent = without a terminal. */
  terminal?: string
}

/**
 * Sessions of an account, by the processes of sshd that run as it.
 * @throws LiveError `forbidden` where the list may lack some
 */
async function readOpen(session: SshSession, account: string, call: Call): Promise<Open[]> {
  const { output } = await run(session, 'listSessions', call)
  const rows = output.split('\n').flatMap((line) => {
    const [, pid, user = '', seconds, title = ''] = /^\s*(\d+)\s+(\S+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid, user, seconds: Number(seconds), title }]
  })
  const of = (name: string) =>
    rows.flatMap(({ pid, user, seconds, title }) => {
      const [, of, terminal] = /^sshd(?:-session)?: (.+?)(?:@(notty|pts\/\d+|tty\S*))?\s*$/.exec(title) ?? []
      if (of !== name || user !== name) return []
      return [{ pid, seconds, ...(terminal === undefined || terminal === 'notty' ? {} : { terminal }) }]
    })
  // Who sees neither the first process nor our own sees not all of them.
  if (!rows.some(({ pid }) => pid === '1') || of(session.config.user).length === 0)
    throw new LiveError(
      'forbidden',
      'Open sessions cannot be seen: this account may not run ps, or sees its own processes only.',
    )
  return of(account)
}

export async function sees(session: SshSession, call: Call): Promise<boolean> {
  return readOpen(session, session.config.user, call).then(
    () => true,
    (error) => {
      if (error instanceof LiveError && error.code === 'forbidden') return false
      throw error
    },
  )
}

/** Whether this account may run the script that ends sessions: asked, not tried. */
export async function mayEnd(session: SshSession, call: Call): Promise<boolean> {
  const question = session.config.user === 'root' ? 'mayEndSessionsAsRoot' : 'mayEndSessions'
  const { code, output } = await run(session, question, call).catch((error) => {
    if (error instanceof LiveError && error.code === 'forbidden') return { code: null, output: '' }
    throw error
  })
  // A server that opens SFTP whatever is asked for ends well too, and says nothing.
  return code === 0 && output.trim().startsWith('/usr/local/sbin/bailiwick-end-sessions')
}

const closesWithinMs = 5000

export async function endSessions(
  session: SshSession,
  account: string,
  call: Call,
): Promise<Effect & { ended: number }> {
  const open = await readOpen(session, account, call)
  if (open.length === 0) return { did: 'already', ended: 0, evidence: 'ps shows no session' }
  const command = session.config.user === 'root' ? 'endSessionsAsRoot' : 'endSessions'
  const { code } = await run(session, command, call, `${account}\n`)
  // 1: there was none any more.
  if (code !== 0 && code !== 1)
    throw new LiveError('forbidden', 'This account may not end sessions: it needs the script of the instructions.')
  const until = Date.now() + closesWithinMs
  for (;;) {
    const left = await readOpen(session, account, call)
    if (left.length === 0) return { did: 'done', ended: open.length, evidence: 'ps shows no session' }
    if (Date.now() > until)
      throw new LiveError('refused_by_source', `${left.length} sessions of ${account} are still open after 5 s.`)
    await sleep(100, undefined, { signal: call.signal })
  }
}

export async function whoUses(session: SshSession, account: string, call: Call): Promise<LiveUse> {
  const open = await readOpen(session, account, call)
  const now = Date.now()
  return {
    sessions: open.map(({ pid, seconds, terminal }) => ({
      ...{ id: pid, since: new Date(now - seconds * 1000).toISOString() },
      ...(terminal === undefined ? {} : { program: `terminal ${terminal}` }),
    })),
    blindSpots:
      'which key opened a session, from where, and sessions that have ended are in the server’s log only (Accepted publickey)',
  }
}
