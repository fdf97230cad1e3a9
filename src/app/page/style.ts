/** The one style of the page: light, dark, on a phone, on paper. Colours only repeat what patterns and words say. */
export const STYLE = `
:root{--ink:#14202b;--soft:#51606e;--line:#d5dce3;--paper:#fff;--card:#f5f7f9;--solid:#1d5f8a;--miss:#b3261e;--good:#1b7a43}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa8b5;--line:#33404c;--paper:#10171e;--card:#18222c;--solid:#6db3e2;--miss:#ff8a80;--good:#6fcf97}}
*{box-sizing:border-box}
html{color-scheme:light dark}
body{margin:0 auto;padding:24px 20px 48px;max-width:1120px;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{margin:0;font-size:26px;line-height:1.2}
h2{margin:36px 0 10px;font-size:18px}
h3{margin:26px 0 8px;font-size:16px}
article{margin-top:40px;border-top:2px solid var(--ink)}
article h2{margin-top:14px}
a{color:inherit}
header p,.soft{margin:4px 0 0;color:var(--soft);overflow-wrap:anywhere}
.mark{display:inline-block;width:26px;height:26px;vertical-align:-4px;margin-right:8px}
.cards{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:10px;margin:20px 0 16px}
.card{padding:12px 14px;border:1px solid var(--line);border-radius:8px;background:var(--card)}
.card b{display:block;font-size:22px;line-height:1.3;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.card span{display:block;color:var(--soft);font-size:13px}
.card.bad b{color:var(--miss)}
.card.good b{color:var(--good)}
.cards.five{grid-template-columns:repeat(5,minmax(0,1fr))}
.plots{display:grid;margin-bottom:14px;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}
figure{margin:0;padding:12px;border:1px solid var(--line);border-radius:8px;break-inside:avoid}
figcaption{margin-bottom:6px;font-weight:600;font-size:14px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--ink);font-size:12px;font-variant-numeric:tabular-nums}
svg .end{text-anchor:end}
svg .middle{text-anchor:middle}
svg .solid{fill:var(--solid)}
svg .hatch{fill:url(#hatch);stroke:var(--miss)}
svg .outline{fill:none;stroke:var(--ink)}
svg .dots{fill:url(#dots);stroke:var(--ink)}
svg .ink{fill:var(--ink)}
svg .over{fill:var(--paper)}
svg .small{font-size:10.5px}
svg .strong{font-weight:600}
svg .grid{stroke:var(--line)}
svg .axis{stroke:var(--soft)}
svg .line{fill:none;stroke:var(--solid);stroke-width:2.2}
svg .dashed{stroke:var(--ink);stroke-dasharray:6 4}
svg .dotted{stroke:var(--ink);stroke-dasharray:1.5 3}
.defs{position:absolute;width:0;height:0}
.stripe{stroke:var(--miss);stroke-width:3}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
table{width:100%;border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);white-space:nowrap}
th{background:var(--card);font-weight:600}
tr:last-child td{border-bottom:0}
.num{text-align:right}
.words{white-space:normal;min-width:220px}
code{font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
dl{display:grid;grid-template-columns:minmax(120px,max-content) 1fr;gap:4px 16px;margin:0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
ul{margin:0;padding-left:20px}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);color:var(--soft);font-size:13px}
@media (max-width:760px){body{padding:16px 12px 32px}.cards,.cards.five{grid-template-columns:repeat(2,minmax(0,1fr))}.card b{font-size:18px}.plots{grid-template-columns:minmax(0,1fr)}dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
@media print{:root{--ink:#000;--soft:#333;--line:#bbb;--paper:#fff;--card:#fff;--solid:#333;--miss:#000;--good:#000}body{max-width:none;padding:0;font-size:11px}.wide{overflow:visible}table{font-size:10px}th,td{white-space:normal;padding:3px 5px;overflow-wrap:anywhere}.num{overflow-wrap:normal}h2,h3{break-after:avoid}tr{break-inside:avoid}svg .solid,svg .ink{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`
