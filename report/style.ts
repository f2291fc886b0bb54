/** What a report adds to the style of the page that verifies. */
export const reportStyle = `
main { max-width: 76rem; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.2rem; }
.soft { color: var(--soft); }
.claim { margin: 1rem 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-left: 6px solid #8a6100; border-radius: 6px; }
.claim h2, .own h2 { margin-top: 0; font-size: 1.05rem; }
.claim table { margin-top: 0.5rem; }
#save { background: #fff; color: #12476b; border: 1px solid #12476b; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.2rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.list { width: 100%; border-collapse: collapse; font-size: 0.87rem; }
.list th { text-align: left; border-bottom: 2px solid #10151c; }
.list th, .list td, .claim th, .claim td { padding: 0.3rem 1rem 0.3rem 0; vertical-align: top; text-align: left; }
.list td, .claim td { overflow-wrap: anywhere; }
.list .time, .list .name, .list th { overflow-wrap: normal; white-space: nowrap; }
.list td { border-bottom: 1px solid var(--line); }
.list caption { text-align: left; color: var(--soft); padding-bottom: 0.4rem; }
.list .time { font-variant-numeric: tabular-nums; }
.list .number { padding-right: 1rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.part td:nth-child(3) { padding-left: 1.4rem; }
.out { font-weight: 650; white-space: nowrap; }
.out.done { color: var(--good); }
.out.warned { color: #7a5200; }
.out.bad { color: var(--bad); }
.out.open { color: var(--soft); }
.wide { overflow-x: auto; }
figure { margin: 0; }
figure svg { width: 100%; height: auto; }
svg text { font-size: 12px; fill: #10151c; }
svg .name { text-anchor: end; }
svg .time { text-anchor: middle; fill: #4a5462; font-size: 11px; }
svg .lane { stroke: #e2e6eb; }
svg .tick { stroke: #4a5462; }
svg .span.alone { fill: #f3e3c0; }
svg .span.stopped { fill: #d9dee4; }
svg .gap { stroke: #a8071a; stroke-dasharray: 3 2; stroke-width: 1.5; fill: none; }
svg .done { fill: #0a6b2e; }
svg .warned { fill: #7a5200; }
svg .bad { stroke: #a8071a; stroke-width: 2.2; fill: none; }
svg .open { fill: #fff; stroke: #4a5462; stroke-width: 1.5; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; margin: 0.3rem 0 0; padding: 0; list-style: none; font-size: 0.87rem; }
.legend .key { width: 14px; height: 14px; vertical-align: -2px; }
.swatch { display: inline-block; width: 14px; height: 12px; vertical-align: -1px; }
.swatch.alone { background: #f3e3c0; }
.swatch.stopped { background: #d9dee4; }
pre { padding: 0.75rem; border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8rem; }
@media print {
  :root { font-size: 9pt; }
  main { max-width: none; padding: 0; }
  .field, .screen { display: none; }
  #verify { border: 0; padding: 0; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
  tr, figure, .claim, pre { break-inside: avoid; }
  .wide { overflow: visible; }
  * { print-color-adjust: exact; }
}
`

/** The head and foot of each printed page: CSS Paged Media. `title` is hostile: anything but plain text is written as its number. */
export function pageStyle(title: string): string {
  const safe = title.replace(
    /[^A-Za-z0-9 ./:_-]/gu,
    (char) => `\\${(char.codePointAt(0) ?? 0).toString(16)} `,
  )
  return `@page {
  size: A4 landscape;
  margin: 18mm 12mm 14mm;
  @top-left { content: "${safe}"; font: 8pt sans-serif; color: #4a5462; }
  @top-right { content: "record of what was done"; font: 8pt sans-serif; color: #4a5462; }
  @bottom-right { content: "page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #4a5462; }
}
`
}
