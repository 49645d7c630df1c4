import { describe, expect, it } from 'vitest'
import { sentShares, uploadProblem, withoutLitter } from './check-upload'

const limits = { files: 3, bytesPerFile: 1024, bytesInAll: 2048 }
const file = (name: string, size = 1) => ({ name, size })

describe('an upload', () => {
  it('is told before it is sent that it is too much', () => {
    expect(uploadProblem([file('a')], limits)).toBeNull()
    expect(uploadProblem([], limits)).toMatch(/no file/)
    expect(
      uploadProblem(
        ['a', 'b', 'c', 'd'].map((name) => file(name)),
        limits,
      ),
    ).toMatch(/4 files; at most 3/)
    expect(uploadProblem([file('big.json', 1025)], limits)).toMatch(/^big\.json has .*at most 1\.0 KB/)
    expect(uploadProblem([file('a', 1000), file('b', 1000), file('c', 1000)], limits)).toMatch(/^Together/)
  })

  it('leaves out what folders hold beside files', () => {
    const files = ['a.json', '.DS_Store'].map((name) => new File(['x'], name))
    expect(withoutLitter(files).map(({ name }) => name)).toEqual(['a.json'])
  })

  it('counts what is sent file by file', () => {
    expect(sentShares([100, 300], 0)).toEqual([0, 0])
    expect(sentShares([100, 300], 0.5)).toEqual([1, 1 / 3])
    expect(sentShares([100, 0, 300], 1)).toEqual([1, 1, 1])
  })
})
