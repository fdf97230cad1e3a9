import { expect } from 'chai'
import { load, minimal } from './support.ts'

describe('secrets', () => {
  const text = minimal(
    'http: { token: literal }\nexecutor: { mode: live, signer: { keystore: "${KEY_DIR}/k.json" } }\nlog: { level: "${LEVEL}" }',
  )
  const rpc = 'https://user:password@node.example.org/v2/0123456789abcdef?key=fedcba9876543210'
  const { secrets } = load(text.replace('"http://127.0.0.1:8545"', `"${rpc}", "http://127.0.0.1:1"`), {
    KEY_DIR: '/home/keeper',
    LEVEL: 'info',
    KEEPER_PASSWORD: 'opensesame',
  })

  it('are tokens, the password, endpoints with the keys in them, and what came from the environment', () => {
    expect(secrets).to.include.members([
      'literal',
      'opensesame',
      rpc,
      'password',
      '0123456789abcdef',
      'fedcba9876543210',
      '/home/keeper',
    ])
  })

  it('are not words that any line may hold', () =>
    expect(secrets).not.to.include.members(['info', 'v2', 'http://127.0.0.1:1']))

  it('come longest first, so that none hides a part of another', () => {
    expect(secrets.map(({ length }) => length)).to.deep.equal(
      secrets.map(({ length }) => length).toSorted((a, b) => b - a),
    )
  })
})
