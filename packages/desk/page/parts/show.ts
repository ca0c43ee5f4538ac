import { render, type TemplateResult } from 'lit-html'

/**
 * Renders a view into the page. When it shows something else than before, `place` says so, and the focus goes to what
 * is marked with `data-focus`: who does not see the page is told where they are, and nobody has to search by Tab.
 */
export function createShow(): (view: TemplateResult, place: string) => void {
  const root = document.querySelector('#page')
  if (!(root instanceof HTMLElement)) throw new Error('The page has no place to show anything in.')
  root.replaceChildren()
  let shown: string | undefined
  return (view, place) => {
    render(view, root)
    if (shown !== undefined && shown !== place) {
      root.querySelector<HTMLElement>('[data-focus]')?.focus()
    }
    shown = place
  }
}
