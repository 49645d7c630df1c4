import type {
  PlanExpression,
  PlanExpressionOperand,
  PlanExpressionValue,
  PlanExpressionVariable,
  Value,
} from '@cerbos/core'
import { Prisma } from '../db/generated/client'

/** Which rows a policy allows, apart from any query language. `has`: the attribute is, or holds, one of the values. */
export type RowCondition =
  | { op: 'all' | 'any'; of: RowCondition[] }
  | { op: 'not'; of: RowCondition }
  | { op: 'has'; attribute: string; values: Scalar[] }

type Scalar = string | number | boolean

/** How one attribute that policies read is found in the tables of one kind. */
export interface AttributeMapping {
  where: (values: Scalar[]) => Record<string, unknown>
  /** A predicate on the row `l` of the kind's list; absent where no list is asked for in SQL. */
  sql?: (values: Scalar[]) => Prisma.Sql
}
export type AttributeMappings = Record<string, AttributeMapping>

const prefix = 'request.resource.attr.'

// Told apart by their members: a bundle may hold the client's classes twice, and `instanceof` knows only one of them.
const isExpression = (operand: PlanExpressionOperand): operand is PlanExpression => 'operator' in operand
const isVariable = (operand: PlanExpressionOperand): operand is PlanExpressionVariable => 'name' in operand
const isValue = (operand: PlanExpressionOperand): operand is PlanExpressionValue => 'value' in operand

/**
 * Reads the decision point's answer. What it does not know is refused, so that a new kind of rule can hide rows but never
 * show them.
 * @throws Error for an operator or operand that is not known here
 */
export function rowConditionOf(operand: PlanExpressionOperand): RowCondition {
  if (isVariable(operand)) return has('eq', [operand, { value: true }])
  if (!isExpression(operand)) throw unknown(JSON.stringify(operand))
  const { operator, operands } = operand
  switch (operator) {
    case 'and':
      return { op: 'all', of: operands.map(rowConditionOf) }
    case 'or':
      return { op: 'any', of: operands.map(rowConditionOf) }
    case 'not': {
      const [only] = operands
      if (!only || operands.length !== 1) throw unknown('not')
      return { op: 'not', of: rowConditionOf(only) }
    }
    case 'eq':
    case 'in':
    case 'hasIntersection':
      return has(operator, operands)
    case 'ne':
      return { op: 'not', of: has('eq', operands) }
    default:
      throw unknown(operator)
  }
}

function has(operator: string, operands: readonly PlanExpressionOperand[]): RowCondition {
  const variable = operands.find(isVariable)
  const value = operands.find(isValue)
  if (operands.length !== 2 || !variable?.name.startsWith(prefix) || !value) throw unknown(operator)
  const values = (Array.isArray(value.value) ? value.value : [value.value]).map(scalar)
  return { op: 'has', attribute: variable.name.slice(prefix.length), values }
}

function scalar(value: Value): Scalar {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw unknown(`the value ${JSON.stringify(value)}`)
}

function unknown(what: string): Error {
  return new Error(`policies use ${what}, which lib/platform/authz/row-condition.ts cannot turn into a query`)
}

function mappingOf(mappings: AttributeMappings, attribute: string): AttributeMapping {
  const known = Object.hasOwn(mappings, attribute) ? mappings[attribute] : undefined
  if (known) return known
  throw new Error(`policies read ${attribute}, which has no mapping in lib/platform/authz/plan.ts`)
}

/** The condition as a Prisma `where`. @throws Error for an attribute without a mapping */
export function whereOf(condition: RowCondition, mappings: AttributeMappings): Record<string, unknown> {
  if (condition.op === 'has') return mappingOf(mappings, condition.attribute).where(condition.values)
  if (condition.op === 'not') return { NOT: whereOf(condition.of, mappings) }
  return { [condition.op === 'all' ? 'AND' : 'OR']: condition.of.map((part) => whereOf(part, mappings)) }
}

/** The condition as an SQL predicate on `l`. @throws Error for an attribute without a mapping */
export function sqlPredicateOf(condition: RowCondition, mappings: AttributeMappings): Prisma.Sql {
  if (condition.op === 'has') {
    const { sql } = mappingOf(mappings, condition.attribute)
    if (!sql) throw new Error(`${condition.attribute} has no SQL in lib/platform/authz/plan.ts`)
    return sql(condition.values)
  }
  if (condition.op === 'not') return Prisma.sql`(${sqlPredicateOf(condition.of, mappings)}) IS NOT TRUE`
  if (condition.of.length === 0) return condition.op === 'all' ? Prisma.sql`true` : Prisma.sql`false`
  const parts = condition.of.map((part) => Prisma.sql`(${sqlPredicateOf(part, mappings)})`)
  return Prisma.join(parts, condition.op === 'all' ? ' AND ' : ' OR ')
}
