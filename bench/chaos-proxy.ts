import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** The wire between the connector and its system, on loopback, which can be cut at any moment: also between an act and its answer. */
export interface Wire {
  port: number
  cut: () => void
  stop: () => Promise<void>
}

export async function startWire(to: number): Promise<Wire> {
  const open = new Set<net.Socket>()
  const server = net.createServer((near) => {
    const far = net.connect({ host: '127.0.0.1', port: to })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as net.AddressInfo).port,
    cut,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      cut()
      await Promise.race([closed, sleep(2000)])
    },
  }
}
