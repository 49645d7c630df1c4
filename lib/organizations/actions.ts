'use server'

import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import { requestInfo } from '@/lib/platform/auth/request-context'
import { contextFromSession, requireSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type {
  AcceptInvitationInput,
  CreateInvitationInput,
  CreateOrganizationInput,
  CreateTeamInput,
  DeleteTeamInput,
  JoinByInvitationInput,
  LeaveOrganizationInput,
  RevokeInvitationInput,
  SwitchOrganizationInput,
  TeamMemberInput,
  UpdateMemberInput,
  UpdateOrganizationInput,
  UpdateTeamInput,
  UpdateTeamMemberInput,
} from './schema'
import * as accept from './server/accept-invitation'
import { assignTeamMember as assignMember } from './server/assign-team-member'
import { createInvitation as create } from './server/create-invitation'
import { createOrganization as found } from './server/create-organization'
import { createTeam as make } from './server/create-team'
import { deleteTeam as remove } from './server/delete-team'
import { deleteTeamMember as removeMember } from './server/delete-team-member'
import { leaveOrganization as leave } from './server/leave-organization'
import { revokeInvitation as revoke } from './server/revoke-invitation'
import { switchOrganization as change } from './server/switch-organization'
import { updateMember as changeMember } from './server/update-member'
import { updateOrganization as update } from './server/update-organization'
import { updateTeam as changeTeam } from './server/update-team'
import { updateTeamMember as changeTeamMember } from './server/update-team-member'

export const updateOrganization = async (input: UpdateOrganizationInput) =>
  runAction(async () => update(await contextFromSession(), input))

export const createOrganization = async (input: CreateOrganizationInput) =>
  runAction(async () => found(await contextFromSession(), input))

/** Every page of the console shows the organization, so all of them are drawn anew. */
export const switchOrganization = async (input: SwitchOrganizationInput) =>
  runAction(async () => {
    const organization = await change(await contextFromSession(), input)
    revalidatePath('/', 'layout')
    return organization
  })

export const updateMember = async (input: UpdateMemberInput) =>
  runAction(async () => changeMember(await contextFromSession(), input))

export const createTeam = async (input: CreateTeamInput) =>
  runAction(async () => make(await contextFromSession(), input))

export const updateTeam = async (input: UpdateTeamInput) =>
  runAction(async () => changeTeam(await contextFromSession(), input))

export const deleteTeam = async (input: DeleteTeamInput) =>
  runAction(async () => remove(await contextFromSession(), input))

export const assignTeamMember = async (input: TeamMemberInput) =>
  runAction(async () => assignMember(await contextFromSession(), input))

export const deleteTeamMember = async (input: TeamMemberInput) =>
  runAction(async () => removeMember(await contextFromSession(), input))

export const updateTeamMember = async (input: UpdateTeamMemberInput) =>
  runAction(async () => changeTeamMember(await contextFromSession(), input))

export const createInvitation = async (input: CreateInvitationInput) =>
  runAction(async () => create(await contextFromSession(), input))

export const revokeInvitation = async (input: RevokeInvitationInput) =>
  runAction(async () => revoke(await contextFromSession(), input))

/** For a person who is signed in, in whatever organization, or in none yet; the session goes on in the new one. */
export const acceptInvitation = async (input: AcceptInvitationInput) =>
  runAction(async () => {
    const { userId: id, name, email, active } = await requireSession()
    const joined = await accept.acceptInvitation({ id, name, email }, input, requestInfo(await headers()))
    if (active) await change(await contextFromSession(), { id: joined.organizationId })
    return joined
  })

/** For a person who has no account: needs no session, the link is the right. */
export const acceptAsNewPerson = async (input: JoinByInvitationInput) =>
  runAction(async () => accept.acceptAsNewPerson(input, requestInfo(await headers())))

/** The person's other organizations, or none, come next; every page is drawn anew. */
export const leaveOrganization = async (input: LeaveOrganizationInput) =>
  runAction(async () => {
    await leave(await contextFromSession(), input)
    revalidatePath('/', 'layout')
  })
