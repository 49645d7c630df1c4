import { expect, test } from 'vitest'
import { rightsIn } from './access-list'

const resetBytes = Buffer.from('709529006d24d011a76800aa006e0529', 'hex')
const controlBytes = Buffer.from('687a96bfe60dd011a28500aa003049e2', 'hex')
const otherBytes = Buffer.alloc(16, 17)
const sid = (last: number) => Buffer.concat([Buffer.from('0101000000000005', 'hex'), u32(last)])
const holder = (...last: number[]) => new Set(last.map((part) => `S-1-5-${part}`))

const u16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer)
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer)

interface Ace {
  deny?: boolean
  flags?: number
  mask: number
  object?: Buffer
  trustee: number
}

/** A descriptor with an access list and nothing else. */
function descriptor(aces: Ace[]): Buffer {
  const entries = aces.map(({ deny = false, flags = 0, mask, object, trustee }) => {
    const body = Buffer.concat([u32(mask), ...(object === undefined ? [] : [u32(1), object]), sid(trustee)])
    const type = (object === undefined ? 0 : 5) + (deny ? 1 : 0)
    return Buffer.concat([Buffer.from([type, flags]), u16(body.length + 4), body])
  })
  const list = Buffer.concat([Buffer.from([4, 0]), u16(0), u16(entries.length), u16(0), ...entries])
  return Buffer.concat([Buffer.from([1, 0]), u16(0x8004), u32(0), u32(0), u32(0), u32(20), list])
}

test('a right bound to the reset of passwords allows that alone', () => {
  const bytes = descriptor([{ mask: 0x100, object: resetBytes, trustee: 7 }])
  expect(rightsIn(bytes, holder(7))).toEqual({ resets: true, disables: false, deletes: false })
  expect(rightsIn(bytes, holder(8))).toEqual({ resets: false, disables: false, deletes: false })
  const other = descriptor([{ mask: 0x100, object: otherBytes, trustee: 7 }])
  expect(rightsIn(other, holder(7))?.resets).toBe(false)
})

test('what is bound to nothing allows all of its kind; full control allows everything', () => {
  expect(rightsIn(descriptor([{ mask: 0x20, trustee: 7 }]), holder(7))).toMatchObject({ disables: true, resets: false })
  expect(rightsIn(descriptor([{ mask: 0x20, object: controlBytes, trustee: 7 }]), holder(7))?.disables).toBe(true)
  expect(rightsIn(descriptor([{ mask: 0xf01ff, trustee: 7 }]), holder(7))).toEqual({
    ...{ resets: true, disables: true, deletes: true },
  })
  expect(rightsIn(descriptor([{ mask: 0x10000000, trustee: 7 }]), holder(7))?.deletes).toBe(true)
})

test('the first rule decides, and what is for entries below only decides nothing', () => {
  const denied = descriptor([
    { deny: true, mask: 0x100, object: resetBytes, trustee: 8 },
    { mask: 0xf01ff, trustee: 7 },
  ])
  expect(rightsIn(denied, holder(7, 8))).toMatchObject({ resets: false, disables: true })
  const below = descriptor([{ flags: 0x8, mask: 0xf01ff, trustee: 7 }])
  expect(rightsIn(below, holder(7))).toEqual({ resets: false, disables: false, deletes: false })
})

test('bytes that are no descriptor tell nothing', () => {
  const whole = descriptor([{ mask: 0x100, object: resetBytes, trustee: 7 }])
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.alloc(40, 255),
    whole.subarray(0, whole.length - 3),
    whole.subarray(0, 22),
  ])
    expect(rightsIn(bytes, holder(7))).toBeUndefined()
})
