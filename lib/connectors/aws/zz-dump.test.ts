import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'vitest'
import { readUpload } from '../../platform/files/read-file'
import { connectors } from './index'
test('dump', () => {
  for (const dir of ['aws-api-recorded', 'aws-organizations', 'aws-authorization-details', 'aws-credential-report']) {
    for (const name of readdirSync(`/work/shared/data/${dir}`)) {
      const file = readUpload(name, readFileSync(`/work/shared/data/${dir}/${name}`))
      const takers = connectors.filter((c) => c.accepts(file)).map((c) => c.id)
      const c = connectors.find((c) => c.accepts(file))
      const out = c?.map(file, { fingerprint: (s) => `fp${s.length}` })
      for (const r of out === undefined ? [] : [out].flat()) {
        const of = (t: string) => r.records.filter((x) => x.type === t).length
        console.log(name, takers.join(), r.instance, JSON.stringify(Object.fromEntries(['identity', 'human', 'credential', 'role', 'resource', 'entitlement', 'sighting'].map((t) => [t, of(t)]))), 'ref', r.refused.length, 'unres', r.unresolved.length)
        if (dir !== 'aws-authorization-details' && dir !== 'aws-credential-report') for (const x of [...r.refused, ...r.unresolved]) console.log('   ', JSON.stringify(x))
        if (process.env.FULL && name.includes(process.env.FULL)) for (const x of r.records) console.log('   R', JSON.stringify(x))
      }
      if (out === undefined) console.log(name, 'NOT TAKEN')
    }
  }
})
