import type { FileConnector } from '../contract'
import { collectionOf, lists, mapCollection, survey } from './map'

/** One file of what SharpHound and its kin collect from an Active Directory. */
const sharphound: FileConnector = {
  id: 'active-directory-sharphound',
  title: 'SharpHound collection',
  expects:
    'a JSON file of SharpHound or another collector for BloodHound (data, and meta with type users, computers, groups, …)',
  yields:
    'Service accounts and computers of an Active Directory, people kept apart, groups, and who can become whom: rights over accounts, membership, delegation, local administrators',
  production: [
    {
      from: 'SharpHound, on a machine of the domain; the archive can be imported as it is',
      steps: ['SharpHound.exe --CollectionMethods DCOnly'],
      rights: 'any user of the domain; no administrator',
    },
    {
      from: 'bloodhound-python, from anywhere that reaches a domain controller',
      steps: ['bloodhound-python -d DOMAIN -u USER -c DCOnly --zip'],
      rights: 'any user of the domain; no administrator',
    },
  ],
  coverage: 'file',
  accepts: (file) => collectionOf(file) !== undefined,
  map: mapCollection,
  pieces: lists,
  survey,
}

export const connectors: FileConnector[] = [sharphound]
