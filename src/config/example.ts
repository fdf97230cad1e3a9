/** The example file: a complete, working choice for one chain. Options that it leaves out are shown as comments. */
export const example = {
  chains: { ethereum: { rpc: ['${ETHEREUM_RPC_URL}'], ws: ['${ETHEREUM_WS_URL:-}'] } },
  markets: ['aave-v3-ethereum'],
  executor: {
    mode: 'dry-run',
    markets: { 'aave-v3-ethereum': { minProfitUsd: 5, maxGasGwei: 100, maxDebtUsd: 1_000_000 } },
  },
  alerts: { thresholds: ['1.1', '1.05', '1.0'], hysteresis: '0.01', cooldownS: 900, minDebtUsd: 100 },
  risk: { enabled: true, everyS: 60 },
  store: { path: './plimsoll.db' },
  http: { host: '127.0.0.1', port: 9464, token: '${PLIMSOLL_TOKEN:-}' },
  log: { level: 'info' },
} as const
