const block = /(<!-- evidence:([\w-]+) -->\n)[\s\S]*?(<!-- \/evidence -->)/g

/** `text` with every evidence block filled from the file of its name. `read` gives the parsed JSON, or undefined. */
export function fillTables(text: string, read: (name: string) => unknown): string {
  return text.replace(block, (_, start: string, name: string, end: string) => {
    const evidence = read(name)
    if (!isObject(evidence))
      throw new Error(`there is no docs/evidence/${name}.json: run \`npm run evidence -- ${name}\``)
    return `${start}${render(evidence)}${end}`
  })
}

/** A list of like objects becomes a table with a column for each key; all else one row for each figure. */
function render(evidence: Readonly<Record<string, unknown>>): string {
  const { figures } = evidence
  const entries = isObject(figures) ? Object.entries(figures) : []
  const plain = entries.filter(([, value]) => !isTable(value)).map(([key, value]) => [key, show(value)])
  const tables = entries.flatMap(([, value]) => (isTable(value) ? [tableOf(value)] : []))
  const single = plain.length > 0 ? [table(['figure', 'value'], plain)] : []
  return `${[...single, ...tables, origin(evidence)].join('\n')}\n`
}

function tableOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return table(
    columns,
    rows.map((row) => columns.map((column) => show(row[column]))),
  )
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`

/** So that a reader can repeat it. */
function origin({ command, date, commit, dirty, cpus, versions }: Readonly<Record<string, unknown>>): string {
  const node = isObject(versions) ? versions['node'] : undefined
  const place = `${String(commit).slice(0, 7)}${dirty === true ? ' with changes' : ''}`
  return `\`${command}\`, ${String(date).slice(0, 10)}, commit ${place}, Node ${node}, ${cpus} cores.`
}

const show = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).replaceAll('|', '\\|')

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTable = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject)
