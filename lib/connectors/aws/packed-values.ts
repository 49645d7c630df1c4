import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { ByteStore, NumberList, PackedTexts } from './packed-texts'

/** Characters of those that were asked for last and lie ready; as objects they take several times as much. */
const readyCharacters = 2_000_000

/** Values of JSON by a name, packed until one is asked for: policies of which an account may have a hundred megabytes. */
export class PackedValues<Value> {
  readonly #names = new PackedTexts()
  readonly #places = new NumberList()
  readonly #bytes = new ByteStore()
  readonly #ready = new Map<number, { value: Value; characters: number }>()
  #characters = 0

  has(name: string): boolean {
    return this.#names.find(name) !== undefined
  }

  /** Keeps the value, in the place of one that had its name. */
  set(name: string, value: Value): void {
    const packed = deflateRawSync(JSON.stringify(value), { level: 1 })
    const { at, bytes } = this.#bytes.reserve(packed.byteLength)
    packed.copy(bytes)
    const number = this.#names.add(name)
    if (number === this.#places.length) this.#places.push(at)
    else this.#places.set(number, at)
    this.#forget(number)
  }

  get(name: string): Value | undefined {
    const number = this.#names.find(name)
    if (number === undefined) return undefined
    const known = this.#ready.get(number)
    if (known !== undefined) {
      // Last in the row of those that go.
      this.#ready.delete(number)
      this.#ready.set(number, known)
      return known.value
    }
    const text = inflateRawSync(this.#bytes.read(this.#places.at(number))).toString('utf8')
    const value = JSON.parse(text) as Value
    this.#ready.set(number, { value, characters: text.length })
    this.#characters += text.length
    for (const [oldest] of this.#ready) {
      if (this.#characters <= readyCharacters) break
      this.#forget(oldest)
    }
    return value
  }

  #forget(number: number): void {
    this.#characters -= this.#ready.get(number)?.characters ?? 0
    this.#ready.delete(number)
  }
}
