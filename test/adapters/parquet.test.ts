import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { root } from '../../scripts/generated.ts'
import {
  type AccountExport,
  type LiquidationExport,
  type PriceExport,
  TABLES,
  writeParquet,
} from '../../src/adapters/parquet.ts'
import { StoreError } from '../../src/core/errors.ts'
import { UINT256_MAX } from '../../src/core/math.ts'
import { temporaryFolder } from '../support/temporary.ts'

const at = { market: 'aave-v3-ethereum', block: 23_549_939n, timestamp: 1_760_130_000n }
const WETH = '0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2'
const USDC = '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48'
const CHECKED = {
  weth: '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2',
  usdc: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
}

const account: AccountExport = {
  ...at,
  address: WETH,
  eMode: 1,
  collateralBase: 2n ** 70n + 1n,
  debtBase: 1n,
  healthFactor: 1_050_000_000_000_000_001n,
}
const liquidation: LiquidationExport = {
  ...at,
  tx: `0x${'ab'.repeat(32)}`,
  logIndex: 402,
  borrower: WETH,
  liquidator: USDC,
  collateralAsset: WETH,
  collateralSymbol: 'WETH',
  debtAsset: USDC,
  debtSymbol: 'USD₮0',
  debtCovered: UINT256_MAX,
  collateralSeized: 18_891_825_379_519_208n,
  debtUsd8: 3_066_013_400n,
  collateralUsd8: -1n,
}
const price: PriceExport = { ...at, asset: WETH, symbol: 'WETH', priceUsd8: 2n ** 63n }

const file = (): string => join(temporaryFolder('parquet'), 'out.parquet')

/** As a reader that is not ours sees it. */
const bytesOf = (path: string): ArrayBuffer => new Uint8Array(readFileSync(path)).buffer
const read = (path: string): Promise<Record<string, unknown>[]> => parquetReadObjects({ file: bytesOf(path) })

const nameOf = ({ name }: { readonly name: string }): string => name

const refusal = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('Parquet export', () => {
  it('brings accounts back digit for digit, with doubles to plot', async () => {
    const path = file()
    const free = { ...account, debtBase: 0n, healthFactor: UINT256_MAX }
    expect(await writeParquet(path, TABLES.accounts, [account, free])).to.equal(2)
    const [first, second] = await read(path)
    expect(first).to.deep.equal({
      market: 'aave-v3-ethereum',
      block: 23_549_939n,
      timestamp: new Date('2025-10-10T21:00:00Z'),
      address: CHECKED.weth,
      eMode: 1,
      collateralBase: '1180591620717411303425',
      debtBase: '1',
      healthFactor: '1050000000000000001',
      collateral: 2 ** 70 / 1e8,
      debt: 1e-8,
      health: 1.05,
    })
    expect(second).to.include({ debtBase: '0', healthFactor: null, health: null })
  })

  it('brings liquidations back, the largest integer and a negative one', async () => {
    const path = file()
    await writeParquet(path, TABLES.liquidations, [liquidation])
    expect(await read(path)).to.deep.equal([
      {
        ...liquidation,
        timestamp: new Date(Number(at.timestamp) * 1000),
        borrower: CHECKED.weth,
        liquidator: CHECKED.usdc,
        collateralAsset: CHECKED.weth,
        debtAsset: CHECKED.usdc,
        debtCovered: UINT256_MAX.toString(),
        collateralSeized: '18891825379519208',
        debtUsd8: '3066013400',
        collateralUsd8: '-1',
        debtUsd: 30.660134,
        collateralUsd: -1e-8,
      },
    ])
  })

  it('brings prices back beyond 64 bits', async () => {
    const path = file()
    await writeParquet(path, TABLES.prices, [price])
    expect((await read(path))[0]).to.include({
      priceUsd8: '9223372036854775808',
      priceUsd: 2 ** 63 / 1e8,
      symbol: 'WETH',
    })
  })

  for (const [name, names, write] of [
    ['accounts', TABLES.accounts.map(nameOf), (path: string) => writeParquet(path, TABLES.accounts, [])],
    ['liquidations', TABLES.liquidations.map(nameOf), (path: string) => writeParquet(path, TABLES.liquidations, [])],
    ['prices', TABLES.prices.map(nameOf), (path: string) => writeParquet(path, TABLES.prices, [])],
  ] as const)
    it(`of no ${name} is a file with the columns and no rows`, async () => {
      const path = file()
      expect(await write(path)).to.equal(0)
      expect(await read(path)).to.deep.equal([])
      const { children } = parquetSchema(await parquetMetadataAsync(bytesOf(path)))
      expect(children.map(({ element }) => element.name)).to.deep.equal(names)
    })

  it('says of each column what it is, and which may be missing', async () => {
    const path = file()
    await writeParquet(path, TABLES.accounts, [account])
    const { schema } = await parquetMetadataAsync(bytesOf(path))
    const kinds = schema
      .slice(1)
      .map(({ name, type, converted_type, repetition_type }) => [name, converted_type ?? type, repetition_type])
    expect(kinds).to.deep.include.members([
      ['block', 'INT64', 'REQUIRED'],
      ['timestamp', 'TIMESTAMP_MILLIS', 'REQUIRED'],
      ['eMode', 'INT32', 'REQUIRED'],
      ['debtBase', 'UTF8', 'REQUIRED'],
      ['health', 'DOUBLE', 'OPTIONAL'],
    ])
  })

  it('takes rows as they come and writes them in groups', async () => {
    const path = file()
    let made = 0
    async function* rows(): AsyncGenerator<PriceExport> {
      for (; made < 120_000; made++) yield { ...price, block: BigInt(made), priceUsd8: BigInt(made) ** 5n }
    }
    expect(await writeParquet(path, TABLES.prices, rows())).to.equal(120_000)
    const { row_groups } = await parquetMetadataAsync(bytesOf(path))
    expect(row_groups.map(({ num_rows }) => num_rows)).to.deep.equal([50_000n, 50_000n, 20_000n])
    const found = await read(path)
    expect(found).to.have.length(120_000)
    for (const i of [0, 49_999, 50_000, 99_999, 119_999])
      expect(found[i]).to.include({ block: BigInt(i), priceUsd8: (BigInt(i) ** 5n).toString() })
  })

  it('describes its columns, all of them, in docs/parquet.md', () => {
    const page = readFileSync(join(root, 'docs/parquet.md'), 'utf8')
    const described = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => [name, type])
    const columns = Object.values(TABLES).flatMap((table) => table.slice(3).map(({ name, type }) => [name, type]))
    expect(described).to.deep.equal([...TABLES.prices.slice(0, 3).map(({ name, type }) => [name, type]), ...columns])
  })
})

