/** One value of DER (X.690): `body` is what it holds, `whole` the same with tag and length. */
export interface Der {
  tag: number
  body: Buffer
  whole: Buffer
}

export const tags = {
  ...{ boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, enumerated: 0x0a },
  ...{ utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31 },
} as const

/** The value that begins at `at`. @throws RangeError for what is no DER, or cut off */
export function readDer(bytes: Buffer, at = 0): Der {
  const tag = bytes.readUInt8(at)
  // Tags above 30 need more bytes: nothing here has them.
  if ((tag & 0x1f) === 0x1f) throw new RangeError('long tag')
  const first = bytes.readUInt8(at + 1)
  const more = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || more > 4) throw new RangeError('length')
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more)
  const from = at + 2 + more
  if (from + length > bytes.length) throw new RangeError('cut off')
  return { tag, body: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length) }
}

/** What a sequence, a set or an explicit tag holds. @throws RangeError */
export function partsOf({ body }: Der): Der[] {
  const parts: Der[] = []
  for (let at = 0; at < body.length; ) {
    const part = readDer(body, at)
    parts.push(part)
    at += part.whole.length
  }
  return parts
}

/** The value at this place, which has to have the tag. @throws RangeError */
export function partAt(parts: readonly Der[], index: number, tag?: number): Der {
  const part = parts[index]
  if (part === undefined || (tag !== undefined && part.tag !== tag)) throw new RangeError('not as it should be')
  return part
}

/** `1.2.840.113549.1.1.11` */
export function oidOf({ body }: Der): string {
  const numbers: bigint[] = []
  let number = 0n
  for (const byte of body) {
    number = (number << 7n) | BigInt(byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0n
  }
  const [first = 0n, ...rest] = numbers
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...rest].join('.')
}

/** A serial as `openssl` writes it: capital hex digits, two for each byte. */
export function serialOf({ body }: Der): string {
  const isPadded = body.length > 1 && body[0] === 0
  return (isPadded ? body.subarray(1) : body).toString('hex').toUpperCase()
}

/** ISO 8601 of UTCTime and GeneralizedTime. @throws RangeError */
export function timeOf({ tag, body }: Der): string {
  const text = body.toString('latin1')
  const isShort = tag === tags.utcTime
  const [, year = '', month, day, hour, minute, second] =
    (isShort ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/).exec(
      text,
    ) ?? []
  // RFC 5280, 4.1.2.5.1: two digits from 50 on are of the last century.
  const century = isShort ? (Number(year) >= 50 ? '19' : '20') : ''
  const instant = new Date(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(instant.getTime())) throw new RangeError('no time')
  return instant.toISOString()
}

/** The bytes of a bit string, which has no unused bits wherever it is used here. */
export const bitsOf = ({ body }: Der) => body.subarray(1)

/** Writes a value. */
export function der(tag: number, ...bodies: Buffer[]): Buffer {
  const body = Buffer.concat(bodies)
  const short = body.length < 0x80
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length)
  const digits = size.subarray(size.findIndex((byte) => byte !== 0))
  const length = short ? Buffer.from([body.length]) : Buffer.concat([Buffer.from([0x80 | digits.length]), digits])
  return Buffer.concat([Buffer.from([tag]), length, body])
}

export const sequence = (...parts: Buffer[]) => der(tags.sequence, ...parts)

/** Writes an object identifier. */
export function oid(dotted: string): Buffer {
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [root * 40 + second, ...rest].flatMap((number) => {
    const digits = [number & 0x7f]
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return der(tags.oid, Buffer.from(bytes))
}

/** The DER of a PEM, or what was given where it is DER. `undefined` = neither. */
export function fromPem(bytes: Buffer, label: string): Buffer | undefined {
  if (bytes[0] === tags.sequence) return bytes
  const pattern = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`)
  const base64 = pattern.exec(bytes.toString('latin1'))?.[1]
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}
