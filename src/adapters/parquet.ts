import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { type Address, getAddress, type Hex } from 'viem'
import { StoreError } from '../core/errors.ts'
import { UINT256_MAX } from '../core/math.ts'

/** What each row of a table has first. */
interface AtBlock {
  readonly market: string
  readonly block: bigint
  /** Unix seconds. */
  readonly timestamp: bigint
}

/** One account at one block. */
export interface AccountExport extends AtBlock {
  readonly address: Address
  readonly eMode: number
  /** Base currency, 8 decimals. */
  readonly collateralBase: bigint
  readonly debtBase: bigint
  /** 18 decimals; the largest uint256 without debt. */
  readonly healthFactor: bigint
}

/** One `LiquidationCall`. Amounts in the asset's smallest unit, values at the oracle's prices of the block. */
export interface LiquidationExport extends AtBlock {
  readonly tx: Hex
  readonly logIndex: number
  readonly borrower: Address
  readonly liquidator: Address
  readonly collateralAsset: Address
  readonly collateralSymbol: string
  readonly debtAsset: Address
  readonly debtSymbol: string
  readonly debtCovered: bigint
  readonly collateralSeized: bigint
  readonly debtUsd8: bigint
  readonly collateralUsd8: bigint
}

/** One price of one asset, from this block on. */
export interface PriceExport extends AtBlock {
  readonly asset: Address
  readonly symbol: string
  readonly priceUsd8: bigint
}

type Cell = string | bigint | number | null

/** `TIMESTAMP`: milliseconds, UTC. */
interface Column<Row> {
  readonly name: string
  readonly type: 'STRING' | 'INT32' | 'INT64' | 'DOUBLE' | 'TIMESTAMP'
  readonly nullable?: true
  readonly of: (row: Row) => Cell
}

/**
 * The tables, column by column (described in `docs/parquet.md`). Integers of a contract may exceed 64 bits, so they are
 * decimal strings; beside those worth a plot stands a double of the same quantity in whole units.
 */
export const TABLES: {
  readonly accounts: readonly Column<AccountExport>[]
  readonly liquidations: readonly Column<LiquidationExport>[]
  readonly prices: readonly Column<PriceExport>[]
} = {
  accounts: [
    ...atBlock(),
    { name: 'address', type: 'STRING', of: ({ address }) => getAddress(address) },
    { name: 'eMode', type: 'INT32', of: ({ eMode }) => eMode },
    { name: 'collateralBase', type: 'STRING', of: ({ collateralBase }) => collateralBase.toString() },
    { name: 'debtBase', type: 'STRING', of: ({ debtBase }) => debtBase.toString() },
    { name: 'healthFactor', type: 'STRING', nullable: true, of: (row) => health(row)?.toString() ?? null },
    { name: 'collateral', type: 'DOUBLE', of: ({ collateralBase }) => whole(collateralBase, 8) },
    { name: 'debt', type: 'DOUBLE', of: ({ debtBase }) => whole(debtBase, 8) },
    { name: 'health', type: 'DOUBLE', nullable: true, of: (row) => whole(health(row), 18) },
  ],
  liquidations: [
    ...atBlock(),
    { name: 'tx', type: 'STRING', of: ({ tx }) => tx },
    { name: 'logIndex', type: 'INT32', of: ({ logIndex }) => logIndex },
    { name: 'borrower', type: 'STRING', of: ({ borrower }) => getAddress(borrower) },
    { name: 'liquidator', type: 'STRING', of: ({ liquidator }) => getAddress(liquidator) },
    { name: 'collateralAsset', type: 'STRING', of: ({ collateralAsset }) => getAddress(collateralAsset) },
    { name: 'collateralSymbol', type: 'STRING', of: ({ collateralSymbol }) => collateralSymbol },
    { name: 'debtAsset', type: 'STRING', of: ({ debtAsset }) => getAddress(debtAsset) },
    { name: 'debtSymbol', type: 'STRING', of: ({ debtSymbol }) => debtSymbol },
    { name: 'debtCovered', type: 'STRING', of: ({ debtCovered }) => debtCovered.toString() },
    { name: 'collateralSeized', type: 'STRING', of: ({ collateralSeized }) => collateralSeized.toString() },
    { name: 'debtUsd8', type: 'STRING', of: ({ debtUsd8 }) => debtUsd8.toString() },
    { name: 'collateralUsd8', type: 'STRING', of: ({ collateralUsd8 }) => collateralUsd8.toString() },
    { name: 'debtUsd', type: 'DOUBLE', of: ({ debtUsd8 }) => whole(debtUsd8, 8) },
    { name: 'collateralUsd', type: 'DOUBLE', of: ({ collateralUsd8 }) => whole(collateralUsd8, 8) },
  ],
  prices: [
    ...atBlock(),
    { name: 'asset', type: 'STRING', of: ({ asset }) => getAddress(asset) },
    { name: 'symbol', type: 'STRING', of: ({ symbol }) => symbol },
    { name: 'priceUsd8', type: 'STRING', of: ({ priceUsd8 }) => priceUsd8.toString() },
    { name: 'priceUsd', type: 'DOUBLE', of: ({ priceUsd8 }) => whole(priceUsd8, 8) },
  ],
}

