import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { ref } from 'lit-html/directives/ref.js'
import { readTypedCode } from '../parts/typed-code.ts'
import type { InStoreModel } from './view.ts'

/** Three ways to the code of a customer: camera, picture, keyboard. */
export function findingView(model: InStoreModel): TemplateResult {
  const { typed, scan, isDemo, onType, onFind } = model
  const reading = readTypedCode(typed.code)
  return html`
    <h2 tabindex="-1">Which coupon?</h2>
    ${cameraView(model)}
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault()
        onFind()
      }}
    >
      <label for="code">Code on the coupon</label>
      <input
        id="code"
        name="code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        required
        data-focus
        aria-describedby="code-says"
        .value=${live(typed.code)}
        @input=${(event: InputEvent) => onType('code', (event.target as HTMLInputElement).value)}
      />
      <div id="code-says" role="status">
        ${reading.kind === 'no code' ? html`<p class="hint">${reading.rule}</p>` : nothing}
        ${
          reading.kind === 'code' && reading.isMistyped
            ? html`<p class="notice bad" data-mistyped>
                There seems to be a typing mistake in this code. Please compare it.
              </p>`
            : nothing
        }
        ${scan.at === 'reading' ? html`<p class="busy">Reading the picture…</p>` : nothing}
      </div>
      <div class="buttons"><button class="main">Show the coupon</button></div>
    </form>
    ${
      isDemo
        ? html`<p class="small">
            In the demo: <code>INSTORE42</code>, with the password <code>4242</code>.
          </p>`
        : nothing
    }
  `
}

function cameraView({
  scan,
  onOpenCamera,
  onCloseCamera,
  onVideo,
  onPicture,
}: InStoreModel): TemplateResult {
  const isOn = scan.at === 'opening' || scan.at === 'looking'
  const problem = 'problem' in scan ? scan.problem : null
  return html`
    <div class="scan">
      ${
        isOn
          ? html`
              <video ${ref((video) => onVideo(video as HTMLVideoElement | undefined))}
                muted playsinline aria-label="What the camera sees"></video>
              <p class="hint" role="status">Hold the QR code in front of the camera.</p>
              <div class="buttons">
                <button type="button" @click=${onCloseCamera}>Close the camera</button>
              </div>
            `
          : html`
              <div class="buttons">
                <button type="button" @click=${onOpenCamera}>Scan with the camera</button>
                <label class="button">
                  Choose a picture
                  <input
                    type="file"
                    accept="image/*"
                    class="visually-hidden"
                    @change=${(event: Event) => {
                      const input = event.target as HTMLInputElement
                      const file = input.files?.[0]
                      if (file !== undefined) onPicture(file)
                      // The same picture can be chosen again.
                      input.value = ''
                    }}
                  />
                </label>
              </div>
            `
      }
      ${problem === null ? nothing : html`<p class="notice bad" role="alert">${problem}</p>`}
    </div>
  `
}
