import { describe, expect, it } from 'vitest'
import { monthsAfter, nextOf } from './launch-due'
import { dueReminder, sayDeadline } from './remind-reviewers'

describe('the next time of a template', () => {
  it('counts months of the calendar from the day that it was set on', () => {
    expect(monthsAfter('2026-01-31', 1)).toBe('2026-02-28')
    expect(monthsAfter('2028-01-31', 1)).toBe('2028-02-29')
    expect(monthsAfter('2026-01-31', 2)).toBe('2026-03-31')
    expect(monthsAfter('2026-11-15', 3)).toBe('2027-02-15')
  })

  it('is at 09:00 of the place on either side of a change of the clock', () => {
    const now = new Date('2026-03-02T00:00:00Z')
    expect(nextOf({ everyMonths: 1, nextOn: '2026-03-01' }, 'Europe/Berlin', now)).toEqual({
      nextOn: '2026-04-01',
      at: new Date('2026-04-01T07:00:00Z'),
    })
    expect(nextOf({ everyMonths: 1, nextOn: '2026-10-01' }, 'Europe/Berlin', new Date('2026-10-02')).at).toEqual(
      new Date('2026-11-01T08:00:00Z'),
    )
    expect(nextOf({ everyMonths: 6, nextOn: '2026-03-01' }, 'America/New_York', now).at).toEqual(
      new Date('2026-09-01T13:00:00Z'),
    )
  })

  it('passes over what passed while nothing ran', () => {
    expect(nextOf({ everyMonths: 3, nextOn: '2025-01-31' }, 'UTC', new Date('2026-05-01T00:00:00Z')).nextOn).toBe(
      '2026-07-31',
    )
  })
})

describe('reminders', () => {
  const deadline = new Date('2026-10-25T22:59:59.999Z')
  const hoursBefore = (hours: number) => new Date(deadline.getTime() - hours * 3_600_000)

  it('are due by hours that pass, over a change of the clock too', () => {
    const hours = [168, 48, 12]
    expect(dueReminder(hours, deadline, hoursBefore(169))).toBeNull()
    expect(dueReminder(hours, deadline, hoursBefore(168))).toBe(168)
    expect(dueReminder(hours, deadline, hoursBefore(48.1))).toBe(168)
    expect(dueReminder(hours, deadline, hoursBefore(48))).toBe(48)
    expect(dueReminder(hours, deadline, hoursBefore(1))).toBe(12)
    expect(dueReminder(hours, deadline, hoursBefore(0))).toBeNull()
    expect(dueReminder([], deadline, hoursBefore(1))).toBeNull()
  })

  it('name the deadline as the campaign’s place has it', () => {
    expect(sayDeadline(deadline, 'Europe/Berlin')).toBe('Sunday, 25 October 2026 at 23:59 (Europe/Berlin)')
    expect(sayDeadline(deadline, 'Asia/Tokyo')).toBe('Monday, 26 October 2026 at 07:59 (Asia/Tokyo)')
  })
})
