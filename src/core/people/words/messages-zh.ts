import type { Messages } from './messages-en.ts'

/** 提醒消息的中文。 */
export const zh: Messages = {
  place: (market, chain) => `${chain} 上的 ${market}`,
}
