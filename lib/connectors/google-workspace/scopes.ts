import { type Privilege, privileges } from '../contract'

const prefix = 'https://www.googleapis.com/auth/'

/** Scopes that only tell who the user is. */
const signIn = [
  'openid',
  'email',
  'profile',
  'userinfo.email',
  'userinfo.profile',
  'plus.me',
  'plus.login',
  'admin.directory.user.alias.readonly',
]

/** What can grant rights, impersonate, or make credentials; what opens secrets. */
const admin = [
  'admin.directory.domain',
  'admin.directory.group',
  'admin.directory.group.member',
  'admin.directory.rolemanagement',
  'admin.directory.user',
  'admin.directory.user.alias',
  'admin.directory.user.security',
  'admin.datatransfer',
  'apps.groups.settings',
  'apps.groups.migration',
  'calendar.acls',
  'cloud-identity',
  'cloud-identity.groups',
  'cloud-identity.inboundsso',
  'cloud-identity.policies',
  'cloud-platform',
  'cloud_search',
  'devstorage.full_control',
  'drive.admin.labels',
  'gmail.settings.sharing',
  'iam',
  'chat.admin.memberships',
  'chat.admin.spaces',
  'chat.admin.delete',
  'siteverification',
  'sqlservice.admin',
  'compute',
  'ndev.clouddns.readwrite',
]
const secrets = ['cloudkms', 'ediscovery', 'secretmanager']
const write = [
  'activity',
  'admin.directory.customer',
  'admin.directory.device.chromeos',
  'admin.directory.device.mobile',
  'admin.directory.device.mobile.action',
  'admin.directory.notifications',
  'admin.directory.orgunit',
  'admin.directory.resource.calendar',
  'admin.directory.userschema',
  'admin.chrome.printers',
  'adwords',
  'analytics',
  'analytics.edit',
  'analytics.manage.users',
  'androidmanagement',
  'androidpublisher',
  'apps.alerts',
  'apps.licensing',
  'apps.order',
  'bigquery',
  'bigquery.insertdata',
  'blogger',
  'books',
  'calendar',
  'calendar.addons.execute',
  'calendar.app.created',
  'calendar.calendarlist',
  'calendar.calendars',
  'calendar.events',
  'calendar.events.owned',
  'calendar.settings',
  'chat.delete',
  'chat.import',
  'chat.memberships',
  'chat.memberships.app',
  'chat.messages',
  'chat.messages.create',
  'chat.messages.reactions',
  'chat.messages.reactions.create',
  'chat.spaces',
  'chat.spaces.create',
  'chat.bot',
  'chrome.management.policy',
  'classroom.announcements',
  'classroom.courses',
  'classroom.coursework.me',
  'classroom.coursework.students',
  'classroom.rosters',
  'classroom.topics',
  'cloud-identity.devices',
  'contacts',
  'content',
  'datastore',
  'devstorage.read_write',
  'directory',
  'documents',
  'doubleclicksearch',
  'drive',
  'drive.appdata',
  'drive.apps',
  'drive.file',
  'drive.install',
  'drive.labels',
  'drive.scripts',
  'firebase',
  'fitness.activity.write',
  'forms',
  'forms.body',
  'games',
  'gmail.addons.current.action.compose',
  'gmail.compose',
  'gmail.insert',
  'gmail.labels',
  'gmail.modify',
  'gmail.send',
  'gmail.settings.basic',
  'groups',
  'indexing',
  'keep',
  'logging.admin',
  'logging.write',
  'meetings.space.created',
  'monitoring',
  'monitoring.write',
  'photoslibrary',
  'photoslibrary.appendonly',
  'presentations',
  'pubsub',
  'script.deployments',
  'script.external_request',
  'script.processes',
  'script.projects',
  'script.scriptapp',
  'script.send_mail',
  'script.container.ui',
  'script.webapp.deploy',
  'script.storage',
  'spanner.data',
  'spreadsheets',
  'tagmanager.edit.containers',
  'tasks',
  'trace.append',
  'urlshortener',
  'webmasters',
  'youtube',
  'youtube.force-ssl',
  'youtube.upload',
  'youtubepartner',
]
const read = [
  'admin.reports.audit',
  'calendar.freebusy',
  'calendar.events.freebusy',
  'devstorage.read_only',
  'drive.metadata',
  'gmail.metadata',
  'latitude.all.best',
  'user.addresses.read',
  'user.birthday.read',
  'user.emails.read',
  'user.gender.read',
  'user.organization.read',
  'user.phonenumbers.read',
  'userlocation',
  'gmail.addons.current.message.action',
  'gmail.addons.current.message.metadata',
  'monitoring.read',
  'logging.read',
  'photoslibrary.sharing',
  'script.locale',
  'fitness.activity.read',
  'profile.emails.read',
]
const table = new Map<string, Privilege>([
  ...[...signIn, ...read].map((scope): [string, Privilege] => [scope, 'read']),
  ...write.map((scope): [string, Privilege] => [scope, 'write']),
  ...secrets.map((scope): [string, Privilege] => [scope, 'secret_read']),
  ...admin.map((scope): [string, Privilege] => [scope, 'admin']),
])

