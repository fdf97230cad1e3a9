/** JSON with bigints as `{ "$n": "…" }`, which no object of a backtest looks like. What is undefined is left out. */
export const stringify = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? { $n: String(item) } : item))

export const parse = (text: string): unknown =>
  JSON.parse(text, (_, item: unknown) =>
    typeof item === 'object' && item !== null && '$n' in item ? BigInt(String(item.$n)) : item,
  )
