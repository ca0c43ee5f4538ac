/** Light and dark, phone and desktop, with the fonts of the machine. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dee4, #3d444d); --code: light-dark(#f3f5f7, #1d232b); --link: light-dark(#0757b8, #6cb0ff) }
body { margin: 0 auto; max-width: 80rem; font: 16px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 20rem minmax(0, 1fr) }
nav { position: sticky; top: 0; max-height: 100vh; overflow: auto; padding: 1rem; font-size: .9rem; box-sizing: border-box }
nav a { display: block; padding: .1rem 0; overflow-wrap: anywhere }
nav h2 { font-size: .9rem; margin: .9rem 0 .2rem }
main { padding: 1rem 1.5rem 4rem; border-left: 1px solid var(--line) }
a { color: var(--link); text-decoration: none }
a:hover, a:focus-visible { text-decoration: underline }
article { border-top: 1px solid var(--line); margin-top: 1.5rem }
small { font-weight: normal; opacity: .7 }
code, pre { font-family: ui-monospace, monospace; font-size: .88em }
code { background: var(--code); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere }
pre { background: var(--code); border-radius: 6px; padding: .8rem 1rem; overflow: auto }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top }
th:first-child, td:first-child { width: 38% }
td > p { margin: 0 0 .3rem }
article:target > h3, tr:target { background: light-dark(#fff8d6, #3a3413) }
@media (max-width: 50rem) { body { display: block } nav { position: static; max-height: 30vh; border-bottom: 1px solid var(--line) } main { border: 0; padding: 1rem } }
`
