import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'

/** Git by SSH as GitHub has it: keys are all that it asks for, and it says whom it takes them for. */
export interface FakeGit {
  port: number
  /** `ssh-ed25519 AAAA…`, by which the server proves itself. */
  hostKey: string
  stop: () => Promise<void>
}

/** `whose`: the repository that a public key (`type base64`) opens, now. */
export async function startGit(whose: (key: string) => string | undefined): Promise<FakeGit> {
  const { private: privateKey, public: hostKey } = ssh2.utils.generateKeyPairSync('ed25519')
  const open = new Set<ssh2.Connection>()
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    open.add(client)
    let repository = ''
    client.on('error', () => {})
    client.once('close', () => open.delete(client))
    client.on('authentication', (asked) => {
      if (asked.method !== 'publickey' || asked.username !== 'git') return asked.reject(['publickey'])
      const found = whose(`${asked.key.algo} ${asked.key.data.toString('base64')}`)
      const key = ssh2.utils.parseKey(`${asked.key.algo} ${asked.key.data.toString('base64')}`)
      const isSigned =
        asked.signature === undefined ||
        (!(key instanceof Error) && asked.blob !== undefined && key.verify(asked.blob, asked.signature) === true)
      if (found === undefined || !isSigned) return asked.reject(['publickey'])
      repository = found
      asked.accept()
    })
    client.on('session', (accept) => {
      const session = accept()
      session.on('shell', (take) => {
        const channel = take()
        channel.stderr.write(
          `Hi ${repository}! You've successfully authenticated, but GitHub does not provide shell access.\r\n`,
        )
        channel.exit(1)
        channel.end()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: hostKey.trim().split(' ').slice(0, 2).join(' '),
    stop: async () => {
      for (const client of open) client.end()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
