/** The console's one style sheet, for light and dark. */
export const style = `
:root{color-scheme:light dark;
--page:#f5f4ef;--card:#fff;--ink:#1f231d;--soft:#5d6257;--line:#e3e1d8;--faint:#f0efe8;
--act:#2a6a4c;--on:#fff;--act-faint:#e3efe7;--warn:#9a5b13;--warn-faint:#f7ead7;--bad:#a8322b;--bad-faint:#f8e3e0;--bar:#8fc0a5;--suppressed:#a9a596;--edge:#85897c}
@media (prefers-color-scheme:dark){:root{
--page:#13160f;--card:#1b1f18;--ink:#e9e8de;--soft:#a0a596;--line:#30352b;--faint:#22271e;
--act:#7fc8a3;--on:#0e2117;--act-faint:#1e3328;--warn:#e3b06a;--warn-faint:#362a17;--bad:#f0958d;--bad-faint:#3a211e;--bar:#3f7d5e;--suppressed:#6d705f;--edge:#787d6f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:.9375rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--act);text-decoration:none}a:hover{text-decoration:underline}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible{outline:3px solid var(--act);outline-offset:2px;border-radius:.4rem}
.skip{position:absolute;left:-99rem;top:.5rem;z-index:1;padding:.5rem 1rem;border-radius:.5rem;background:var(--act);color:var(--on);font-weight:600}.skip:focus{left:.5rem}main:focus{outline:none}
header{border-bottom:1px solid var(--line);background:var(--card)}
header>div,main{max-width:76rem;margin:0 auto;padding:0 1.5rem}
header>div{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.25rem;min-height:3.5rem;padding-top:.5rem;padding-bottom:.5rem}
.brand{display:flex;align-items:center;gap:.6rem;font-weight:700;color:var(--ink);letter-spacing:-.01em}
.brand svg{width:1.5rem;height:1.5rem}.brand small{font-weight:400;color:var(--soft)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;flex-basis:100%}
nav a[aria-current]{color:var(--ink);font-weight:600}
nav form,.inline{display:inline}
.find{display:flex;gap:.5rem;align-items:center;margin-left:auto}
button.link{padding:0;border:0;background:none;color:var(--act);font:inherit;cursor:pointer}
main{padding-top:1.75rem;padding-bottom:4rem}
h1{margin:0 0 1rem;font-size:1.5rem;letter-spacing:-.015em}
h2{margin:2.25rem 0 .75rem;font-size:1.0625rem;letter-spacing:-.005em}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(11rem,45%),1fr));gap:1rem}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:.8rem}
.tile{padding:.9rem 1.1rem}.tile b{display:block;font-size:1.75rem;line-height:1.2;letter-spacing:-.02em}.tile span{color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17.5rem),1fr));gap:1rem}
.card{padding:1.1rem 1.25rem;display:flex;flex-direction:column;gap:.6rem}
.card header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.6rem;border:0;background:none}
.card h2,.card h3{margin:0;font-size:1.0625rem}.card header .count{margin-left:auto;white-space:nowrap;color:var(--soft)}.card header .count b{color:var(--ink);font-size:1.125rem}
.steps{display:grid;grid-template-columns:minmax(0,1fr) 3.5rem auto;gap:.2rem .75rem;align-items:center;margin:0;font-size:.875rem}
.steps span{overflow-wrap:anywhere}.steps b{text-align:right;font-weight:600}
svg.bar{display:block;width:100%;height:.5rem;border-radius:.25rem;background:var(--faint)}svg.bar rect{fill:var(--bar)}
svg.stack rect.sent,.legend i.sent{fill:var(--act);background:var(--act)}svg.stack rect.suppressed,.legend i.suppressed{fill:var(--suppressed);background:var(--suppressed)}svg.stack rect.failed,.legend i.failed{fill:var(--bad);background:var(--bad)}svg.stack rect.unknown,.legend i.unknown{fill:var(--warn);background:var(--warn)}svg.stack rect.waiting,.legend i.waiting{fill:var(--bar);background:var(--bar)}.legend i.rest{background:var(--line)}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;font-size:.875rem;color:var(--soft)}.legend span{white-space:nowrap}.legend b{color:var(--ink)}.legend i{display:inline-block;width:.65rem;height:.65rem;margin-right:.4rem;border-radius:.2rem}
.groups{display:grid;grid-template-columns:max-content max-content max-content minmax(0,1fr);gap:.35rem 1.25rem;align-items:baseline;margin:0}.groups dd{margin:0}
@media(max-width:40rem){.groups{grid-template-columns:minmax(0,1fr) max-content 4rem;gap:.1rem 1rem}.groups dd.small{grid-column:1/-1;margin-bottom:.5rem}}
.cards.wide{grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));margin-top:1.25rem}.card header .chip{margin-left:auto}
.results{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1rem 2rem}.result{display:flex;flex-direction:column;gap:.3rem}.result h3,.result h4,.card.split h3{margin:0;font-size:1rem}.result p{margin:0}.card.split{margin-bottom:1rem}.card .notice{margin:0}svg.interval rect.seen{fill:var(--act)}.said.good{color:var(--act)}.said.bad{color:var(--bad)}
.row{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1.25rem}.row .quiet{white-space:normal}h1 .chip{vertical-align:middle;font-weight:400;letter-spacing:0}form.card button.bad{background:var(--bad)}.notice{margin:0 0 1rem;padding:.7rem 1rem;border-radius:.6rem;background:var(--warn-faint);color:var(--warn)}.notice.good{background:var(--act-faint);color:var(--act)}
.chips{display:flex;flex-wrap:wrap;gap:.4rem}
.chip{padding:.08rem .55rem;border-radius:1rem;background:var(--faint);color:var(--soft);font-size:.8125rem;white-space:nowrap}
.chip[aria-current]{outline:2px solid var(--edge)}.chip.good{background:var(--act-faint);color:var(--act)}.chip.warn{background:var(--warn-faint);color:var(--warn)}.chip.bad{background:var(--bad-faint);color:var(--bad)}
.card footer{display:flex;align-items:center;gap:1rem;margin-top:auto;padding-top:.4rem;font-size:.875rem;color:var(--soft)}
.card footer form,.card footer .quiet:last-child{margin-left:auto}
.soft{color:var(--soft)}.small{font-size:.8125rem}
.quiet{padding:.2rem .8rem;border:1px solid var(--edge);border-radius:.5rem;background:none;color:var(--ink);font:inherit;font-size:.8125rem;line-height:1.5;cursor:pointer;white-space:nowrap}
.quiet:hover{border-color:var(--act);color:var(--act);text-decoration:none}
.table{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.8rem}
table{width:100%;border-collapse:collapse}
th{font-weight:500;font-size:.8125rem;color:var(--soft);text-align:left}
th,td{padding:.5rem 1rem;border-bottom:1px solid var(--line);white-space:nowrap}
tbody tr:last-child td,tbody tr:last-child th{border-bottom:0}td.wide{white-space:normal}.right{text-align:right}
caption{white-space:normal;padding:.6rem 1rem 0;text-align:left;color:var(--soft);font-size:.8125rem}tbody th{font-size:inherit;font-weight:400}tbody th:not(.soft){color:var(--ink)}td.reason{min-width:16rem}td.meter{min-width:5rem}
th.wide{white-space:normal;min-width:9rem}.table:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.card ul{margin:.2rem 0 0;padding-left:1.1rem}.lead{max-width:46rem;margin:0}.lead+.ask,.lead+.notice{margin-top:1rem}.verdict{margin:0}.card p{margin:0}.figure b{display:block;font-size:1.5rem;letter-spacing:-.02em}h3{margin:1.5rem 0 .6rem;font-size:.9375rem}.halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:0 1.5rem;align-items:start}.halves .card{margin-bottom:1rem}
@media(max-width:40rem){td.meter{display:none}th,td{padding:.5rem .7rem}header>div,main{padding-left:1rem;padding-right:1rem}.find{width:100%}th.wide{min-width:8rem}
thead{position:absolute;clip-path:inset(50%)}.table tr{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .8rem;padding:.55rem .8rem;border-bottom:1px solid var(--line)}.table tr:last-child{border:0}.table tbody th,.table td{min-width:0;padding:0;border:0;white-space:normal;overflow-wrap:anywhere;text-align:left}.table td:empty{display:none}.table .chip{white-space:normal}.plain td:last-child{flex-basis:100%}
.table td[data-label]{display:flex;flex-basis:100%;gap:.8rem;justify-content:space-between;text-align:right}.table td[data-label]::before{content:attr(data-label);flex:none;max-width:50%;color:var(--soft);font-size:.8125rem;text-align:left}.table:not(.plain) tbody th{flex-basis:100%}}
@media(max-width:62rem){th,td{white-space:normal}.right{white-space:nowrap}}
svg.chart{display:block;width:100%;max-width:34rem;margin:0 auto}svg.chart text{font-size:10px;fill:var(--soft)}svg.chart .grid{stroke:var(--line)}svg.chart .ideal{stroke:var(--soft);stroke-dasharray:4 4}svg.chart .spread{stroke:var(--bar);stroke-width:2}svg.chart circle{fill:var(--act)}
code{font:.8125rem ui-monospace,SFMono-Regular,Menlo,monospace;color:var(--soft)}
.find input::placeholder{color:var(--soft);opacity:1}.find input{padding:.3rem .7rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--page);color:var(--ink);font:inherit;flex:1;width:17rem;min-width:0}h2 a.small{font-weight:400}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.5rem;margin:0}.facts dt{color:var(--soft)}.facts dt::first-letter{text-transform:uppercase}.facts dd{margin:0;overflow-wrap:anywhere}.card.spaced{margin-top:1rem}.pairs{display:flex;flex-wrap:wrap;gap:0 1rem;overflow-wrap:anywhere}
form.card label{display:grid;gap:.3rem}form.card input,form.card select{width:100%;max-width:24rem;padding:.45rem .7rem;border:1px solid var(--soft);border-radius:.5rem;background:var(--page);color:var(--ink);font:inherit}
form.card button{align-self:start;padding:.5rem 1.1rem;border:0;border-radius:.5rem;background:var(--act);color:var(--on);font:inherit;font-weight:600;cursor:pointer}form.card+.table{margin-top:1rem}
.login h1{margin:0;font-size:1rem}.login{max-width:24rem;margin:12vh auto 0}.login input{display:block;width:100%;margin:.35rem 0 1rem;padding:.6rem .8rem;border:1px solid var(--edge);border-radius:.6rem;background:var(--page);color:var(--ink);font:inherit}
.login button{align-self:stretch;width:100%;padding:.65rem;border:0;border-radius:.6rem;background:var(--act);color:var(--on);font:inherit;font-weight:600;cursor:pointer}
`;
