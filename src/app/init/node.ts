import { Rpc } from '../../adapters/rpc/client.ts'
import { CHAINS } from '../../config/chains.ts'
import { PlimsollError } from '../../core/errors.ts'

/** Whether a node answers and is on that chain; a string says what is wrong. */
export async function checkUrl(
  chain: string,
  url: string,
): Promise<{ readonly wrong: string; readonly fatal: boolean } | undefined> {
  const chainId = CHAINS[chain]?.id ?? 0
  const rpc = new Rpc({ chain, chainId, urls: [url], onProblem: () => {} })
  try {
    await rpc.connect()
    return undefined
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error
    return { wrong: `${error.what}: ${error.why}`, fatal: error.code === 'WRONG_CHAIN_ID' }
  }
}

export const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
export const isWsUrl = (text: string): boolean => URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol)
