/** What people may change over HTTP: each request names its speaker as `http`, goes through the Control port, and needs the token. */
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { SCHEMA_VERSION } from '../../core/answers.ts'
import type { ControlAnswer, ControlRefusal, Reloaded, Speaker } from '../../core/people/control.ts'
import type { ControlPort } from '../../core/people/ports.ts'
import { HttpProblem } from './problem.ts'
import { methodNotAllowed } from './problems.ts'

const LARGEST_BODY = 4_096
const SPEAKER: Speaker = { via: 'http', id: 'token' }

const chat = z
  .string()
  .regex(/^(telegram:-?\d{1,20}|webhook:[\w.-]{1,64})$/, { error: 'it must be such as telegram:123' })
const scope = z.string().regex(/^(all|position:0x[0-9a-f]{40}|market:[\w.-]{1,64})$/, {
  error: 'it must be all, position:0x… (lower case) or market:NAME',
})
const nothing = z.strictObject({})

export interface ControlRoute {
  readonly summary: string
  readonly body: z.ZodObject
}

export const CONTROLS = {
  pause: { summary: 'No new signature from this moment on.', body: nothing },
  resume: { summary: 'Signatures are possible again.', body: nothing },
  mode: {
    summary: 'Another mode, at most the configured one; from the next decision on.',
    body: z.strictObject({ mode: z.string().describe('`watch`, `dry-run`, `simulate` or `live`') }),
  },
  reload: { summary: 'Reads the configuration file anew; a bad one changes nothing.', body: nothing },
  mute: {
    summary: 'A chat is not told of something for a while; what is critical passes.',
    body: z.strictObject({
      chat,
      scope: scope.default('all'),
      minutes: z.int().min(1).max(525_600).nullable().default(60).describe('null: until it is unmuted'),
    }),
  },
  unmute: { summary: 'It is told again.', body: z.strictObject({ chat, scope: scope.default('all') }) },
} as const satisfies Record<string, ControlRoute>

export const controlPath = (name: string): string => `/api/control/${name}`

export const ControlResult = z.object({
  schemaVersion: z.literal(1),
  changed: z.boolean().describe('False when it was so already'),
  paused: z.boolean(),
  mode: z.string(),
  configuredMode: z.string(),
  applied: z.array(z.string()).optional().describe('Of `reload`: options now in force'),
  needRestart: z.array(z.string()).optional().describe('Of `reload`: options in force only after a restart'),
})

export interface ControlDoor {
  readonly control: ControlPort
  readonly token: string | undefined
  /** Unix seconds. */
  readonly nowS: () => number
}

type Body<Name extends keyof typeof CONTROLS> = z.output<(typeof CONTROLS)[Name]['body']>

export function controlRoutes(app: Hono, { control, token, nowS }: ControlDoor): void {
  const route = <Name extends keyof typeof CONTROLS>(
    name: Name,
    act: (body: Body<Name>) => ControlAnswer<unknown> | Promise<ControlAnswer<unknown>>,
  ): void => {
    app.post(controlPath(name), bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }), async (c) => {
      if (!token) throw needsToken()
      const body = (await readBody(c, CONTROLS[name].body)) as Body<Name>
      return answer(c, control, await act(body))
    })
    app.all(controlPath(name), (c) => {
      throw methodNotAllowed(c.req.method, controlPath(name), 'POST')
    })
  }
  route('pause', () => control.pause(SPEAKER))
  route('resume', () => control.resume(SPEAKER))
  route('mode', ({ mode }) => control.setMode(SPEAKER, mode))
  route('reload', () => control.reload(SPEAKER))
  route('mute', ({ chat, scope, minutes }) =>
    control.mute(SPEAKER, { chat, scope, untilS: minutes === null ? null : nowS() + 60 * minutes }),
  )
  route('unmute', ({ chat, scope }) => control.unmute(SPEAKER, chat, scope))
}

function answer(c: Context, { paused, mode, configuredMode }: ControlPort, said: ControlAnswer<unknown>): Response {
  if (said.kind === 'refused') throw refusedBy(said.why, said.detail)
  const reloaded = (said.value ?? {}) as Partial<Reloaded>
  return c.json({ schemaVersion: SCHEMA_VERSION, changed: said.changed, paused, mode, configuredMode, ...reloaded })
}

/** No body at all is an empty object. */
async function readBody(c: Context, schema: z.ZodObject): Promise<unknown> {
  const text = await c.req.text()
  const parsed = schema.safeParse(parseJson(text === '' ? '{}' : text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw badBody(String(issue?.path.join('.') ?? ''), issue?.message ?? 'it is not valid')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badBody('', 'it is no JSON')
  }
}

const badBody = (field: string, why: string): HttpProblem =>
  new HttpProblem(400, {
    code: 'BAD_BODY',
    what: field === '' ? 'The body cannot be read' : `"${field}" in the body cannot be used`,
    why,
    fix: 'Send JSON as /api/openapi.json describes it.',
  })

const tooLarge = (): never => {
  throw new HttpProblem(413, {
    code: 'BODY_TOO_LARGE',
    what: 'The body is too large',
    why: `at most ${LARGEST_BODY} bytes are read`,
    fix: 'Send JSON as /api/openapi.json describes it.',
  })
}

const needsToken = (): HttpProblem =>
  new HttpProblem(403, {
    code: 'CONTROL_NEEDS_TOKEN',
    what: 'Nothing can be changed over HTTP here',
    why: 'no token is configured, so anybody on this machine could do it',
    fix: 'Set http.token, start again, and send it as "Authorization: Bearer TOKEN".',
  })

const WORDS: Readonly<Record<ControlRefusal, readonly [status: 400 | 404 | 409, why: string, fix: string]>> = {
  'above-configured-mode': [
    409,
    'configuration and --live flag allow at most',
    'Change executor.mode and start again.',
  ],
  'unknown-mode': [400, 'the modes are', 'Choose one of them.'],
  'bad-configuration': [409, 'the file was not taken over', 'Correct the file, then reload again.'],
  'held-by-file': [409, 'the kill file is there', 'Take the file away, then resume.'],
  'not-watched': [404, 'the chat does not watch it', 'Watch it first.'],
  'too-many-watches': [409, 'a chat may watch at most', 'Unwatch another, or raise alerts.telegram.watchesPerChat.'],
  'bad-threshold': [400, 'it is no threshold', 'Correct it.'],
}

function refusedBy(refusal: ControlRefusal, detail: string): HttpProblem {
  const [status, why, fix] = WORDS[refusal]
  const code = refusal.toUpperCase().replaceAll('-', '_')
  return new HttpProblem(status, { code, what: 'Nothing was changed', why: `${why}: ${detail}`, fix })
}
