/** The look of the page, light and dark, on paper and on a telephone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --card: #ffffff; --ink: #1d2126; --soft: #5f676f; --line: #e5e6e1;
  --demand: #7fc4ad; --peak: #d9ece5; --capacity: #27479c; --short: #d23f35; --accent: #27479c;
  --bar: #b9c1cf; --ghost: #dcdfe4; --tint: #f1f4fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1a1e23; --ink: #e6e9ec; --soft: #9aa3ac; --line: #2a3037;
    --demand: #2f7d68; --peak: #1f3d36; --capacity: #9db8ff; --short: #ff6f61; --accent: #9db8ff;
    --bar: #56606f; --ghost: #343b45; --tint: #1d2432;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto,
  'Helvetica Neue', 'Liberation Sans', Arial, sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 1080px; margin: 0 auto; padding: 56px 32px 72px; }
h1, h2, h3, h4, p, ul, figure { margin: 0; padding: 0; }
h1 { font-size: 40px; line-height: 1.15; font-weight: 650; letter-spacing: -0.02em; max-width: 22em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 26px; line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h3 { font-size: 18px; line-height: 1.35; font-weight: 620; }
h4 { font-size: 14px; font-weight: 600; }
.eyebrow { color: var(--soft); font-size: 14px; margin-bottom: 12px; }
.lead { color: var(--soft); font-size: 17px; margin-top: 14px; max-width: 46em; text-wrap: pretty; }
section.trace { margin-top: 64px; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px; margin: 36px 0 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; }
.tile .label { color: var(--soft); font-size: 14px; }
.tile .value { font-size: 28px; line-height: 1.25; font-weight: 640; letter-spacing: -0.015em; margin: 4px 0 2px; font-variant-numeric: tabular-nums; }
.tile .hint { color: var(--soft); font-size: 13px; line-height: 1.4; }
.tile.first { background: var(--tint); border-color: transparent; }
.reckoning { margin-top: 16px; color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.reckoning, .why, .remark { text-wrap: pretty; }
.whole { white-space: nowrap; }
.reckoning b { color: var(--ink); font-weight: 600; }
.why { list-style: none; margin-top: 24px; max-width: 46em; }
.why li { padding-left: 20px; position: relative; margin-top: 6px; }
.why li::before { content: ''; position: absolute; left: 2px; top: 0.66em; width: 6px; height: 6px; border-radius: 50%; background: var(--accent); }
.warning { margin-top: 20px; border-left: 3px solid var(--short); padding: 4px 14px; }
figure, .block { margin-top: 56px; }
figcaption p, .block > p { color: var(--soft); font-size: 14px; max-width: 52em; margin-top: 2px; }
figure.load figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; flex-wrap: wrap; }
.readout { font-variant-numeric: tabular-nums; min-height: 1.55em; }
.plot { display: grid; grid-template-columns: 44px 1fr; }
.plot.tall { margin-top: 16px; }
.plot .canvas { position: relative; }
.plot.tall .canvas { height: 300px; border-bottom: 1px solid var(--soft); touch-action: pan-y; }
.plot.strip .canvas { height: 22px; margin-top: 5px; border-bottom: 1px solid var(--line); }
svg { display: block; width: 100%; height: 100%; overflow: visible; }
.levels { position: relative; font-size: 12px; color: var(--soft); font-variant-numeric: tabular-nums; }
.levels span { position: absolute; right: 10px; transform: translateY(50%); line-height: 1; }
.strip .levels span { bottom: 8px; color: var(--short); }
.places { grid-column: 2; position: relative; height: 24px; font-size: 12px; color: var(--soft); font-variant-numeric: tabular-nums; }
.places span { position: absolute; top: 7px; transform: translateX(-50%); white-space: nowrap; }
.places span:first-child { transform: none; }
.places span:last-child { transform: translateX(-100%); }
path { vector-effect: non-scaling-stroke; }
path.grid { stroke: var(--line); fill: none; stroke-width: 1; }
path.demand { fill: var(--demand); }
path.peak { fill: var(--peak); }
path.peak-short { fill: var(--short); opacity: 0.55; }
path.capacity { fill: none; stroke: var(--capacity); stroke-width: 1.75; stroke-linejoin: round; }
path.short { fill: var(--short); }
.cursor { display: none; position: absolute; top: 0; bottom: 0; width: 1px; background: var(--soft); pointer-events: none; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 12px; font-size: 13px; color: var(--soft); }
figure.load .legend { padding-left: 44px; }
.legend li { display: flex; align-items: center; gap: 8px; }
.key { display: inline-block; width: 14px; height: 10px; border-radius: 2px; }
.key.demand { background: var(--demand); } .key.peak { background: var(--peak); } .key.short { background: var(--short); }
.key.capacity { height: 3px; background: var(--capacity); }
.part-capacity { background: var(--accent); } .part-storage { background: var(--demand); } .part-io { background: var(--bar); }
.pairs { margin-top: 16px; }
.pair { display: grid; grid-template-columns: minmax(170px, 1.15fr) 1.5fr 1fr; gap: 28px; align-items: center; padding: 7px 0; border-top: 1px solid var(--line); font-size: 14px; }
.pair.head { border: 0; color: var(--soft); font-size: 13px; padding: 0 0 6px; }
.pair.clairvoyant { color: var(--soft); }
.pair.planned .name { font-weight: 650; }
.meter { display: grid; grid-template-columns: 1fr 84px; gap: 12px; align-items: center; }
.meter.lack { grid-template-columns: 1fr 58px; }
.meter b { font-weight: 500; text-align: right; font-variant-numeric: tabular-nums; }
.planned .meter b { font-weight: 650; }
.track i { display: block; height: 12px; border-radius: 0 3px 3px 0; background: var(--bar); }
.planned .cost .track i { background: var(--accent); }
.lack .track i { background: var(--short); opacity: 0.8; }
.clairvoyant .cost .track i { background: var(--ghost); }
.badge { font-style: normal; font-size: 11px; font-weight: 600; line-height: 1; padding: 2px 7px 3px; border-radius: 99px; border: 1px solid var(--line); color: var(--soft); white-space: nowrap; vertical-align: 1px; margin-left: 4px; display: inline-block; }
.badge.best { background: var(--accent); border-color: var(--accent); color: var(--paper); }
.multiples { display: grid; grid-template-columns: repeat(3, 1fr); gap: 28px 24px; margin-top: 20px; }
.small svg { height: 84px; border-bottom: 1px solid var(--line); overflow: hidden; }
.small svg.rug { height: 9px; margin-top: 2px; border: 0; }
.small h4 { margin-bottom: 6px; }
.small.planned h4 { color: var(--accent); }
.small p { color: var(--soft); font-size: 12.5px; line-height: 1.4; margin-top: 4px; font-variant-numeric: tabular-nums; }
.small path.capacity { stroke-width: 1.25; }
.scroll { overflow-x: auto; margin-top: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-weight: 500; vertical-align: bottom; line-height: 1.3; }
th, td { padding: 7px 0 7px 16px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { white-space: normal; }
th.text, td.text { text-align: left; }
th:first-child, td:first-child { padding-left: 0; }
tr.planned td { font-weight: 650; background: var(--tint); }
tr.clairvoyant td { color: var(--soft); }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 32px 40px; margin-top: 20px; }
.columns > * { min-width: 0; }
.offers { margin-top: 18px; display: grid; gap: 18px; }
.offer .what { display: flex; justify-content: space-between; gap: 16px; font-size: 15px; }
.offer b { font-weight: 620; font-variant-numeric: tabular-nums; }
.stack { display: flex; height: 12px; margin: 5px 0 4px; border-radius: 3px; overflow: hidden; background: var(--line); }
.sum { color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.remark { margin-top: 10px; font-size: 14px; }
.notes { padding-left: 18px; font-size: 14px; color: var(--soft); columns: 2; column-gap: 40px; margin-top: 12px; }
.notes li { break-inside: avoid; margin-bottom: 6px; overflow-wrap: anywhere; }
footer { margin-top: 64px; padding-top: 18px; border-top: 1px solid var(--line); color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
@media (max-width: 760px) {
  main { padding: 32px 18px 48px; }
  h1 { font-size: 29px; } h2 { font-size: 22px; } .lead { font-size: 16px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 10px; margin-top: 26px; }
  .tile { padding: 13px 14px; } .tile .value { font-size: 22px; }
  .plot { grid-template-columns: 32px 1fr; } .levels span { right: 6px; } figure.load .legend { padding-left: 32px; }
  .plot.tall .canvas { height: 220px; } .places span:nth-child(even) { display: none; } .strip .levels span { font-size: 10px; right: 3px; }
  .pair { grid-template-columns: 1fr 1fr; gap: 3px 16px; padding: 9px 0; } .pair .name, .pair.head div:first-child { grid-column: 1 / -1; }
  .pair.head div:first-child { display: none; }
  .meter { grid-template-columns: 1fr 70px; gap: 8px; } .meter.lack { grid-template-columns: 1fr 48px; }
  .multiples { grid-template-columns: 1fr 1fr; gap: 22px 16px; } .small svg { height: 64px; }
  .columns { grid-template-columns: 1fr; } .notes { columns: 1; }
  figure, .block { margin-top: 44px; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ddd; --demand: #7fc4ad; --peak: #d9ece5;
    --capacity: #27479c; --short: #d23f35; --accent: #27479c; --bar: #b9c1cf; --ghost: #dcdfe4; --tint: #f1f4fb; }
  body { font-size: 12px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; } h1 { font-size: 27px; }
  figure, .block, .offer, .small, .pair, tr, .tiles { break-inside: avoid; } figcaption, h2, h3 { break-after: avoid; }
  .plot.tall .canvas { height: 190px; } .scroll { overflow: visible; } table { font-size: 10px; } th, td { padding: 4px 0 4px 8px; }
  figure, .block { margin-top: 30px; } section.trace { break-before: page; margin-top: 0; } section.trace:first-of-type { break-before: auto; }
}
`;
