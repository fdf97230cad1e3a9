import { CHAINS } from './chains.ts'
import { MARKETS } from './markets.ts'
import { describeOptions, type Option } from './options.ts'

const HEAD = `# Configuration

<!-- Generated from the schema by \`npm run generate\`: change \`src/config/schema.ts\`, not this page. -->

Plimsoll reads one YAML file, \`plimsoll.yaml\` unless \`-c FILE\` names another. Start from \`plimsoll.example.yaml\`;
\`plimsoll config check\` names everything that is wrong at once, \`plimsoll config schema\` prints the JSON Schema for your editor.

* **Variables.** \`\${NAME}\` is taken from the environment or from \`.env\`, \`\${NAME:-x}\` is \`x\` when \`NAME\` is not set or
  empty. A variable without a default that is not set is an error. Values from the environment and all secrets are hidden in logs.
* **Environment.** An option with a variable in the third column is taken from it when the file leaves it out: the file wins.
* **Decimals** (money, health, gas) are exact: \`"0.1"\` and \`0.1\` are both one tenth, to the last digit.
* **Addresses** are all lower case or carry a correct checksum.
* **Paths** in the file are relative to the file.
* In the names below \`*\` stands for a name of yours and \`[]\` for an item of a list.
`

/** `docs/configuration.md`. */
export function renderReference(): string {
  const sections = Map.groupBy(describeOptions(), ({ path }) => path.split(/[.[]/)[0] ?? '')
  const tables = [...sections.values()].flatMap(([section, ...options]) =>
    section === undefined ? [] : [renderSection(section, options)],
  )
  return [HEAD, ...tables, renderChains(), renderMarkets()].join('\n')
}

function renderSection({ path, description, default: standard }: Option, options: readonly Option[]): string {
  const rows = options.map((option) => row([`\`${option.path}\``, type(option), env(option), option.description]))
  const optional = standard === undefined ? '' : ' Optional.'
  const head = table(['option', 'type and default', 'environment', 'meaning'])
  return `## ${path}\n\n${description}${optional}\n\n${[...head, ...rows].join('\n')}\n`
}

function type({ type: name, default: standard, required }: Option): string {
  const end = required ? ', required' : standard === undefined || standard === '{}' ? '' : `; \`${standard}\``
  return `${name}${end}`
}

const env = ({ env: name, secret }: Option): string =>
  [name === undefined ? '' : `\`${name}\``, secret ? 'secret' : ''].filter(Boolean).join(', ')

const renderChains = (): string => {
  const rows = Object.entries(CHAINS).map(([name, { id, blockTimeS, l1Fee, uniswapV3 }]) =>
    row([
      `\`${name}\``,
      String(id),
      String(blockTimeS),
      l1Fee,
      uniswapV3.router === undefined ? 'quoter only: give a router' : 'yes',
    ]),
  )
  const head = table(['name', 'id', 'blockTimeS', 'l1Fee', 'Uniswap V3'])
  return `## Chains known by name\n\n${[...head, ...rows].join('\n')}\n`
}

const renderMarkets = (): string => {
  const rows = Object.entries(MARKETS).map(([name, { protocol, chainId, addressesProvider, fromBlock }]) =>
    row([`\`${name}\``, protocol, String(chainId), `\`${addressesProvider}\``, String(fromBlock)]),
  )
  const head = table(['name', 'protocol', 'chain id', 'addressesProvider', 'fromBlock'])
  return `## Markets known by name\n\n${[...head, ...rows].join('\n')}\n`
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
const table = (names: readonly string[]): readonly string[] => [row(names), `|${'---|'.repeat(names.length)}`]
