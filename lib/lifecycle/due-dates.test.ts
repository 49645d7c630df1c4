import { describe, expect, it } from 'vitest'
import { dueStateOf, policyApproval, unattendedHindrance } from './due-dates'

const now = new Date('2026-06-01T12:00:00Z')
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000)
const idle = { runId: null, failedRunId: null, exceptedUntil: null }

describe('what is due', () => {
  it('goes from nothing to soon, due and overdue, each from its very moment on', () => {
    const at = (due: number, overdue: number) =>
      dueStateOf({ ...idle, dueAt: inDays(due), overdueAt: inDays(overdue) }, now)
    expect(at(14.001, 30)).toBeNull()
    expect(at(14, 30)).toBe('soon')
    expect(at(0.001, 30)).toBe('soon')
    expect(at(0, 30)).toBe('due')
    expect(at(-30, 0.001)).toBe('due')
    expect(at(-30, 0)).toBe('overdue')
  })

  it('is something else while it is rotated, after a rotation that failed, and while it is excepted', () => {
    const late = { dueAt: inDays(-9), overdueAt: inDays(-1) }
    expect(dueStateOf({ ...late, ...idle, runId: 'r', failedRunId: 'f' }, now)).toBe('rotating')
    expect(dueStateOf({ ...late, ...idle, failedRunId: 'f' }, now)).toBe('stopped')
    expect(dueStateOf({ ...late, ...idle, exceptedUntil: inDays(1) }, now)).toBe('excepted')
    expect(dueStateOf({ ...late, ...idle, exceptedUntil: inDays(-1) }, now)).toBe('overdue')
  })
})

describe('a second person by the policy', () => {
  const target = { name: 'svc', score: 60, criticality: 'high' }
  it('is asked for by score and by criticality, and for an unknown score only where all are', () => {
    expect(policyApproval({ approvalScore: null, approvalTiers: [] }, target)).toBeNull()
    expect(policyApproval({ approvalScore: 60, approvalTiers: [] }, target)).toContain('60')
    expect(policyApproval({ approvalScore: 61, approvalTiers: [] }, target)).toBeNull()
    expect(policyApproval({ approvalScore: 10, approvalTiers: [] }, { ...target, score: null })).toBeNull()
    expect(policyApproval({ approvalScore: 0, approvalTiers: [] }, { ...target, score: null })).not.toBeNull()
    expect(policyApproval({ approvalScore: null, approvalTiers: ['high'] }, target)).toContain('high')
  })
})

describe('what begins by itself', () => {
  it('never leaves a system with one secret waiting for a person', () => {
    const link = { way: 'reveal' as const, userId: '0' }
    expect(unattendedHindrance({ delivery: link }, { mode: 'window' })).toContain('Only one secret')
    expect(unattendedHindrance({ delivery: link }, { mode: 'overlap' })).toBeNull()
    expect(unattendedHindrance({ delivery: null }, { mode: 'overlap' })).not.toBeNull()
  })
})
