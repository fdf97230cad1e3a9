import type { AlertsConfig } from '../../config/config.ts'
import type { Channel } from '../../core/people/channel.ts'

/** Everybody who is told, as the configuration has them. */
export function channelsOf({
  telegram,
  webhooks,
  timezone,
}: Pick<AlertsConfig, 'telegram' | 'webhooks' | 'timezone'>): readonly Channel[] {
  const chats = telegram?.chats ?? []
  return [
    ...chats.map(({ chatId, role, language, events, topics, quiet }) => ({
      name: `telegram:${chatId}`,
      role,
      language,
      events,
      topics,
      quiet,
      timezone,
    })),
    ...webhooks.map(({ name, role, language, events }) => ({
      name: `webhook:${name}`,
      role,
      language,
      events,
      topics: {},
      quiet: undefined,
      timezone,
    })),
  ]
}
