import { sidText } from './domain-entry'

/** What somebody may do to an entry, from its access list, which Active Directory shows to every account. [MS-DTYP] 2.4 */

/** Rights by their bits. */
const controlAccess = 0x100
const writeProperty = 0x20
const deleteEntry = 0x10000
const genericAll = 0x10000000
const genericWrite = 0x40000000

interface Rule {
  isDenial: boolean
  mask: number
  /** To which property, set of properties or extended right it is bound; absent = to none. */
  object?: string
  trustee: string
}

/** Rules in their order, without those that are for entries below only. `undefined` for bytes that are no descriptor. */
function rulesOf(descriptor: Buffer): Rule[] | undefined {
  if (descriptor.length < 20 || descriptor[0] !== 1) return undefined
  const start = descriptor.readUInt32LE(16)
  // Without a list everybody may do everything.
  if (start === 0) return undefined
  if (descriptor.length < start + 8) return undefined
  const count = descriptor.readUInt16LE(start + 4)
  const rules: Rule[] = []
  let at = start + 8
  for (let index = 0; index < count; index++) {
    if (descriptor.length < at + 8) return undefined
    const [type, flags] = [descriptor[at] ?? 0, descriptor[at + 1] ?? 0]
    const size = descriptor.readUInt16LE(at + 2)
    if (size < 8 || descriptor.length < at + size) return undefined
    const rule = ruleAt(descriptor.subarray(at, at + size), type)
    const isInheritOnly = (flags & 0x8) !== 0
    if (rule !== undefined && !isInheritOnly) rules.push(rule)
    at += size
  }
  return rules
}

function ruleAt(bytes: Buffer, type: number): Rule | undefined {
  const bound = type === 5 || type === 6
  if (!bound && type !== 0 && type !== 1) return undefined
  const flags = bound && bytes.length >= 12 ? bytes.readUInt32LE(8) : 0
  const sidAt = 8 + (bound ? 4 : 0) + (flags & 1 ? 16 : 0) + (flags & 2 ? 16 : 0)
  const trustee = sidText(bytes, sidAt)?.sid
  if (trustee === undefined) return undefined
  const isDenial = type === 1 || type === 6
  const object = flags & 1 ? guidText(bytes.subarray(12, 28)) : undefined
  return { isDenial, mask: bytes.readUInt32LE(4), trustee, ...(object === undefined ? {} : { object }) }
}

/** The first three groups are written from their low end. */
export function guidText(bytes: Buffer): string {
  const hex = (...order: number[]) => order.map((index) => (bytes[index] ?? 0).toString(16).padStart(2, '0')).join('')
  return [hex(3, 2, 1, 0), hex(5, 4), hex(7, 6), hex(8, 9), hex(10, 11, 12, 13, 14, 15)].join('-')
}

/** The extended right Reset Password; the attribute userAccountControl and the set of properties that holds it. */
const resetPassword = '00299570-246d-11d0-a768-00aa006e0529'
const accountControls = ['bf967a68-0de6-11d0-a285-00aa003049e2', '4c164200-20c0-11d0-a768-00aa006e0529']

export interface DomainRights {
  resets: boolean
  disables: boolean
  deletes: boolean
}

/** What the holder of these identifiers may do. @returns `undefined` = the bytes tell nothing */
export function rightsIn(descriptor: Buffer, holder: ReadonlySet<string>): DomainRights | undefined {
  const rules = rulesOf(descriptor)
  if (rules === undefined) return undefined
  const mine = rules.filter(({ trustee }) => holder.has(trustee))
  // The first rule that speaks of it decides.
  const may = (bits: number, objects: readonly string[] = []) => {
    const rule = mine.find(
      ({ mask, object }) => (mask & bits) !== 0 && (object === undefined || objects.includes(object)),
    )
    return rule !== undefined && !rule.isDenial
  }
  return {
    resets: may(controlAccess | genericAll, [resetPassword]),
    disables: may(writeProperty | genericAll | genericWrite, accountControls),
    deletes: may(deleteEntry | genericAll),
  }
}
