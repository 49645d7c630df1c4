import { describe, expect, it } from 'vitest'
import { deviceOf, isGuessable } from './rules'

describe('deviceOf', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    ['curl/8.5.0', 'curl'],
    ['<script>alert(1)</script>', 'Unknown device'],
    ['', 'Unknown device'],
    [null, 'Unknown device'],
  ])('reads %s', (agent, device) => {
    expect(deviceOf(agent)).toBe(device)
  })
})

describe('isGuessable', () => {
  const words = ['Ana Nowak', 'ana.nowak@acme-bank.example', 'Acme Bank']
  it.each(['aaaaaaaaaaaa', 'abababababab', 'nowak-acme-bank', 'Nowak-Acme-1', 'example.nowak1'])(
    'refuses %s',
    (password) => {
      expect(isGuessable(password, words)).toBe(true)
    },
  )
  it.each(['correct horse battery', 'bailiwick-demo', 'nowak likes long walks', 'T9#kd02mQ!xz'])(
    'takes %s',
    (password) => {
      expect(isGuessable(password, words)).toBe(false)
    },
  )
})
