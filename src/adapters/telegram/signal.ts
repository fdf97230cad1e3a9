import type { Api } from 'grammy'

type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>

/** grammY's types name the signal of a polyfill that has the same members; at run time it takes the platform's. */
export const grammySignal = (signal: AbortSignal): GrammySignal => signal as GrammySignal
