import { Attribute, Change, type Client } from 'ldapts'
import type { Choose, RunningSystem } from './running-system'

type Administer = <T>(work: (client: Client) => Promise<T>) => Promise<T>

/** What an administrator of a domain changes in it; never what a connection signs in as. */
export function sambaEdits(administer: Administer, base: string): NonNullable<RunningSystem['edits']> {
  const [units, hidden] = [`OU=Services,${base}`, `OU=Reports,${base}`]
  const accounts: string[] = []
  const groups: string[] = []
  let no = 0
  const one = (names: string[], choose: Choose) => names[choose(names.length)]
  const drop = (names: string[], name: string) => names.splice(names.indexOf(name), 1)
  const set = (dn: string, operation: 'add' | 'delete' | 'replace', type: string, values: string[] | Buffer[]) =>
    administer((admin) => admin.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) })))
  const on =
    (names: string[], change: (name: string, choose: Choose) => Promise<unknown>) => async (choose: Choose) => {
      const name = one(names, choose)
      if (name === undefined) return false
      await change(name, choose)
      return true
    }
  const password = (text: string) => Buffer.from(`"${text}"`, 'utf16le')
  return {
    'a new account': async () => {
      const name = `edited-${++no}`
      const dn = `CN=${name},${units}`
      await administer((admin) =>
        admin.add(dn, [
          new Attribute({ type: 'objectClass', values: ['user'] }),
          new Attribute({ type: 'sAMAccountName', values: [name] }),
          new Attribute({ type: 'userAccountControl', values: ['512'] }),
          new Attribute({ type: 'unicodePwd', values: [password(`First-password-${no}`)] }),
          new Attribute({ type: 'servicePrincipalName', values: [`HTTP/${name}.example.org`] }),
        ]),
      )
      accounts.push(dn)
      return true
    },
    'a new group': async () => {
      const name = `group-${++no}`
      await administer((admin) =>
        admin.add(`CN=${name},OU=Groups,${base}`, { objectClass: 'group', sAMAccountName: name }),
      )
      groups.push(`CN=${name},OU=Groups,${base}`)
      return true
    },
    'a description': on(accounts, (dn) => set(dn, 'replace', 'description', [`told-${++no}`])),
    'a new password': on(accounts, (dn) => set(dn, 'replace', 'unicodePwd', [password(`New-password-${++no}`)])),
    'a sign-in': on(accounts, async (dn) => {
      const text = `Known-password-${++no}`
      await set(dn, 'replace', 'unicodePwd', [password(text)])
      // One that is switched off gets no further.
      await administer((admin) => admin.bind(dn, text)).catch(() => undefined)
    }),
    'off or on': on(accounts, (dn, choose) =>
      set(dn, 'replace', 'userAccountControl', [choose(2) === 0 ? '512' : '514']),
    ),
    'another name': on(accounts, async (dn) => {
      const name = `CN=renamed-${++no}`
      await administer((admin) => admin.modifyDN(dn, name))
      accounts[accounts.indexOf(dn)] = `${name},${units}`
    }),
    'no account of a program any more': on(accounts, async (dn) => {
      await set(dn, 'delete', 'servicePrincipalName', [])
      drop(accounts, dn)
    }),
    'an account deleted': on(accounts, async (dn) => {
      await administer((admin) => admin.del(dn))
      drop(accounts, dn)
    }),
    'moved to another unit': on(accounts, async (dn) => {
      const [name = ''] = dn.split(',')
      await administer((admin) => admin.modifyDN(dn, `${name},${hidden}`))
      drop(accounts, dn)
    }),
    'one more member': on(groups, async (dn, choose) => {
      const member = one([...accounts, ...groups.filter((name) => name !== dn)], choose)
      // It may be one already.
      if (member !== undefined) await set(dn, 'add', 'member', [member]).catch(() => undefined)
    }),
    'other members': on(groups, (dn, choose) => {
      const member = one(accounts, choose)
      return set(dn, 'replace', 'member', member === undefined ? [] : [member])
    }),
    'a group deleted': on(groups, async (dn) => {
      await administer((admin) => admin.del(dn))
      drop(groups, dn)
    }),
  }
}
