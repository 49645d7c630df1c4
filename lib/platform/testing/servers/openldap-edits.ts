import { Attribute, Change, type Client, TypeOrValueExistsError } from 'ldapts'
import type { Choose, RunningSystem } from './running-system'

type Administer = <T>(work: (client: Client) => Promise<T>) => Promise<T>

/** What an administrator of a directory changes in it; never what a connection signs in as. */
export function openldapEdits(
  administer: Administer,
  base: string,
  salted: (password: string) => string,
): NonNullable<RunningSystem['edits']> {
  const accounts: string[] = []
  const groups: string[] = []
  let no = 0
  const one = (names: string[], choose: Choose) => names[choose(names.length)]
  const drop = (names: string[], name: string) => names.splice(names.indexOf(name), 1)
  const set = async (dn: string, operation: 'add' | 'delete' | 'replace', type: string, values: string[]) => {
    const change = new Change({ operation, modification: new Attribute({ type, values }) })
    try {
      await administer((admin) => admin.modify(dn, change))
    } catch (error) {
      if (!(error instanceof TypeOrValueExistsError)) throw error
      // The history of passwords tells former ones apart by the second: another second, then.
      await new Promise((resolve) => setTimeout(resolve, 1000))
      await administer((admin) => admin.modify(dn, change))
    }
  }
  const on =
    (names: string[], change: (name: string, choose: Choose) => Promise<unknown>) => async (choose: Choose) => {
      const name = one(names, choose)
      if (name === undefined) return false
      await change(name, choose)
      return true
    }
  return {
    'a new account': async () => {
      const dn = `uid=edited-${++no},ou=services,${base}`
      const facts = { objectClass: ['account', 'simpleSecurityObject'], uid: `edited-${no}` }
      await administer((admin) => admin.add(dn, { ...facts, userPassword: salted(`first-${no}`) }))
      accounts.push(dn)
      return true
    },
    'a new group': async (choose) => {
      const dn = `cn=edited-${++no},ou=groups,${base}`
      const members = [one(accounts, choose), one(groups, choose)].filter((name) => name !== undefined)
      const member = members.length > 0 ? members : [`cn=nobody,${base}`]
      await administer((admin) => admin.add(dn, { objectClass: 'groupOfNames', member }))
      groups.push(dn)
      return true
    },
    'a description': on(accounts, (dn) => set(dn, 'replace', 'description', [`told-${++no}`])),
    'one more password': on(accounts, (dn) => set(dn, 'add', 'userPassword', [salted(`more-${++no}`)])),
    'a new password': on(accounts, (dn) => set(dn, 'replace', 'userPassword', [salted(`new-${++no}`)])),
    'a sign-in': on(accounts, async (dn) => {
      const password = `known-to-the-test-${++no}`
      await set(dn, 'replace', 'userPassword', [salted(password)])
      await administer((admin) => admin.bind(dn, password))
    }),
    'another name': on(accounts, async (dn) => {
      const name = `uid=renamed-${++no}`
      await administer((admin) => admin.modifyDN(dn, name))
      accounts[accounts.indexOf(dn)] = `${name},ou=services,${base}`
    }),
    'an account deleted': on(accounts, async (dn) => {
      await administer((admin) => admin.del(dn))
      drop(accounts, dn)
    }),
    'no account of a program any more': on(accounts, async (dn) => {
      await set(dn, 'delete', 'userPassword', [])
        .catch(() => undefined)
        .then(() => administer((admin) => admin.del(dn)))
      await administer((admin) => admin.add(dn, { objectClass: 'account', uid: dn.slice(4, dn.indexOf(',')) }))
      drop(accounts, dn)
    }),
    'one more member': on(groups, async (dn, choose) => {
      const member = one([...accounts, ...groups], choose)
      // It may be one already.
      if (member !== undefined) await set(dn, 'add', 'member', [member]).catch(() => undefined)
    }),
    'other members': on(groups, (dn, choose) =>
      set(dn, 'replace', 'member', [one(accounts, choose) ?? `cn=nobody,${base}`]),
    ),
    'a group deleted': on(groups, async (dn) => {
      await administer((admin) => admin.del(dn))
      drop(groups, dn)
    }),
  }
}
