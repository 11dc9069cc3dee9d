import { light } from "../../topology/palette";

/** What the head of the page takes, and the page's margins, in px of height. */
const HEAD = 172;
const LOW_HEAD = 132;

/** The board's style: all rows on one screen where that leaves them readable, as large as they can be. */
export function style({ columns, rows }: { columns: number; rows: number }): string {
  const { page, line, text, muted, flow, track, onGood: good, onCareful: careful, bad } = light;
  return `
:root{--row:clamp(40px,calc((100vh - ${HEAD}px)/${rows}),92px)}
*{box-sizing:border-box}
html{background:${page};color:${text};font:16px/1.25 system-ui,"Segoe UI","Helvetica Neue",Arial,"Noto Sans","DejaVu Sans",sans-serif}
body{margin:0;padding:22px 32px 16px}
header{display:grid;grid-template-columns:1fr auto;gap:8px 24px;align-items:baseline;margin-bottom:14px}
h1{margin:0;font-size:38px;font-weight:700;letter-spacing:-.01em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.verb{color:${flow};font-weight:400}
.clock{margin:0;font-size:20px;color:${muted};text-align:right}
.clock b{color:${text};font-weight:600}
.bar{grid-column:1/-1;display:flex;gap:2px;height:10px;border-radius:5px;overflow:hidden;background:${track}}
.bar i{flex-basis:0;background:var(--phase)}
.bar i[style="flex-grow:0"]{display:none}
.counts{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:4px 28px;margin:0;padding:0;list-style:none;font-size:20px;color:${muted}}
.counts b{color:${text};font-size:24px}
.counts svg{width:20px;height:20px;margin-right:8px;vertical-align:-3px}
.done{--phase:${good}}.failed{--phase:${bad}}.interrupted{--phase:${careful}}.retrying{--phase:${careful}}.running{--phase:${flow}}.skipped{--phase:${muted}}.waiting{--phase:${line}}
.bar .waiting{--phase:${track}}
svg .fill{fill:var(--phase)}svg .on{fill:${page}}
svg .line{fill:none;stroke:var(--phase);stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}svg .thin{stroke-width:2}svg .on-line{stroke:${page}}
.seats{display:grid;grid-auto-flow:column;grid-template-columns:repeat(${columns},minmax(0,1fr));grid-template-rows:repeat(${rows},var(--row));column-gap:40px;margin:0;padding:0;list-style:none;border-top:1px solid ${line}}
.seats li{display:grid;grid-template-columns:calc(var(--row)*.42) minmax(0,1fr) auto;column-gap:calc(var(--row)*.22);align-content:center;align-items:baseline;border-bottom:1px solid ${line};padding:0 10px 0 8px;overflow:hidden}
.seats .failed{background:#fdeeec;box-shadow:inset 5px 0 ${bad}}
.seats .retrying,.seats .interrupted{background:#fff8e9}
.seats svg{grid-row:1/3;width:calc(var(--row)*.42);height:calc(var(--row)*.42);align-self:center}
.who,.says,.url{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who{font-size:calc(var(--row)*.38)}
.who b{margin-right:.5em}
.state{font-size:calc(var(--row)*.34);white-space:nowrap;text-align:right;color:var(--phase);font-weight:600}
.state .time{color:${text};font-weight:400;font-variant-numeric:tabular-nums}
.waiting .state,.skipped .state,.waiting .who,.skipped .who{color:${muted}}
.says,.url{font-size:max(12.5px,calc(var(--row)*.25));color:${muted}}
.failed .says,.retrying .says,.interrupted .says{color:${text};grid-column:2/4}
.failed .url,.retrying .url{display:none}
.url{grid-column:3;color:${flow};text-align:right}
@media (max-height:820px){:root{--row:clamp(40px,calc((100vh - ${LOW_HEAD}px)/${rows}),92px)}body{padding:14px 20px 10px}header{gap:5px 20px;margin-bottom:10px}h1{font-size:28px}.clock,.counts{font-size:16px}.counts b{font-size:18px}.counts svg{width:16px;height:16px}.seats{column-gap:24px}}
@media (max-width:820px){.seats{display:block}.seats li{height:56px;--row:56px}.clock{grid-column:1/-1;text-align:left}}
@media print{body{padding:0}.seats .failed{background:none}}
`.trim();
}
