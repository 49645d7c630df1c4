import type { Refusal } from '../contract'
import { type Fields, field, isFields, list, text } from './fields'
import { unflatten } from './flat-attributes'

/** One thing that a state holds: an instance of a resource, whatever the version of the state. */
export interface StateResource {
  /** Its place in the file. */
  at: string
  /** As Terraform prints it: `module.iam.aws_iam_user.this["ci"]`. */
  address: string
  type: string
  /** The provider's configuration, with its alias: one configuration is one account. */
  provider: string
  attributes: Fields
  /** The attributes that the state itself marks as sensitive. */
  sensitive: ReadonlySet<string>
}

export interface ReadState {
  /** The same for all versions of one state; `undefined` where the file does not say. */
  lineage?: string
  terraformVersion?: string
  serial?: number
  resources: StateResource[]
  dataSources: number
  /** The values that the configuration gives out, by name, as the file has them. */
  outputs: Fields[]
  refused: Refusal[]
}

/** What kind of Terraform's JSON it is; `undefined` = none. Looks at the shape alone. */
export function kindOf(value: unknown): 'state' | 'encrypted' | 'plan' | 'shown' | undefined {
  if (!isFields(value)) return undefined
  if (typeof value.encrypted_data === 'string' && ('encryption_version' in value || 'meta' in value)) return 'encrypted'
  if ('format_version' in value && ('planned_values' in value || 'resource_changes' in value)) return 'plan'
  if (
    'format_version' in value &&
    'terraform_version' in value &&
    ('values' in value || Object.keys(value).length <= 3)
  )
    return 'shown'
  const marked = 'terraform_version' in value || 'lineage' in value || 'serial' in value
  if (!marked || typeof value.version !== 'number') return undefined
  return 'resources' in value || 'modules' in value || 'outputs' in value || 'backend' in value ? 'state' : undefined
}

/** Everything that a state holds. Nothing is thrown for what it holds: what cannot be read is refused with its place. */
export function readState(value: Fields, root: string): ReadState {
  const state: ReadState = {
    lineage: text(value.lineage),
    terraformVersion: text(value.terraform_version),
    serial: typeof value.serial === 'number' ? value.serial : undefined,
    resources: [],
    dataSources: 0,
    outputs: [value.outputs, field(value.values, 'outputs')].filter(isFields),
    refused: [],
  }
  if ('format_version' in value) readShown(state, field(value.values, 'root_module'), `${root}.values.root_module`, 0)
  else if (Array.isArray(value.modules)) readModules(state, value.modules, root)
  else readResources(state, value.resources, root)
  return state
}

/** Version 4: a list of resources, each with its instances. */
function readResources(state: ReadState, resources: unknown, root: string): void {
  if (resources === undefined || resources === null) return
  if (!Array.isArray(resources)) {
    state.refused.push({ at: `${root}.resources`, reason: 'The resources are not a list' })
    return
  }
  for (const [index, resource] of resources.entries()) {
    const at = `${root}.resources[${index}]`
    const type = text(field(resource, 'type'))
    if (type === undefined) {
      state.refused.push({ at, reason: 'The resource has no type' })
      continue
    }
    if (field(resource, 'mode') === 'data') {
      state.dataSources += 1
      continue
    }
    const instances = field(resource, 'instances')
    if (!Array.isArray(instances)) {
      state.refused.push({ at, reason: `The resource of type ${type.slice(0, 80)} has no list of instances` })
      continue
    }
    const module = text(field(resource, 'module'))
    const base = `${module === undefined ? '' : `${module}.`}${type}.${text(field(resource, 'name')) ?? '?'}`
    for (const [no, instance] of instances.entries()) {
      const place = `${at}.instances[${no}]`
      const flat = field(instance, 'attributes_flat')
      const attributes = isFields(flat) ? unflatten(flat) : field(instance, 'attributes')
      if (!isFields(attributes)) {
        // An instance that was never made has none, and is no fault of the file.
        if (attributes !== null || !isFields(instance))
          state.refused.push({ at: place, reason: 'The instance has no attributes' })
        continue
      }
      const key = field(instance, 'index_key')
      const address = key === undefined || key === null ? base : `${base}[${JSON.stringify(key)}]`
      const provider = providerOf(text(field(resource, 'provider')), type)
      const sensitive = markedIn(field(instance, 'sensitive_attributes'))
      state.resources.push({ at: place, address, type, provider, attributes, sensitive })
    }
  }
}

