/** The report's style sheet. The three colours are Okabe and Ito's blue, vermilion and green, distinct to colour-blind people. */
export const light = `
  --ink: #1c2026; --muted: #5a6270; --paper: #f5f6f8; --card: #ffffff; --line: #e2e5ea; --band: #f7f8fa;
  --teacher: #0072b2; --student: #d55e00; --baseline: #009e73;
  --right1: #d6e8f4; --right2: #a9cfe8; --right3: #74b1d9; --right4: #3a8ec3; --right5: #0b64a0;
  --wrong1: #fbd9b8; --wrong2: #f7b679; --wrong3: #ec8a3c; --wrong4: #cf5a0c; --wrong5: #8f2f00;
  --count-low: #4a2500; --count-high: #ffffff; --right-low: #06283f; --right-high: #ffffff;`;
const dark = `
  --ink: #e8eaee; --muted: #a3abb8; --paper: #14171b; --card: #1d2126; --line: #343a42; --band: #22272d;
  --teacher: #56b4e9; --student: #f0904a; --baseline: #35c79a;
  --right1: #1f3647; --right2: #24516f; --right3: #2b719d; --right4: #3d97cd; --right5: #7cc4ef;
  --wrong1: #56331a; --wrong2: #84481a; --wrong3: #b9621c; --wrong4: #e98935; --wrong5: #ffc48d;
  --count-low: #ffe9d5; --count-high: #2a1400; --right-low: #e3f1fb; --right-high: #061c2b;`;

const shades = (kind: string) =>
  [1, 2, 3, 4, 5]
    .map((n) => `.${kind}${n} { fill: var(--${kind}${n}); background: var(--${kind}${n}); }`)
    .join('\n');

/** What the drawing of a confusion matrix needs, wherever it stands. */
export const matrixStyle = `
.matrix { font: 10.5px system-ui, sans-serif; max-width: 1040px; margin: 0 auto; }
.matrix text { fill: var(--ink); dominant-baseline: central; }
.matrix .axis { fill: var(--muted); font-size: 11px; }
.matrix .count { text-anchor: middle; font-size: 9px; fill: var(--count-low); }
.matrix .wrong4 .count, .matrix .wrong5 .count { fill: var(--count-high); }
.matrix.counted .count { font-size: 12px; }
.matrix.counted .right1 .count, .matrix.counted .right2 .count, .matrix.counted .right3 .count { fill: var(--right-low); }
.matrix.counted .right4 .count, .matrix.counted .right5 .count { fill: var(--right-high); }
.matrix .band { fill: var(--band); }
.matrix .frame { fill: none; stroke: var(--line); }
${shades('right')}
${shades('wrong')}`;

export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { color-scheme: light; ${light} --paper: #ffffff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 2.2rem; line-height: 1.15; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 10px; }
h3 { font-size: 1.08rem; margin: 26px 0 6px; }
h4 { font-size: .78rem; line-height: 1.3; margin: 8px 0 2px; color: var(--muted); font-weight: 600; }
p { margin: 0 0 12px; max-width: 74ch; }
section { margin-top: 56px; }
.kind { margin: 0 0 4px; color: var(--muted); font-weight: 600; }
.note { color: var(--muted); font-size: .9rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.finding { margin-top: 28px; padding: 24px 28px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.finding h2 { font-size: 1rem; color: var(--muted); }
.verdict { font-size: 1.25rem; line-height: 1.4; max-width: 62ch; }
.tiles { list-style: none; margin: 20px 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 18px 22px; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles span { color: var(--muted); font-size: .88rem; line-height: 1.35; display: block; }
dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 10px 22px; }
dt { font-weight: 600; }
dd { margin: 0; max-width: 78ch; overflow-wrap: anywhere; }
.facts { gap: 4px 22px; }
.scroll { overflow-x: auto; margin: 14px 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 12px 16px 8px; color: var(--muted); font-size: .88rem; }
th, td { padding: 6px 16px; border-top: 1px solid var(--line); vertical-align: baseline; }
th { text-align: left; font-weight: 600; }
td, th.number { text-align: right; white-space: nowrap; }
td.text { text-align: left; white-space: normal; }
tbody th { font-weight: 400; overflow-wrap: anywhere; }
tbody th.group { padding-top: 18px; font-weight: 600; }
thead th.group { text-align: right; }
th small { color: var(--muted); }
td.beside { color: var(--muted); }
.comparison thead th { font-size: 1rem; }
.comparison tbody th { overflow-wrap: break-word; }
.comparison thead .teacher { box-shadow: inset 0 -3px var(--teacher); }
.comparison thead .student { box-shadow: inset 0 -3px var(--student); }
.comparison thead .baseline { box-shadow: inset 0 -3px var(--baseline); }
figure { margin: 14px 0; padding: 14px 16px 10px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; break-inside: avoid; min-width: 0; }
figcaption { font-weight: 600; font-size: .92rem; margin-bottom: 8px; }
figure svg { display: block; width: 100%; height: auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 0 18px; }
/* Alone it would be as wide as the page, and its text twice as large as elsewhere. */
.pair > figure:only-child { max-width: 560px; }
.dense :is(th, td) { padding: 6px 10px; }
${matrixStyle}
.keys { display: inline-flex; flex-wrap: wrap; gap: 4px 12px; margin-right: 26px; font-weight: 400; }
.key i { display: inline-block; width: 13px; height: 13px; margin-right: 5px; vertical-align: -1px; border-radius: 2px; }
.cards { list-style: none; margin: 14px 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 14px; }
.card { display: flex; gap: 14px; padding: 14px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; break-inside: avoid; }
.card > div:last-child { flex: 1; min-width: 0; }
.card img, .no-image { width: 112px; height: 112px; flex: none; object-fit: contain; image-rendering: pixelated; border-radius: 6px; background: var(--band); }
.no-image { display: grid; place-items: center; text-align: center; padding: 8px; color: var(--muted); font-size: .78rem; }
.card h4:first-child { margin-top: 0; }
.truth { font-weight: 600; margin: 0; line-height: 1.3; }
.card ol { list-style: none; margin: 0; padding: 0; font-size: .82rem; line-height: 1.45; }
.card li { position: relative; display: flex; justify-content: space-between; gap: 8px; padding: 1px 4px; }
.card li i { position: absolute; inset: 1px auto 1px 0; background: var(--right1); border-radius: 2px; }
.card li span, .card li b { position: relative; }
.card li span { overflow-wrap: anywhere; }
.card li b { font-weight: 400; font-variant-numeric: tabular-nums; white-space: nowrap; }
.card li.true, .card li.true b { font-weight: 700; }
.card .key { margin: 6px 0 0; font-size: .72rem; color: var(--muted); overflow-wrap: anywhere; line-height: 1.3; }
.card .note { margin: 6px 0 0; font-size: .82rem; }
details { margin: 14px 0; }
summary { cursor: pointer; font-weight: 600; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; overflow-x: auto; font-size: .82rem; line-height: 1.45; }
@media (max-width: 640px) { dl { grid-template-columns: 1fr; gap: 2px; } dd { margin-bottom: 10px; } main { padding: 24px 14px 48px; } }
@media print { main { max-width: none; padding: 0; } section { margin-top: 32px; } .scroll { overflow: visible; } table { font-size: .8rem; } tr { break-inside: avoid; } }
`;
