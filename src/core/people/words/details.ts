/** All ways out of a position with what to sign, behind the button `details`. */
import type { Advice, RescueOption } from '../../answers.ts'
import type { Message, Passage } from '../message.ts'
import { costLines, obstacleText, passableFirst, trustLines, wayTitle } from './advice.ts'
import { figures } from './figures.ts'
import { LONGEST, lengthOf } from './length.ts'
import type { Messages } from './messages-en.ts'
import { agoOf, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import {
  count,
  exactTokens,
  health,
  integerOf,
  personName,
  shortAddress,
  tokens,
  usdUp,
  utcTime,
  words,
} from './values.ts'

/** As many messages as it takes: calldata is given in full. `name`: the reader's word for the position, or empty. */
export function detailsText(advice: Advice, reader: Reader, name = ''): readonly Message[] {
  const say = sayingsOf(reader)
  const who = name.trim() === '' ? shortAddress(advice.row.address) : personName(name)
  const title = `🛟 ${say.titles.details(who)}`
  const first: Passage = {
    title,
    place: placeOf(advice.row, reader),
    rows: standing(advice, reader),
    lines: [...trustLines(advice, say), ...costLines(advice, say), ...exactLines(advice, say)],
    code: [words(advice.row.address, 42)],
  }
  const ways = passableFirst(advice.options).flatMap((option, n) => wayPassages(option, n + 1, say))
  return paged(first, ways).map((parts, page) => ({
    ...(page === 0 ? first : { title: `${title} (${page + 1})`, place: '', rows: [], lines: [], code: [] }),
    parts,
    links: [],
    footer: reader.role === 'operator' ? '' : say.noAdvice,
    buttons:
      page === 0 && advice.explorerUrl !== null ? [[{ text: say.buttons.explorer, url: advice.explorerUrl }]] : [],
  }))
}

function standing({ row, block, quarantined }: Advice, reader: Reader): readonly Row[] {
  const { labels, values } = sayingsOf(reader)
  const mark = quarantined === true && row.source === 'mirror' ? values.unsure : (text: string): string => text
  const ago = agoOf(block.timestamp, reader)
  return [
    [labels.health, mark(health(row.healthFactor, values))],
    ...figures({ ...row }, row.market, reader).map(([label, value]): Row => [label, mark(value)]),
    [labels.block, ago === undefined ? count(block.number) : `${count(block.number)} (${ago})`],
  ]
}

/** What is exact, for how long, and what to look at before signing; nothing of it without anything to sign. */
function exactLines({ options, timestamp }: Advice, { lines }: Messages): readonly string[] {
  if (options.every(({ calls }) => calls.length === 0)) return []
  return [lines.signInOrder, lines.checkWallet, lines.exactAt(utcTime(timestamp))]
}

function wayPassages(option: RescueOption, number: number, say: Messages): readonly Passage[] {
  const { labels, values } = say
  const hasCost = (integerOf(option.costBase) ?? 0n) > 0n
  const way: Passage = {
    title: `${number}. ${wayTitle(option, say, exactTokens)}`,
    place: '',
    rows: [
      [labels.after, health(option.healthFactor, values)],
      [labels.value, usdUp(option.valueBase)],
      ...(option.inWallet === null ? [] : [[labels.wallet, tokens(option.inWallet, option)] as const]),
      ...(hasCost ? [[labels.cost, usdUp(option.costBase)] as const] : []),
    ],
    lines: option.obstacle === null ? [] : [`✗ ${obstacleText(option, say)}`],
    code: [],
  }
  const calls = option.calls.flatMap(({ what, to, data }, n) => {
    const heading = `${number}.${n + 1} ${stepText(what, say)}`
    return chunks(words(data, 1_000_000)).map(
      (chunk, m): Passage => ({
        title: '',
        place: m === 0 ? heading : `${heading} (${m + 1})`,
        rows: [],
        lines: [],
        code: m === 0 ? [words(to, 42), chunk] : [chunk],
      }),
    )
  })
  return [way, ...calls]
}

const stepText = (what: string, { steps }: Messages): string =>
  Object.hasOwn(steps, what) ? steps[what as keyof Messages['steps']] : steps.other

/** Of one call's data in one message. */
const LONGEST_DATA = 3_000
const chunks = (data: string): readonly string[] =>
  Array.from({ length: Math.max(1, Math.ceil(data.length / LONGEST_DATA)) }, (_, n) =>
    data.slice(n * LONGEST_DATA, (n + 1) * LONGEST_DATA),
  )

/** In order; a new page where the next passage does not fit any more. */
function paged(first: Passage, passages: readonly Passage[]): readonly (readonly Passage[])[] {
  const pages: Passage[][] = [[]]
  let length = lengthOf(first)
  for (const passage of passages) {
    const more = lengthOf(passage)
    if (length + more > LONGEST) {
      pages.push([])
      length = lengthOf({ ...first, rows: [], lines: [], code: [] })
    }
    pages.at(-1)?.push(passage)
    length += more
  }
  return pages
}