/** Versions 1 to 3: modules with their resources by address, attributes flat. */
function readModules(state: ReadState, modules: unknown[], root: string): void {
  for (const [index, module] of modules.entries()) {
    const at = `${root}.modules[${index}]`
    const resources = field(module, 'resources')
    const outputs = field(module, 'outputs')
    if (isFields(outputs)) state.outputs.push(outputs)
    if (resources === undefined || resources === null) continue
    if (!isFields(resources)) {
      state.refused.push({ at: `${at}.resources`, reason: 'The resources are not an object' })
      continue
    }
    const path = list(field(module, 'path')).filter((part) => typeof part === 'string' && part !== 'root')
    for (const [key, resource] of Object.entries(resources)) {
      const place = `${at}.resources[${JSON.stringify(key)}]`
      if (key.startsWith('data.')) {
        state.dataSources += 1
        continue
      }
      const type = text(field(resource, 'type')) ?? key.split('.')[0] ?? key
      const address = `${path.map((part) => `module.${part}.`).join('')}${key}`
      const provider = providerOf(text(field(resource, 'provider')), type)
      const held = [field(resource, 'primary'), ...list(field(resource, 'deposed'))]
      for (const instance of held) {
        const attributes = field(instance, 'attributes')
        if (isFields(attributes)) {
          const whole = unflatten(attributes)
          state.resources.push({ at: place, address, type, provider, attributes: whole, sensitive: new Set() })
        } else if (instance === held[0]) state.refused.push({ at: place, reason: 'The resource has no attributes' })
      }
    }
  }
}

const deepestModule = 50

/** `terraform show -json`: modules within modules, each with its resources. */
function readShown(state: ReadState, module: unknown, at: string, depth: number): void {
  if (module === undefined) return
  if (!isFields(module) || depth > deepestModule) {
    state.refused.push({
      at,
      reason: depth > deepestModule ? 'The modules are nested too deep' : 'The module is no object',
    })
    return
  }
  for (const [index, resource] of list(module.resources).entries()) {
    const place = `${at}.resources[${index}]`
    const type = text(field(resource, 'type'))
    if (field(resource, 'mode') === 'data') {
      state.dataSources += 1
      continue
    }
    const attributes = field(resource, 'values')
    if (type === undefined || !isFields(attributes)) {
      state.refused.push({
        at: place,
        reason: type === undefined ? 'The resource has no type' : 'The resource has no values',
      })
      continue
    }
    const address = text(field(resource, 'address')) ?? `${type}.${text(field(resource, 'name')) ?? '?'}`
    const provider = providerOf(text(field(resource, 'provider_name')), type)
    const marks = field(resource, 'sensitive_values')
    const sensitive = new Set(isFields(marks) ? Object.keys(marks).filter((name) => marks[name] === true) : [])
    state.resources.push({ at: place, address, type, provider, attributes, sensitive })
  }
  for (const [index, child] of list(module.child_modules).entries())
    readShown(state, child, `${at}.child_modules[${index}]`, depth + 1)
}

function providerOf(written: string | undefined, type: string): string {
  return written ?? type.split('_')[0] ?? type
}

/** The first step of each path: `[[{"type":"get_attr","value":"password"}]]`. A mark deeper inside marks nothing beside it. */
function markedIn(paths: unknown): Set<string> {
  return new Set(
    list(paths).flatMap((path) =>
      Array.isArray(path) && path.length === 1 ? (text(field(path[0], 'value')) ?? []) : [],
    ),
  )
}
