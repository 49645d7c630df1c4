import fs from 'node:fs'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { codeOf, credentialsOf, discover, setting } from './found'
import type { RunningSystem, SystemUnderTest } from './running-system'
import type { ServerFolder } from './server-process'

interface Tools {
  folder: ServerFolder
  keygen: (...args: string[]) => string
  addAccount: (name: string, publicKey: string) => void
  /** Whether the client of OpenSSH is let in with these options. */
  logIn: (...args: string[]) => Promise<boolean>
}

const account = 'svc-deploy'
const holder = 'deploy pipeline'

const steps = {
  certificates: 'revokes a certificate by its serial, and takes it back',
  otherServer: 'speaks to no server with another key',
  files: 'changes nothing else in a file, follows no link, and takes no name for a command',
}

/** What only SSH has: certificates of an authority, the list of revoked keys, and the key of the server itself. */
export const sshSteps: SystemUnderTest['further'] = [
  {
    title: steps.certificates,
    proves: [
      ['certificate', 'delete'],
      ['certificate', 'restore'],
    ],
  },
  { title: steps.otherServer, proves: [] },
  { title: steps.files, proves: [] },
]

export function proveSshSteps(
  { folder, keygen, addAccount, logIn }: Tools,
  config: RunningSystem['config'],
): NonNullable<RunningSystem['further']> {
  const certify = (serial: number) => {
    const name = `pipeline-${serial}`
    keygen('-t', 'ed25519', '-N', '', '-C', name, '-f', folder.at(name))
    const sign = ['-s', folder.at('authority'), '-I', holder, '-n', account, '-V', '+1h', '-z', String(serial)]
    keygen(...sign, folder.at(`${name}.pub`))
    fs.appendFileSync(folder.at('register'), fs.readFileSync(folder.at(`${name}-cert.pub`)))
    return { isLetIn: () => logIn('-i', folder.at(name), `${account}@127.0.0.1`), cert: folder.at(`${name}-cert.pub`) }
  }
  const isInList = (cert: string) => {
    try {
      keygen('-Q', '-f', folder.at('revoked', 'keys.krl'), cert)
      return false
    } catch {
      return true
    }
  }
  const proveCertificates = async (connection: LiveConnection) => {
    addAccount(account, '')
    const [first, second] = [certify(7), certify(8)]
    // Somebody else's revocations must outlive ours.
    fs.writeFileSync(folder.at('spec'), 'serial: 100-140\nserial: 9\nid: somebody\n')
    const before = fs.statSync(folder.at('revoked', 'keys.krl'))
    const krl = folder.at('revoked', 'keys.krl')
    keygen('-k', '-u', '-f', krl, '-s', folder.at('authority.pub'), folder.at('spec'))
    const found = await discover(connection)
    expect(found.end.isComplete).toBe(true)
    const [identity] = [...found.records.values()].flatMap((record) =>
      record.type === 'identity' && record.name === holder ? [record.externalId] : [],
    )
    if (identity === undefined) throw new Error('the holder of the certificates was not found')
    expect(found.records.has(`assumes ${identity} > account:${account}`)).toBe(true)
    expect(found.rights.get(identity)).toMatchObject({ rotate: false, revoke: true })
    const held = credentialsOf(found, identity)
    expect(held.map(({ status }) => status)).toEqual(['active', 'active'])
    const credential = held.find(({ attributes }) => attributes?.serial === '7')?.externalId ?? ''
    expect([await first.isLetIn(), await second.isLetIn()]).toEqual([true, true])
    const hands = connection.hands.certificate
    const target = { identity, credential }
    const revoked = await hands?.delete?.({ target })
    expect(revoked).toMatchObject({ did: 'done' })
    expect([await first.isLetIn(), await second.isLetIn()]).toEqual([false, true])
    expect([isInList(first.cert), isInList(second.cert)]).toEqual([true, false])
    expect(await hands?.delete?.({ target })).toMatchObject({ did: 'already' })
    const after = fs.statSync(krl)
    expect([after.uid, after.gid, after.mode]).toEqual([before.uid, before.gid, before.mode])
    const listed = credentialsOf(await discover(connection), identity)
    expect(listed.map(({ status }) => status).sort()).toEqual(['active', 'disabled'])
    if (revoked?.former === undefined) throw new Error('nothing came that takes the revocation back')
    expect(await hands?.restore?.({ target, former: revoked.former })).toMatchObject({ did: 'done' })
    expect([await first.isLetIn(), await second.isLetIn()]).toEqual([true, true])
    expect([certify(9), certify(120), certify(141)].map(({ cert }) => isInList(cert))).toEqual([true, true, false])
  }
  const connect = (change: Record<string, unknown>) =>
    findLiveConnector('ssh')?.connect({ ...config, ...change }, setting) as Promise<unknown>
  const refuseOthers = async () => {
    const shown = /shows a key that this connection does not know, SHA256:/
    await expect(connect({ hostFingerprints: `SHA256:${'A'.repeat(43)}` })).rejects.toThrow(shown)
    expect(await codeOf(connect({ hostFingerprints: '' }))).toBe('invalid_config')
  }
  const changeNothingElse = async (connection: LiveConnection) => {
    const file = folder.at('keys', account)
    const keys = ['a', 'b'].map((name) => {
      keygen('-t', 'ed25519', '-N', '', '-C', name, '-f', folder.at(name))
      return fs.readFileSync(folder.at(`${name}.pub`), 'utf8').trim()
    })
    addAccount(account, `${keys[0]}\n# \u00e4 comment\n\nnonsense\n${keys[1]}`)
    fs.chmodSync(file, 0o604)
    const [text, { uid, gid }] = [fs.readFileSync(file), fs.statSync(file)]
    const identity = `account:${account}`
    const found = await discover(connection)
    const [first] = credentialsOf(found, identity)
    const target = { identity, credential: first?.externalId ?? '' }
    const hands = connection.hands.ssh_key
    expect(await hands?.disable?.({ target })).toMatchObject({ did: 'done' })
    const disabled = fs.readFileSync(file, 'utf8').split('\n')
    const changed = text
      .toString()
      .split('\n')
      .filter((line, at) => line !== disabled[at])
    expect(changed).toEqual([keys[0]])
    expect(fs.statSync(file)).toMatchObject({ uid, gid, mode: 0o100604 })
    expect(await hands?.enable?.({ target })).toMatchObject({ did: 'done' })
    expect(fs.readFileSync(file).equals(text)).toBe(true)
    expect(fs.readdirSync(folder.at('keys')).filter((name) => name.startsWith('.'))).toEqual([])
    // A link that whoever owns the folder has laid to a file of somebody else.
    fs.rmSync(file)
    fs.symlinkSync(folder.at('keys', 'powerless'), file)
    expect(await codeOf(hands?.disable?.({ target }) as Promise<unknown>)).toBe('forbidden')
    expect((await discover(connection)).end.skipped).toMatchObject([{ scope: file }])
    fs.rmSync(file)
    const made = folder.at('made')
    for (const name of [`x; touch ${made}`, `$(touch ${made})`, `../../${account}`, `-u root`, `a\ntouch ${made}`]) {
      const order = { target: { identity: `account:${name}` } }
      for (const hand of [connection.hands.identity?.endSessions, connection.hands.identity?.disable])
        expect(await codeOf(hand?.(order) as Promise<unknown>)).toBe('not_found')
    }
    expect(fs.existsSync(made)).toBe(false)
    expect(await codeOf(connect({ accounts: `ok, $(touch ${made})` }))).toBe('invalid_config')
  }
  return {
    [steps.certificates]: proveCertificates,
    [steps.otherServer]: refuseOthers,
    [steps.files]: changeNothingElse,
  }
}
