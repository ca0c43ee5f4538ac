import { html, nothing, type TemplateResult } from 'lit-html'
import type { InStoreStage } from './stages.ts'

/** Asks for the key of the staff. */
export function signInView(model: {
  readonly stage: InStoreStage
  readonly isKeyWrong: boolean
  readonly isDemo: boolean
  readonly onSignIn: (key: string) => void
}): TemplateResult {
  const { stage, isKeyWrong, isDemo, onSignIn } = model
  return html`
    <h2 tabindex="-1">Sign in</h2>
    ${
      isKeyWrong
        ? html`<p class="notice bad" role="alert" data-code="UNAUTHENTICATED">
            This key is not known, or no longer valid. Please enter another one.
          </p>`
        : nothing
    }
    ${
      stage.at === 'redeeming'
        ? html`<p>Redeeming ${stage.code} goes on as soon as you are signed in.</p>`
        : nothing
    }
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault()
        const input = (event.target as HTMLFormElement).elements.namedItem('key')
        const key = (input as HTMLInputElement).value.trim()
        if (key !== '') onSignIn(key)
      }}
    >
      <label for="key">Key of the staff</label>
      <input
        id="key"
        name="key"
        type="password"
        autocomplete="off"
        required
        data-focus
        aria-describedby=${isDemo ? 'key-hint' : nothing}
      />
      ${
        isDemo
          ? html`<p class="hint" id="key-hint">In the demo it is <code>staff_demo</code>.</p>`
          : nothing
      }
      <div class="buttons"><button class="main">Sign in</button></div>
    </form>
  `
}
