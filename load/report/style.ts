/** Light and dark, with the fonts of the machine: the page asks nobody for anything. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#dfe3e8, #3d444d); --dim: light-dark(#5a636e, #9aa4b0); --good: #1a7f4b; --bad: #c0223f }
body { margin: 0 auto; max-width: 60rem; padding: 1rem 1.2rem 4rem; font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.3rem; margin: .5rem 0 }
.name { font-weight: normal; font-size: .8rem; color: var(--dim) }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem }
.verdict { color: #fff; border-radius: 8px; padding: .8rem 1rem; font-size: 1.15rem }
.verdict strong { margin-right: .6rem }
.pass { background: var(--good) } .fail { background: var(--bad) }
.numbers { display: flex; flex-wrap: wrap; gap: 1rem 2rem; padding: 0; list-style: none }
.numbers b { display: block; font-size: 1.6rem; line-height: 1.2 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto }
th, td { padding: .3rem .7rem .3rem 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
th:first-child, td:first-child, td.text, th.text { text-align: left; white-space: normal }
svg { width: 100%; height: auto; display: block; font: 12px system-ui, sans-serif; fill: var(--dim) }
.grid { stroke: var(--line); fill: none } .mark { stroke: var(--bad); stroke-dasharray: 3 3; fill: none }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; margin: .2rem 0; list-style: none; font-size: .9rem }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; vertical-align: -1px }
p.note { color: var(--dim); font-size: .9rem; margin: .3rem 0 }
.better { color: var(--good) } .worse { color: var(--bad) }
code { font-family: ui-monospace, monospace; font-size: .9em }
`
