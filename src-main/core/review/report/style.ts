// The style sheet of the report, also for printing. Colours are Okabe and Ito's, which people who see red and
// green alike can distinguish.

export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d5dae0;
  --anomalous: #d55e00; --on-anomalous: #000000; --normal: #0072b2; --on-normal: #ffffff;
  --picture: #e9ecf0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2126; --ink: #e8eaed; --soft: #a4adb7; --line: #363d45;
    --anomalous: #e69f00; --on-anomalous: #000000; --normal: #56b4e9; --on-normal: #000000;
    --picture: #0d0f12;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 36px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 40px 0 12px; }
p { margin: 0 0 8px; max-width: 78ch; }
.soft { color: var(--soft); }
.figures {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px;
  margin: 22px 0 0; padding: 0;
}
.figures > div, .panel {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px;
}
.figures dt { color: var(--soft); font-size: 13px; }
.figures dd { margin: 0; }
.figures .value { font-size: 26px; font-weight: 650; font-variant-numeric: tabular-nums; }
.figures .note { color: var(--soft); font-size: 13px; line-height: 1.4; }
.histogram { display: block; width: 100%; min-width: 560px; height: auto; }
.histogram text { fill: var(--soft); font-size: 9px; }
.histogram .area { fill-opacity: 0.28; stroke-width: 1.8; }
.histogram .normal { fill: var(--normal); stroke: var(--normal); }
.histogram .anomalous { fill: var(--anomalous); stroke: var(--anomalous); stroke-dasharray: 5 2; }
.histogram .axis { stroke: var(--line); }
.histogram .mark { stroke: var(--ink); stroke-dasharray: 2 3; stroke-width: 1.5; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 0 0 8px; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 7px; font-size: 14px; }
.swatch { width: 22px; height: 12px; border: 2px solid; border-radius: 3px; position: relative; overflow: hidden; }
.swatch::before { content: ""; position: absolute; inset: 0; background: currentColor; opacity: 0.28; }
.swatch.normal { color: var(--normal); }
.swatch.anomalous { color: var(--anomalous); border-style: dashed; }
.badge { width: 24px; height: 24px; flex: none; }
.badge text { font: 700 11px system-ui, sans-serif; text-anchor: middle; }
.badge.anomalous path { fill: var(--anomalous); }
.badge.anomalous text { fill: var(--on-anomalous); }
.badge.normal circle { fill: var(--normal); }
.badge.normal text { fill: var(--on-normal); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 14px; }
.columns > * { min-width: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: 6px; }
th, td { padding: 4px 12px 4px 0; text-align: left; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: 13px; }
tbody th { font-weight: 500; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; padding-right: 0; padding-left: 12px; }
tr.chosen > * { font-weight: 700; }
.settings { grid-column: 1 / -1; margin: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 10px 20px; }
.settings dt { color: var(--soft); font-size: 13px; }
.settings dd { margin: 0; overflow-wrap: anywhere; }
.ranked { display: grid; grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); gap: 12px; margin: 0; padding: 0; list-style: none; }
.ranked li {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 8px 10px 10px;
  display: flex; flex-direction: column; gap: 2px; font-size: 12.5px; line-height: 1.35; min-width: 0;
  break-inside: avoid;
}
.flagged li { border-top: 4px solid var(--anomalous); }
.passed li { border-top: 4px solid var(--normal); }
.ranked .top { display: flex; align-items: center; justify-content: space-between; }
.ranked .place { font-weight: 650; font-size: 14px; }
.ranked img, .ranked .missing {
  width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--picture); border-radius: 6px;
  margin: 4px 0 5px;
}
.ranked .missing { display: grid; place-items: center; color: var(--soft); }
.ranked .type { font-weight: 600; overflow-wrap: anywhere; }
.ranked .judged { overflow-wrap: anywhere; }
.ranked .name { color: var(--soft); overflow-wrap: anywhere; white-space: pre-wrap; }
.ranked + .ranked { margin-top: 12px; }
.block, .signature { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 10px 0 16px; }
.block dt, .signature dt { color: var(--soft); font-size: 13px; }
.block dd { margin: 0; font-weight: 550; overflow-wrap: anywhere; }
.lead { font-size: 20px; font-weight: 650; }
.finding { border-left: 4px solid var(--anomalous); padding: 4px 0 4px 12px; font-weight: 600; }
.signature { margin-top: 28px; }
.signature > div { flex: 1; min-width: 160px; }
.signature dd { height: 34px; margin: 0; border-bottom: 1px solid var(--ink); }
.threshold {
  display: flex; align-items: center; gap: 14px; margin: 22px 0; max-width: none; font-weight: 600;
}
.threshold::before, .threshold::after { content: ""; flex: 1; min-width: 20px; border-top: 3px dashed var(--ink); }
footer { margin-top: 44px; padding-bottom: 48px; font-size: 13px; color: var(--soft); }
footer h2 { font-size: 15px; margin-bottom: 6px; color: var(--ink); }
footer p { overflow-wrap: anywhere; }
@media print {
  :root {
    --page: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb;
    --anomalous: #d55e00; --on-anomalous: #000000; --normal: #0072b2; --on-normal: #ffffff;
    --picture: #ffffff;
  }
  @page { size: A4; margin: 14mm 12mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } }
  body { font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  header, main, footer { max-width: none; padding: 0; }
  .summary { break-after: page; }
  /* Four columns of ten, the picture beside its words. */
  .ranked { grid-template-columns: repeat(4, 1fr); gap: 1.5mm; }
  .ranked + .ranked, .threshold + .ranked { break-before: page; }
  .ranked li {
    position: relative; min-height: 22mm; padding: 1mm 1mm 1mm 17.5mm; border-radius: 1mm; gap: 0;
    font-size: 6pt; line-height: 1.15;
  }
  .ranked .top { position: absolute; inset: 0.5mm auto auto 1.5mm; width: 15mm; }
  .ranked img, .ranked .missing {
    position: absolute; inset: 5mm auto auto 1.5mm; width: 15mm; height: 15mm; margin: 0; aspect-ratio: auto;
  }
  .ranked .place { font-size: 8pt; }
  .badge { width: 4mm; height: 4mm; }
  .figures { grid-template-columns: repeat(auto-fit, minmax(42mm, 1fr)); }
  #ranking { margin-top: 0; }
  .panel, .figures > div { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
