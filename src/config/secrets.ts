import type { Config } from './config.ts'
import type { Environment } from './interpolate.ts'

/** Shorter values from the environment (a port, a name) are no secrets, and hiding them would garble every line. */
const MIN_LENGTH = 8

/** Everything a log must not show, longest first so that no part of one survives. */
export function collectSecrets(config: Config, interpolated: readonly string[], env: Environment): readonly string[] {
  const { alerts, http, executor } = config
  const marked = [
    alerts.telegram?.token,
    http.token,
    executor.signer && env[executor.signer.passwordEnv],
    ...alerts.webhooks.map(({ secret }) => secret),
  ]
  const hooks = [...alerts.webhooks.map(({ url }) => url), ...(alerts.heartbeat ? [alerts.heartbeat.url] : [])]
  const urls = [...config.chains.flatMap(({ rpc, ws }) => [...rpc, ...ws]), ...hooks].flatMap(secretsOfUrl)
  const found = [...marked, ...interpolated.filter((value) => value.length >= MIN_LENGTH), ...urls]
  const unique = new Set(found.filter((value) => value !== undefined && value !== ''))
  return [...unique].flatMap((value) => value ?? []).toSorted((a, b) => b.length - a.length)
}

/** The URL, and the parts of it that carry a key: errors of HTTP clients show them alone. A bare host of our own hides nothing. */
function secretsOfUrl(url: string): readonly string[] {
  const { username, password, pathname, search, hostname } = new URL(url)
  const keys = [username, password, ...pathname.split('/'), ...search.slice(1).split(/[&=]/)].filter(
    (part) => part.length >= MIN_LENGTH,
  )
  const bare = password === '' && pathname === '/' && search === ''
  return bare && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? [] : [url, ...keys]
}