describe('Parquet export that fails', () => {
  it('leaves the old file and no other when the rows fail, and passes their error on', async () => {
    const folder = temporaryFolder('parquet')
    const path = join(folder, 'out.parquet')
    writeFileSync(path, 'old')
    const trouble = new Error('page 7 is damaged')
    function* rows(): Generator<PriceExport> {
      yield price
      throw trouble
    }
    expect(await refusal(writeParquet(path, TABLES.prices, rows()))).to.equal(trouble)
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).to.deep.equal(['old', ['out.parquet']])
  })

  it('overwrites an old file, and what a killed run left behind', async () => {
    const folder = temporaryFolder('parquet')
    const path = join(folder, 'out.parquet')
    writeFileSync(path, 'old')
    writeFileSync(`${path}.part`, 'x'.repeat(100_000))
    await writeParquet(path, TABLES.prices, [price])
    expect(await read(path)).to.have.length(1)
    expect(readdirSync(folder)).to.deep.equal(['out.parquet'])
  })

  it('says that the disk is full, and leaves nothing behind', async function () {
    if (!existsSync('/dev/full')) return this.skip()
    const folder = temporaryFolder('parquet')
    const path = join(folder, 'out.parquet')
    symlinkSync('/dev/full', `${path}.part`)
    const error = await refusal(writeParquet(path, TABLES.prices, [price]))
    expect(error).to.be.instanceOf(StoreError).and.include({ code: 'EXPORT_UNWRITABLE', exitCode: 1 })
    expect(error).to.have.property('message').that.includes('the disk is full').and.includes(path)
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('says what is wrong with a path', async () => {
    const folder = temporaryFolder('parquet')
    writeFileSync(join(folder, 'file'), '')
    mkdirSync(join(folder, 'directory'))
    for (const [path, why] of [
      ['missing/out.parquet', 'its directory does not exist'],
      ['file/out.parquet', 'its directory is a file'],
      ['directory', 'it is a directory'],
    ] as const) {
      const error = await refusal(writeParquet(join(folder, path), TABLES.prices, [price]))
      expect(error, path).to.be.instanceOf(StoreError).and.have.property('why', why)
    }
    expect(readdirSync(folder)).to.deep.equal(['directory', 'file'])
  })
})
