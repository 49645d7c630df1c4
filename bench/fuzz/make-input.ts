import path from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { type CorpusFile, isLarge } from './corpus'
import { mutateBytes } from './mutate-bytes'
import { mutateTree } from './mutate-tree'
import { oddText, writeRaw } from './odd-values'
import { Random } from './random'

export interface FuzzInput {
  no: number
  /** The group of fixtures that it was made from. */
  group: string
  /** As it is uploaded: the extension may lie. */
  name: string
  bytes: Buffer
  /** From what, and what was done to it. */
  from: string
  told: string[]
}

/** Input `no` of a seed: one fixture of one group, damaged in its structure, in its bytes or in both. */
export function makeInput(corpus: ReadonlyMap<string, readonly CorpusFile[]>, seed: number, no: number): FuzzInput {
  const random = new Random(`${seed}:${no}`)
  const group = random.pick([...corpus.keys()])
  const file = choose(corpus.get(group) ?? [], random)
  const told: string[] = []
  let bytes = file.read()
  if (!random.once(4)) {
    const changed = mutateStructure(file.name, bytes, random)
    bytes = changed.bytes
    told.push(...changed.told)
  }
  if (told.length === 0 || random.once(6)) {
    const other = () =>
      choose(corpus.get(random.pick([...corpus.keys()])) ?? [], random)
        .read()
        .subarray(0, 200_000)
    const changed = mutateBytes(bytes, random, other)
    bytes = changed.bytes
    told.push(...changed.told)
  }
  const plain = path.basename(file.name)
  const name = random.once(15)
    ? random.pick([`${plain}.gz`, 'x', 'x.json', 'x.yaml', 'x.csv', 'x.txt', 'x.tfstate', 'x.zip', 'x.xlsx', 'x.sql'])
    : plain
  return { no, group, name, bytes, from: file.name, told }
}

function choose(files: readonly CorpusFile[], random: Random): CorpusFile {
  const chosen = random.pick(files)
  if (!isLarge(chosen) || random.once(40)) return chosen
  const small = files.filter((file) => !isLarge(file))
  return small.length > 0 ? random.pick(small) : chosen
}

function mutateStructure(name: string, bytes: Buffer, random: Random): { bytes: Buffer; told: string[] } {
  const whole = bytes.toString('utf8')
  const isCsv = /\.[ct]sv$/.test(name)
  const structure = isCsv ? undefined : (readJson(whole) ?? readLines(whole) ?? readYaml(name, whole))
  if (structure !== undefined) {
    const { value, told } = mutateTree(structure.value, random)
    return { bytes: Buffer.from(writeRaw(structure.write(value, random), random)), told }
  }
  return isCsv ? mutateCells(whole, random) : mutateLines(whole, random)
}

interface Structure {
  value: unknown
  write: (value: unknown, random: Random) => string
}

const writeJson = (value: unknown) => JSON.stringify(value) ?? 'null'

function readJson(whole: string): Structure | undefined {
  try {
    return {
      value: JSON.parse(whole.replace(/^\ufeff/, '')),
      write: (value, random) => JSON.stringify(value, null, random.pick([0, 2])) ?? 'null',
    }
  } catch {
    return undefined
  }
}

function readLines(whole: string): Structure | undefined {
  const lines = whole.split('\n').filter((line) => line.trim() !== '')
  const values = lines.map((line) => readJson(line)?.value)
  if (values.length === 0 || values.includes(undefined)) return undefined
  return {
    value: values,
    write: (value) => (Array.isArray(value) ? value.map(writeJson).join('\n') : writeJson(value)),
  }
}

function readYaml(name: string, whole: string): Structure | undefined {
  if (!/\.ya?ml$/.test(name)) return undefined
  try {
    const value = parseAllDocuments(whole).map((document): unknown => document.toJS())
    const write = (next: unknown, random: Random) => {
      if (random.once(8)) return writeJson(next)
      const documents = Array.isArray(next) ? next : [next]
      return documents.map((document) => writeYaml(document)).join('---\n')
    }
    return { value, write }
  } catch {
    return undefined
  }
}

/** The YAML of a value; JSON, which is YAML too, of one that its writer cannot write. */
function writeYaml(value: unknown): string {
  try {
    return stringify(value, { aliasDuplicateObjects: false }) ?? ''
  } catch {
    return writeJson(value)
  }
}

/** How often a piece may stand in an input: damage upon damage must not outgrow what a text can hold. */
const fitting = (piece: string, times: number) =>
  Math.min(times, Math.max(1, Math.floor(20_000_000 / (piece.length + 1))))

function mutateCells(whole: string, random: Random): { bytes: Buffer; told: string[] } {
  const rows = whole.split('\n').map((line) => line.split(','))
  const told: string[] = []
  for (let left = 1 + random.below(10); left > 0; left--) {
    const row = random.below(rows.length)
    const cells = rows[row] ?? []
    const cell = random.below(cells.length)
    const what = random.pick(['odd', 'drop', 'add', 'swap', 'repeat', 'column'] as const)
    told.push(`${what} cell ${row}:${cell}`)
    if (what === 'odd') cells[cell] = random.once(3) ? `"${oddText(random)}` : oddText(random)
    if (what === 'drop') cells.splice(cell, 1)
    if (what === 'add') cells.splice(cell, 0, oddText(random).repeat(random.pick([1, 1, 1000])))
    if (what === 'swap') rows.splice(row, 0, rows[random.below(rows.length)] ?? [])
    if (what === 'repeat') {
      for (let n = fitting(cells.join(), random.pick([1, 1000])); n > 0; n--) rows.push([...cells])
    }
    if (what === 'column') for (const each of rows) each.splice(cell, 1)
  }
  const separator = random.pick([',', ',', ',', ';', '\t', '|'])
  return { bytes: Buffer.from(rows.map((cells) => cells.join(separator)).join('\n')), told }
}

function mutateLines(whole: string, random: Random): { bytes: Buffer; told: string[] } {
  const lines = whole.split('\n')
  const told: string[] = []
  for (let left = 1 + random.below(10); left > 0; left--) {
    const at = random.below(lines.length)
    const line = lines[at] ?? ''
    const words = line.split(' ')
    const what = random.pick(['drop', 'repeat', 'swap', 'word', 'odd', 'join', 'long'] as const)
    told.push(`${what} line ${at + 1}`)
    if (what === 'drop') lines.splice(at, 1)
    if (what === 'repeat') lines.splice(at, 0, ...Array<string>(fitting(line, random.pick([1, 500]))).fill(line))
    if (what === 'swap') lines.splice(at, 1, lines[random.below(lines.length)] ?? '')
    if (what === 'word') lines[at] = words.toSpliced(random.below(words.length), 1, oddText(random)).join(' ')
    if (what === 'odd') lines.splice(at, 0, oddText(random))
    if (what === 'join') lines.splice(at, 2, line + (lines[at + 1] ?? ''))
    if (what === 'long') lines[at] = line.repeat(fitting(line, random.pick([10, 2_000])))
  }
  return { bytes: Buffer.from(lines.join('\n')), told }
}
