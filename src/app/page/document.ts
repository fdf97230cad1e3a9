import { createHash } from 'node:crypto'
import { type Html, html } from './html.ts'
import { STYLE } from './style.ts'

/** The style's own hash is the only thing that the page may load: nothing from outside, no script, nothing smuggled in. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** A ship's load line. */
const MARK = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="8" class="line"/><path d="M1 12H23" class="line"/></svg>`

export interface Page {
  readonly title: string
  /** One line under the title. */
  readonly about: string
  readonly content: Html
  readonly footer: string
}

/** One file that needs nothing else. */
export const documentOf = ({ title, about, content, footer }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" class="stripe"/></pattern><pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><circle cx="1.6" cy="1.6" r="1.1" class="ink"/></pattern></defs></svg>
<header>
<h1>${MARK}${title}</h1>
<p>${about}</p>
</header>
<main>
${content}
</main>
<footer>${footer}</footer>
</body>
</html>
`.markup
