import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import { encodeErrorResult, getAddress, type Hex, parseAbi, toFunctionSelector } from 'viem'
import { liquidatorAbi } from '../../src/adapters/contracts/liquidator.ts'
import { revertReason } from '../../src/adapters/executor/revert.ts'
import { RpcFault } from '../../src/core/errors.ts'
import { belowMinimum, BORROWER as borrower } from './executor-support.ts'

const require = createRequire(import.meta.url)
const ERRORS = '@aave-dao/aave-v3-origin/src/contracts/protocol/libraries/helpers/Errors.sol'
const BORROWER = getAddress(borrower)

const fault = (data: unknown): RpcFault => new RpcFault('eth_call', 3, 'execution reverted: why', data)
const foreign: Hex = encodeErrorResult({ abi: parseAbi(['error Unheard(uint256)']), errorName: 'Unheard', args: [1n] })

const notBelow = toFunctionSelector('function HealthFactorNotBelowThreshold()')
const eModeAbi = parseAbi(['error InvalidDebtInEmode(address reserve, uint256 categoryId)'])
const inEMode = encodeErrorResult({ abi: eModeAbi, errorName: 'InvalidDebtInEmode', args: [BORROWER, 3n] })
const panic = encodeErrorResult({ abi: parseAbi(['error Panic(uint256)']), errorName: 'Panic', args: [17n] })

describe('revertReason', () => {
  const text = encodeErrorResult({ abi: parseAbi(['error Error(string)']), errorName: 'Error', args: ['STF'] })
  const passed = encodeErrorResult({ abi: liquidatorAbi, errorName: 'DeadlinePassed', args: [5n, 6n] })
  for (const [what, data, expected] of [
    ['a custom error of ours', belowMinimum, 'ProfitBelowMinimum(1, 2)'],
    ['one a level deeper', { data: passed }, 'DeadlinePassed(5, 6)'],
    ['one two levels deeper', { data: { data: passed } }, 'DeadlinePassed(5, 6)'],
    ['an error of the pool', notBelow, 'HealthFactorNotBelowThreshold()'],
    ['one of the pool with arguments', inEMode, `InvalidDebtInEmode(${BORROWER}, 3)`],
    ['a panic', panic, 'Panic(17)'],
    ['a string', text, 'Error(STF)'],
    ['a bare selector', '0x12345678', 'custom error 0x12345678'],
    ['an error with arguments that nobody here knows', foreign, 'eth_call: execution reverted: why (code 3)'],
    ['no data', undefined, 'eth_call: execution reverted: why (code 3)'],
    ['empty data', '0x', 'eth_call: execution reverted: why (code 3)'],
    ['something else', { message: 'x' }, 'eth_call: execution reverted: why (code 3)'],
  ] as const)
    it(`${what}: ${expected}`, () => {
      expect(revertReason(fault(data))).to.equal(expected)
    })

  it("knows every error of the pool's own list", () => {
    const source = readFileSync(require.resolve(ERRORS), 'utf8')
    const declared = [...source.matchAll(/^ *error (\w+)\(\);/gm)].map(([, name]) => `${name}()`)
    expect(declared).to.have.length.greaterThan(80)
    for (const error of declared) expect(revertReason(fault(toFunctionSelector(`function ${error}`)))).to.equal(error)
  })
})
