import { describe, expect, it } from 'vitest'
import { looksSecret } from './secret-shape'

// Put together here, so that no scanner takes them for real ones.
const random = ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY9q1'].join('/')

describe('looksSecret', () => {
  it.each([
    ['ghp', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_'),
    ['github', 'pat', '11ABCDEFG0abcdefghijkl'].join('_'),
    ['glpat', 'abcdefghij0123456789'].join('-'),
    ['sk', 'ant', 'api03', 'abcdefghijklmnop'].join('-'),
    ['xoxb', '123456789012', 'abcdefghijklmnop'].join('-'),
    ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'abc'].join('.'),
    ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' '),
    ['postgresql://app', 'hunter2@db.internal/shop'].join(':'),
    random,
    `who has ${random}`,
  ])('takes %s for a secret', (text) => {
    expect(looksSecret(text)).toBe(true)
  })

  it.each([
    'billing',
    'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_0123456789abcdef',
    'AKIAIOSFODNN7EXAMPLE',
    'AROAIOSFODNN7EXAMPLE1',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'fp1:9f86d081884c7d659a2feaa0c55ad015',
    'projects/my-project/serviceAccounts/deploy-bot@my-project.iam.gserviceaccount.com',
    'AmazonSSMRoleForInstancesQuickSetup-Production-2023-Frankfurt',
    'https://github.com/example/repository',
    'sk-billing',
    'npm_publisher',
    'serviceaccount:kube-system:horizontal-pod-autoscaler-controller',
    'privesc-sageMakerCreatePresignedNotebookURL-user-01234',
  ])('lets %s be searched for', (text) => {
    expect(looksSecret(text)).toBe(false)
  })
})
