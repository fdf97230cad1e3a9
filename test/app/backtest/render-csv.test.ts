import { expect } from 'chai'
import fc from 'fast-check'
import { renderCsv } from '../../../src/app/backtest/render-csv.ts'
import { address, executed, hash, ours, report } from './support.ts'

/** RFC 4180, read by the letter: records end with CRLF, a quoted field may hold anything, quotes in it are doubled. */
function parseCsv(text: string): string[][] {
  const records: string[][] = []
  let fields: string[] = []
  let rest = text
  while (rest !== '') {
    const [all, quoted, plain, end] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest) ?? []
    if (all === undefined) throw new SyntaxError(`not RFC 4180 at ${JSON.stringify(rest.slice(0, 40))}`)
    fields.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === '\r\n') {
      records.push(fields)
      fields = []
    }
    rest = rest.slice(all.length)
  }
  return records
}

/** The lines of the ledger by their headings. */
function ledger(csv: string): Record<string, string>[] {
  const [head = [], ...lines] = parseCsv(csv)
  return lines.map((line) => {
    expect(line).to.have.length(head.length)
    return Object.fromEntries(head.map((name, i) => [name, line[i] ?? '']))
  })
}

describe('ledger of a backtest (CSV)', () => {
  it('has one line for each plan, in whole units with all decimals', () => {
    const rival = { block: 1_003n, tx: hash(9), liquidator: address(0x2000) }
    const [line, ...rest] = ledger(renderCsv(report({ ours: [ours(1, { rival, executed: executed() })] })))
    expect(rest).to.deep.equal([])
    expect(line).to.deep.equal({
      date: '2025-10-10T21:00:12Z',
      block: '1001',
      market: 'aave-v3-ethereum',
      borrower: address(0x1001),
      health_factor: '0.990000000000000000',
      collateral: 'WETH',
      collateral_asset: '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2',
      debt: 'USDC',
      debt_asset: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
      debt_covered: '2000.000000',
      collateral_seized: '1.000000000000000000',
      min_profit: '15.000000',
      debt_usd: '2000.00000000',
      gross_usd: '100.00000000',
      cost_usd: '10.00000000',
      net_usd: '90.00000000',
      quote: 'recorded',
      lateness_blocks: '1',
      chance: '0.400000',
      expected_net_usd: '30.00000000',
      rival: address(0x2000),
      rival_block: '1003',
      rival_tx: hash(9),
      executed: 'success',
      revert: '',
      predicted_profit: '95.000000',
      executed_profit: '95.000000',
      executed_profit_usd: '95.00000000',
      executed_seized: '1.000000000000000000',
      gas_used: '612345',
    })
  })

  it('leaves empty what did not come to be, and has a heading without any plan', () => {
    const [line] = ledger(renderCsv(report({ ours: [ours(1)] })))
    expect(line).to.include({ rival: '', executed: '', executed_profit: '', gas_used: '' })
    expect(renderCsv(report())).to.match(/^date,block,[a-z_,]+\r\n$/)
  })

  for (const start of ['=', '+', '-', '@', '＝'])
    it(`gives a spreadsheet no formula that starts with ${start}`, () => {
      const symbol = `${start}HYPERLINK("x","y")`
      const [line] = ledger(renderCsv(report({ ours: [ours(1, { collateralSymbol: symbol })] })))
      expect(line?.['collateral']).to.equal(`'${symbol}`)
    })

  it('leaves a loss a number', () => {
    const [line] = ledger(renderCsv(report({ ours: [ours(1, { netUsd8: -150_000_000n })] })))
    expect(line?.['net_usd']).to.equal('-1.50000000')
  })

  it('brings any text through, once printable', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (symbol) => {
        const made = report({ ours: [ours(1, { debtSymbol: symbol }), ours(2)] })
        const lines = ledger(renderCsv(made))
        expect(lines).to.have.length(2)
        expect(lines[0]?.['debt']?.replace(/^'(?=[=+\-@＝＋－＠])/, '')).to.equal(made.ours[0]?.debtSymbol)
      }),
    ))
})