function atBlock(): readonly Column<AtBlock>[] {
  return [
    { name: 'market', type: 'STRING', of: ({ market }) => market },
    { name: 'block', type: 'INT64', of: ({ block }) => block },
    { name: 'timestamp', type: 'TIMESTAMP', of: ({ timestamp }) => timestamp * 1000n },
  ]
}

const health = ({ healthFactor }: AccountExport): bigint | null => (healthFactor === UINT256_MAX ? null : healthFactor)

/** For plots: 16 digits of it. */
const whole = (value: bigint | null, decimals: number): number | null =>
  value === null ? null : Number(value) / 10 ** decimals

/** Rows in memory at a time. */
const ROW_GROUP = 50_000

/**
 * Write `rows` to a Parquet file with `columns` and return how many they were. The file appears under its name whole or not
 * at all: until then it is `PATH.part`. Throws StoreError when the disk refuses; what `rows` throws passes through.
 */
export async function writeParquet<Row>(
  path: string,
  columns: readonly Column<Row>[],
  rows: Iterable<Row> | AsyncIterable<Row>,
): Promise<number> {
  const part = `${path}.part`
  const file = await onDisk(path, () => open(part, 'w'))
  try {
    const count = await writeRows(columns, rows, (bytes) => onDisk(path, () => file.writeFile(bytes)))
    await onDisk(path, () => finish(file))
    await onDisk(path, () => rename(part, path))
    return count
  } catch (error) {
    await discard(file, part)
    throw error
  }
}

async function finish(file: FileHandle): Promise<void> {
  await file.sync()
  await file.close()
}

/** Whatever goes wrong here comes after the error that people should see. */
async function discard(file: FileHandle, part: string): Promise<void> {
  await Promise.allSettled([file.close(), rm(part, { force: true })])
}

async function writeRows<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  append: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  const bytes = new ByteWriter()
  const group = columns.map(({ name, type, nullable = false, of }) => ({
    name,
    type,
    nullable,
    of,
    data: [] as Cell[],
  }))
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: group }),
    createdBy: 'plimsoll',
  })
  const flush = async () => {
    const size = group[0]?.data.length ?? 0
    await parquet.write({ columnData: group, rowGroupSize: ROW_GROUP })
    for (const column of group) column.data = []
    await append(bytes.getBytes())
    bytes.index = 0
    return size
  }
  let count = 0
  for await (const row of rows) {
    for (const column of group) column.data.push(column.of(row))
    if (group[0]?.data.length === ROW_GROUP) count += await flush()
  }
  count += await flush()
  await parquet.finish()
  await append(bytes.getBytes())
  return count
}

const ADVICE: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or name a path on another disk'],
  EDQUOT: ['the quota is used up', 'Free some space, or name a path on another disk'],
  ENOENT: ['its directory does not exist', 'Create the directory, or name another path'],
  ENOTDIR: ['its directory is a file', 'Name a path in a directory'],
  EISDIR: ['it is a directory', 'Name a file in it'],
  EACCES: ['this user may not write there', 'Give the right to write there, or name another path'],
  EPERM: ['this user may not write there', 'Give the right to write there, or name another path'],
  EROFS: ['the file system is read-only', 'Name a path on another disk'],
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const [why, fix] = ADVICE[code] ?? [`the system says ${code}`, 'Check the disk and the path']
    throw new StoreError(
      {
        code: 'EXPORT_UNWRITABLE',
        what: `export ${path}`,
        why,
        fix: `${fix}. No file of that name was made or changed`,
      },
      { cause },
    )
  }
}
