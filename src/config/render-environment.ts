import { CHAINS } from './chains.ts'
import { describeOptions } from './options.ts'

const HEAD = `# Copy to .env (mode 0600) and fill in. Generated from the schema by \`npm run generate\`.
# plimsoll.yaml refers to these by \${NAME}. What is set in the environment itself wins over this file.
`

/** `.env.example`: everything the example files take from the environment. */
export function renderEnvironment(): string {
  const nodes = Object.keys(CHAINS).flatMap((name, i) => {
    const start = i === 0 ? '' : '# '
    const upper = name.toUpperCase()
    return [`# Nodes of ${name}.`, `${start}${upper}_RPC_URL=`, `# ${upper}_WS_URL=`, '']
  })
  const filled = describeOptions().flatMap(({ path, env, description }) =>
    env === undefined ? [] : [`# Fills ${path} when the file leaves it out. ${description}`, `# ${env}=`, ''],
  )
  const password = [
    '# Password of the keystore. The name can be changed: executor.signer.passwordEnv.',
    '# KEEPER_PASSWORD=',
  ]
  return `${[HEAD, ...nodes, ...filled, ...password].join('\n')}\n`
}
