import { html, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'

/** A field for something that no browser should complete or correct. */
export function inputView(field: {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly onType: (text: string) => void
}): TemplateResult {
  return html`
    <label for=${field.id}>${field.label}</label>
    <input
      id=${field.id}
      autocomplete="off"
      spellcheck="false"
      required
      .value=${live(field.value)}
      @input=${(event: InputEvent) => field.onType((event.target as HTMLInputElement).value)}
    />
  `
}
