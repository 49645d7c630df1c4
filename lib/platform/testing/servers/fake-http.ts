import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { ServerFolder } from './server-process'

export interface FakeQuestion {
  method: string
  url: URL
  headers: http.IncomingHttpHeaders
  text: string
}

export interface FakeAnswer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/** A system that only its makers run, on loopback in the clear and by TLS, answering in JSON. */
export interface FakeHttp {
  port: number
  safePort: number
  pem: string
  /** Makes each answer take so long. */
  slowDown: (ms: number) => void
  /** Breaks off every question after so many more answers; `Infinity`: none. */
  breakAfter: (answers: number) => void
  cut: () => Promise<void>
  stop: () => Promise<void>
}

export async function startFake(name: string, answer: (question: FakeQuestion) => FakeAnswer): Promise<FakeHttp> {
  const folder = new ServerFolder(name)
  const { cert, key, pem } = folder.makeCertificate()
  let slowMs = 0
  let answersLeft = Number.POSITIVE_INFINITY
  const listen = (request: http.IncomingMessage, response: http.ServerResponse) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.once('end', () => {
      answersLeft -= 1
      if (answersLeft < 0) return request.socket.destroy()
      const url = new URL(request.url ?? '/', 'http://localhost')
      const {
        status,
        headers = {},
        body,
      } = answer({ method: request.method ?? '', url, headers: request.headers, text })
      const reply = () => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers })
        response.end(body === undefined ? '' : JSON.stringify(body))
      }
      if (slowMs === 0) reply()
      else setTimeout(reply, slowMs)
    })
  }
  const plain = http.createServer(listen)
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, listen)
  const portOf = (server: http.Server | https.Server) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    )
  return {
    ...{ port: await portOf(plain), safePort: await portOf(safe), pem },
    slowDown: (ms) => {
      slowMs = ms
    },
    breakAfter: (answers) => {
      answersLeft = answers
    },
    cut: async () => plain.closeAllConnections(),
    stop: async () => {
      for (const server of [plain, safe]) {
        server.closeAllConnections()
        server.close()
      }
      folder.remove()
    },
  }
}
