import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'

const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort()
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What stands in fences is an example, not a promise. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '')

/** As GitHub makes anchors of headings. */
const anchors = (text: string): readonly string[] =>
  [...prose(text).matchAll(/^#+ +(.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Targets of links and images that lead to a place in the repository. */
const links = (text: string): readonly string[] =>
  [
    ...prose(text)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g),
  ]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/i.test(target))

function isBroken(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)))
  if (!existsSync(join(root, file))) return true
  return anchor !== undefined && file.endsWith('.md') && !anchors(read(file)).includes(anchor)
}

/** Spans of code that look like a file or folder of the repository; NAME in capitals is for the reader to fill in. */
const paths = (text: string): readonly string[] =>
  [...prose(text).matchAll(/`((?:src|test|scripts|contracts)\/[^`\s]*)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !/\b[A-Z]{3,}\b/.test(path))

const isMissing = (path: string): boolean =>
  /[*{]/.test(path) ? globSync(path, { cwd: root }).length === 0 : !existsSync(join(root, path))

describe('pages', () => {
  for (const page of pages) {
    it(`${page}: every relative link leads somewhere`, () => {
      expect(links(read(page)).filter((target) => isBroken(page, target))).to.deep.equal([])
    })

    it(`${page}: every file it names exists`, () => {
      expect(paths(read(page)).filter(isMissing)).to.deep.equal([])
    })
  }

  it('say nothing of the machine they were written on', () => {
    expect(pages.filter((page) => /(?<![\w.])\/(?:work|home|tmp|root)\//.test(read(page)))).to.deep.equal([])
  })
})
