/** Numbers one after another, 4 bytes each. */
export class NumberList {
  #values = new Uint32Array(64)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(number: number): void {
    if (this.#length === this.#values.length) {
      const before = this.#values
      this.#values = new Uint32Array(before.length * 2)
      this.#values.set(before)
    }
    this.#values[this.#length] = number
    this.#length += 1
  }

  *[Symbol.iterator](): Generator<number> {
    for (let place = 0; place < this.#length; place++) yield this.at(place)
  }

  /** The number at a place; 0 where there is none. */
  at(place: number): number {
    return place < this.#length ? (this.#values[place] ?? 0) : 0
  }

  /** Changes a number that is there. */
  set(place: number, number: number): void {
    if (place < this.#length) this.#values[place] = number
  }
}

const chunkBytes = 1024 * 1024

/** Bytes one after another, found again by where they begin. Up to 4 GB. */
export class ByteStore {
  /** One for each megabyte; what is longer than a megabyte has a chunk of its own, which stands for as many. */
  readonly #chunks: Buffer[] = []
  /** Where the chunk of that megabyte begins, in megabytes. */
  readonly #begins: number[] = []
  #end = 0

  /** Room for so many bytes; whoever asked fills it. */
  reserve(size: number): { at: number; bytes: Buffer } {
    const whole = size + 4
    if (this.#end + whole > this.#chunks.length * chunkBytes) {
      this.#end = this.#chunks.length * chunkBytes
      const many = Math.ceil(whole / chunkBytes)
      const chunk = Buffer.allocUnsafeSlow(many * chunkBytes)
      const begin = this.#chunks.length
      for (let each = 0; each < many; each++) {
        this.#chunks.push(chunk)
        this.#begins.push(begin)
      }
    }
    const at = this.#end
    const { chunk, offset } = this.#placeOf(at)
    chunk.writeUInt32LE(size, offset)
    this.#end += whole
    return { at, bytes: chunk.subarray(offset + 4, offset + whole) }
  }

  read(at: number): Buffer {
    const { chunk, offset } = this.#placeOf(at)
    return chunk.subarray(offset + 4, offset + 4 + chunk.readUInt32LE(offset))
  }

  #placeOf(at: number): { chunk: Buffer; offset: number } {
    const megabyte = Math.floor(at / chunkBytes)
    const chunk = this.#chunks[megabyte]
    if (chunk === undefined) throw new RangeError('nothing is kept there')
    return { chunk, offset: at - (this.#begins[megabyte] ?? 0) * chunkBytes }
  }
}

/**
 * Texts by number, each once. They take the bytes that they are written in and 12 to 20 more, where a map of objects by text takes
 * several hundred: an account may have hundreds of thousands of them.
 */
export class PackedTexts {
  readonly #bytes = new ByteStore()
  readonly #places = new NumberList()
  readonly #hashes = new NumberList()
  /** The number of a text and one, by its hash; 0 is a free slot. */
  #slots = new Uint32Array(64)

  get size(): number {
    return this.#places.length
  }

  /** The text's number, a new one where it was not there. */
  add(text: string): number {
    const hash = hashOf(text)
    const known = this.#find(text, hash)
    if (known !== undefined) return known
    if (this.size * 4 >= this.#slots.length * 3) this.#grow()
    const number = this.size
    this.#places.push(this.#write(text))
    this.#hashes.push(hash)
    this.#put(number, hash)
    return number
  }

  find(text: string): number | undefined {
    return this.#find(text, hashOf(text))
  }

  /** `from`: without so many characters at its beginning. */
  at(number: number, from = 0): string {
    const bytes = this.#bytes.read(this.#places.at(number))
    return bytes[0] === wide ? bytes.toString('utf16le', 1 + from * 2) : bytes.toString('latin1', 1 + from)
  }

  #write(text: string): number {
    // Half of a character that takes two must stay what it is, which UTF-8 cannot say.
    const isWide = /[^\0-\xff]/.test(text)
    const { at, bytes } = this.#bytes.reserve(1 + text.length * (isWide ? 2 : 1))
    bytes[0] = isWide ? wide : 0
    bytes.write(text, 1, isWide ? 'utf16le' : 'latin1')
    return at
  }

  #find(text: string, hash: number): number | undefined {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1
      if (number < 0) return undefined
      if (this.#hashes.at(number) === hash && this.at(number) === text) return number
    }
  }

  #put(number: number, hash: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = number + 1
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let number = 0; number < this.size; number++) this.#put(number, this.#hashes.at(number))
  }
}

const wide = 1

/** FNV-1a over the characters, mixed once more: ids that count up differ in their last bits alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}
