import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSpooled } from '../files/spool'
import { boundaryOf, readUploadForm } from './upload-form'

async function* dripping(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.slice(at, at + size)
}

async function read(bytes: Uint8Array, type: string | null, size = 7) {
  const form = await readUploadForm(dripping(bytes, size), boundaryOf(type))
  const files = form.files.map((file) => ({
    field: file.field,
    name: file.name,
    text: Buffer.from(readSpooled(file)).toString(),
  }))
  form.close()
  form.close()
  return { fields: form.fields, files }
}

describe('readUploadForm', () => {
  it('reads what browsers send, however it is cut', { timeout: 60_000 }, async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '"', '\r\n', '-', '--', '\n', '\\', '%', ' '),
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text)),
        text,
        fc.integer({ min: 1, max: 60 }),
        async (parts, field, size) => {
          const data = new FormData()
          data.append('instance', field)
          for (const [name, content] of parts) data.append('files', new File([content], `${name}x`))
          const sent = new Response(data)
          const type = sent.headers.get('content-type')
          const bytes = new Uint8Array(await sent.arrayBuffer())
          const expected = await new Response(bytes, { headers: { 'content-type': type ?? '' } }).formData()
          const given = expected.getAll('files').filter((part) => part instanceof File)
          expect(await read(bytes, type, size)).toEqual({
            fields: [{ name: 'instance', value: expected.get('instance') }],
            files: await Promise.all(
              given.map(async (file) => ({ field: 'files', name: file.name, text: await file.text() })),
            ),
          })
        },
      ),
      { numRuns: 150 },
    )
  })

  it('reads what curl sends, with a preamble, blanks behind a boundary and a name in UTF-8', async () => {
    const form =
      'preamble\r\n--b \r\nContent-Disposition: form-data; name="files"; filename="a\\"b.json"\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\ncontent-disposition: form-data; filename*=UTF-8\'\'caf%C3%A9.csv; name=files\r\n\r\n\r\n--b--\r\nrest'
    expect(await read(Buffer.from(form), 'multipart/form-data; charset=utf-8; boundary="b"')).toEqual({
      fields: [],
      files: [
        { field: 'files', name: 'a"b.json', text: '{}' },
        { field: 'files', name: 'café.csv', text: '' },
      ],
    })
  })

  it.each([
    ['', 'multipart/form-data; boundary=b'],
    ['--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx', 'multipart/form-data; boundary=b'],
    ['--b\r\n\r\nx\r\n--b--', 'multipart/form-data; boundary=b'],
    ['--bx\r\n\r\n', 'multipart/form-data; boundary=b'],
    [`--b\r\nx: ${'y'.repeat(20_000)}`, 'multipart/form-data; boundary=b'],
    ['--b--', 'multipart/form-data'],
    ['{}', 'application/json'],
  ])('refuses %j as %s', async (form, type) => {
    await expect(async () => read(Buffer.from(form), type)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('bounds what it keeps in memory', async () => {
    const part = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n'
    const type = 'multipart/form-data; boundary=b'
    await expect(read(Buffer.from(part + 'x'.repeat(1024 * 1024 + 100)), type, 4096)).rejects.toThrow('too long')
    await expect(read(Buffer.from(`${part}\r\n`.repeat(1001)), type, 4096)).rejects.toThrow('more than 1000 parts')
  })
})
