import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inParts, listFiles } from './list-files'

const folder = mkdtempSync(path.join(tmpdir(), 'list-files-'))
mkdirSync(path.join(folder, 'aws', '.git'), { recursive: true })
for (const name of ['aws/b.json', 'aws/a.json', 'aws/.git/config', 'aws/.DS_Store', 'c.csv'])
  writeFileSync(path.join(folder, name), 'x')
afterAll(() => rmSync(folder, { recursive: true }))

describe('listFiles', () => {
  it('takes files and what lies in folders, by name, without litter', async () => {
    const found = await listFiles(folder, ['c.csv', 'aws'])
    expect(found.map(({ name }) => name)).toEqual(['c.csv', 'aws/a.json', 'aws/b.json'])
    expect(found[0]).toMatchObject({ path: path.join(folder, 'c.csv'), bytes: 1 })
  })
  it('names what lies elsewhere by its whole path, and fails on what is not there', async () => {
    const [file] = await listFiles(path.join(folder, 'aws'), ['../c.csv'])
    expect(file?.name).toBe(path.join(folder, 'c.csv').split(path.sep).join('/'))
    await expect(listFiles(folder, ['nothing.json'])).rejects.toThrow(/nothing\.json/)
  })
})

describe('inParts', () => {
  const file = (bytes: number) => ({ path: '', name: '', bytes })
  it('fills parts up to the limits', () => {
    const sizes = (parts: { bytes: number }[][]) => parts.map((part) => part.map(({ bytes }) => bytes))
    expect(sizes(inParts([1, 1, 1].map(file), { files: 2, bytesInAll: 10 }))).toEqual([[1, 1], [1]])
    expect(sizes(inParts([6, 5, 5, 20, 1].map(file), { files: 9, bytesInAll: 10 }))).toEqual([[6], [5, 5], [20], [1]])
    expect(inParts([], { files: 2, bytesInAll: 10 })).toEqual([])
  })
})
