import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, parseAbi } from 'viem'
import type { AccountRow, Accounts, Status } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { marketName, type StageChain } from './chain.ts'

const POOL = parseAbi([
  'function getUserAccountData(address) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
])

export interface Judgement {
  readonly block: number
  readonly checked: number
  readonly mismatched: readonly {
    readonly address: string
    readonly field: string
    readonly ours: string
    readonly chain: string
  }[]
}

const tokens = new Map<string, string>()

/** From now on this daemon is asked with its token. */
export const authorize = (url: string, token: string): void => void tokens.set(new URL(url).origin, token)

/** A request with the daemon's token, where it has one. */
export const ask = (url: string, init: RequestInit = {}): Promise<Response> => {
  const token = tokens.get(new URL(url).origin)
  return fetch(url, token === undefined ? init : { ...init, headers: { authorization: `Bearer ${token}` } })
}

export const get = async <T>(url: string): Promise<T> => {
  const response = await ask(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** Until the daemon has taken in this block of the chain and what it did about it is under way. */
export async function reached(url: string, chain: StageChain, block: number): Promise<Status> {
  for (;;) {
    const status = await get<Status>(`${url}/api/status`)
    const head = status.chains.find(({ chainId }) => chainId === chain.chainId)?.head
    if (head && Number(head.number) >= block) return status
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Every account the daemon shows, as it shows them, at one block. */
async function everyAccount(url: string, chain: StageChain): Promise<Accounts> {
  const base = `${url}/api/accounts?market=${marketName(chain)}&limit=1000`
  let page = await get<Accounts>(base)
  const accounts: AccountRow[] = [...page.accounts]
  while (page.next !== null) {
    page = await get<Accounts>(`${base}&cursor=${page.next}`)
    accounts.push(...page.accounts)
  }
  return { ...page, accounts, next: null }
}

/** What the daemon shows against what the pool itself answers at the same block. */
export async function judge(url: string, chain: StageChain): Promise<Judgement> {
  const { block, accounts } = await everyAccount(url, chain)
  const mismatched: Judgement['mismatched'][number][] = []
  for (const row of accounts) {
    const truth = await accountData(chain, row.address as Address, block.hash as Hex)
    const ours = {
      totalCollateralBase: row.collateralBase,
      totalDebtBase: row.debtBase,
      healthFactor: row.healthFactor,
    }
    for (const [field, value] of Object.entries(ours)) {
      const theirs = String(truth[field as keyof typeof ours])
      if (String(value) !== theirs) mismatched.push({ address: row.address, field, ours: String(value), chain: theirs })
    }
  }
  return { block: Number(block.number), checked: accounts.length, mismatched }
}

async function accountData(chain: StageChain, user: Address, blockHash: Hex) {
  const data = encodeFunctionData({ abi: POOL, functionName: 'getUserAccountData', args: [user] })
  const answer = await chain.rpc('eth_call', { to: chain.addresses['pool'], data }, { blockHash })
  const [totalCollateralBase, totalDebtBase, , , , healthFactor] = decodeFunctionResult({
    abi: POOL,
    functionName: 'getUserAccountData',
    data: answer as Hex,
  })
  return { totalCollateralBase, totalDebtBase, healthFactor }
}

export async function journalOf(url: string): Promise<JournalEntry[]> {
  const found: JournalEntry[] = []
  for (let after = 0; ; ) {
    const { entries } = await get<{ entries: JournalEntry[] }>(`${url}/api/journal?after=${after}&limit=1000`)
    found.push(...entries)
    const last = entries.at(-1)
    if (last === undefined) return found
    after = last.seq
  }
}
