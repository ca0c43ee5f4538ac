import { html, type TemplateResult } from 'lit-html'

const PAGES = [
  { path: '/', name: 'Checkout' },
  { path: '/in-store', name: 'In-store desk' },
] as const

/** What both pages have around them. */
export function frameView(
  page: (typeof PAGES)[number]['path'],
  isKept: boolean,
  content: TemplateResult,
): TemplateResult {
  return html`
    <a class="skip" href="#content">Skip to the content</a>
    <header>
      <p class="brand">Coupon Gateway</p>
      <nav aria-label="Pages">
        ${PAGES.map(
          ({ path, name }) => html`
            <a href=${path} aria-current=${path === page ? 'page' : 'false'}>${name}</a>
          `,
        )}
      </nav>
    </header>
    <main id="content" tabindex="-1">
      ${
        isKept
          ? ''
          : html`<p class="notice bad" role="alert">
              This browser keeps nothing for this page. Please do not reload it in the middle of something.
            </p>`
      }
      ${content}
    </main>
  `
}
