import { describe, expect, it } from 'vitest'
import { findTableHint } from './find-table-hint'
import { mapFile } from './map-file'

const tables: [tool: string, option: string, text: string][] = [
  [
    'gcloud',
    '--format=json',
    'DISPLAY NAME                            EMAIL                                               DISABLED\nCompute Engine default service account  1096-compute@developer.gserviceaccount.com          False\n',
  ],
  [
    'gcloud',
    '--format=json',
    'KEY_ID                                    CREATED_AT            EXPIRES_AT            DISABLED\n0123456789abcdef0123456789abcdef01234567  2026-01-01T00:00:00Z  9999-12-31T23:59:59Z\n',
  ],
  [
    'kubectl',
    '-o json',
    'NAMESPACE     NAME      SECRETS   AGE\ndefault       default   0         12d\nkube-system   coredns   0         12d\n',
  ],
  ['kubectl', '-o json', 'NAME       CREATED AT\nadmin      2026-01-01T00:00:00Z\n'],
  ['kubectl', '-o json', 'NAME    ROLE                AGE\nreader  ClusterRole/view    3d\n'],
  [
    'az',
    '-o json',
    'Principal                             Role         Scope\n------------------------------------  -----------  -------------------\n00000000-0000-0000-0000-000000000001  Contributor  /subscriptions/0000\n',
  ],
  [
    'PowerShell',
    'ConvertTo-Json',
    '\r\nDisplayName Id                                   AppId\r\n----------- --                                   -----\r\ntill        00000000-0000-0000-0000-000000000001 00000000\r\n',
  ],
  [
    'aws',
    '--output json',
    '-------------------------------------\n|             ListUsers             |\n+-----------------------------------+\n||              Users              ||\n',
  ],
  [
    'aws',
    '--output json',
    'USERS\tarn:aws:iam::123456789012:user/till\t2026-01-01T00:00:00+00:00\t/\tAIDAEXAMPLE\ttill\n',
  ],
]

describe('a table that was printed for people', () => {
  it.each(tables)('of %s is refused with the option %s', (tool, option, text) => {
    const hint = findTableHint(text)
    expect(hint).toContain(`that ${tool} has printed`)
    expect(hint).toContain(option)
    const [file] = mapFile({ name: 'out.txt', bytes: new TextEncoder().encode(text) })
    expect(file?.error).toBe(`out.txt ${hint}.`)
  })

  it.each([
    ['prose', 'Dear all,\n\nthe keys were rotated.\n'],
    ['a CSV', 'NAME,KIND\ntill,bot\n'],
    ['a title in capitals', 'NOTES\n\nnothing\n'],
    ['a heading underlined', 'Users\n=====\nmia\n'],
    ['membership printed by psql', ' Role name | Attributes\n-----------+------------\n till      | \n'],
  ])('is not %s', (_what, text) => {
    expect(findTableHint(text)).toBeUndefined()
  })
})