/** Scopes outside the common prefix; all of them older. */
const whole = new Map<string, Privilege>([
  ['https://mail.google.com/', 'write'],
  ['https://mail.google.com', 'write'],
  ['https://www.google.com/calendar/feeds', 'write'],
  ['https://www.google.com/m8/feeds', 'write'],
  ['https://docs.google.com/feeds', 'write'],
  ['https://docs.googleusercontent.com', 'write'],
  ['https://spreadsheets.google.com/feeds', 'write'],
  ['https://sites.google.com/feeds', 'write'],
  ['https://www.google.com/accounts/OAuthLogin', 'admin'],
  ['https://apps-apis.google.com/a/feeds/groups', 'admin'],
  ['https://apps-apis.google.com/a/feeds/user', 'admin'],
  ['https://apps-apis.google.com/a/feeds/policies', 'admin'],
  ['https://apps-apis.google.com/a/feeds/domain', 'admin'],
  ['https://apps-apis.google.com/a/feeds/emailsettings/2.0', 'admin'],
])

/** The scope without the prefix that nearly all share; itself when it is of another form. */
function bare(scope: string): string {
  return scope.startsWith(prefix) ? scope.slice(prefix.length) : scope
}

/**
 * The privilege of a Google scope. `….readonly` is Google's own word for read, so it is believed for every scope of Google's;
 * anything else that is not in the table is unknown.
 */
export function scopePrivilege(scope: string): Privilege | undefined {
  const found = whole.get(scope.replace(/\/$/, '')) ?? whole.get(scope) ?? table.get(bare(scope))
  if (found !== undefined) return found
  return scope.startsWith(prefix) && /\.(?:readonly|read-only|read_only)$/.test(scope) ? 'read' : undefined
}

/** True for scopes over the whole organization or cloud, which do not end at the data of the user who consented. */
export function isOrganizationWide(scope: string): boolean {
  return (
    /^(?:admin\.|cloud-identity|cloud-platform|apps\.|chat\.admin\.|chrome\.management|ediscovery|compute|iam|devstorage|cloudkms|bigquery)/.test(
      bare(scope),
    ) || scope.startsWith('https://apps-apis.google.com/')
  )
}

/** The highest privilege of the scopes, and a remark that names those that are not known. */
export function privilegeOf(scopes: readonly string[]): { privilege?: Privilege; notEvaluable?: string } {
  const found = scopes.map(scopePrivilege)
  const highest = privileges.findLast((privilege) => found.includes(privilege))
  const unknown = scopes.filter((_, index) => found[index] === undefined).slice(0, 20)
  return {
    ...(highest === undefined ? {} : { privilege: highest }),
    ...(unknown.length === 0 ? {} : { notEvaluable: `what these scopes allow is not known: ${unknown.join(', ')}` }),
  }
}
