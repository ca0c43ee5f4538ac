import { html, nothing, type TemplateResult } from 'lit-html'
import type { Failure } from '../gateway/failure.ts'
import type { Refusal } from '../gateway/write-result.ts'
import { FAILURE_TEXTS } from '../texts/failures.ts'
import { refusalText } from '../texts/refusals.ts'
import type { PendingWrite, Trouble } from './pending-write.ts'

export function refusalView({ code, message }: Refusal): TemplateResult {
  const { text, advice, isToldByGateway } = refusalText(code)
  return html`
    <div class="notice bad" role="alert" data-code=${code}>
      <p><strong>${text}</strong> ${advice}</p>
      ${isToldByGateway ? html`<p>${message}</p>` : nothing}
    </div>
  `
}

export function failureView(failure: Failure, role: 'alert' | 'status' = 'alert'): TemplateResult {
  const { text, isToldByGateway } = FAILURE_TEXTS[failure.code]
  return html`
    <div class="notice bad" role=${role} data-code=${failure.code}>
      <p>${text} ${isToldByGateway && failure.message !== null ? failure.message : nothing}</p>
      ${correlationView(failure)}
    </div>
  `
}

/** What is being worked on, why it takes long, and what one can do about it. */
export function pendingView(
  doing: string,
  write: PendingWrite | null,
  onTryNow: () => void,
  onGiveUp: () => void,
): TemplateResult {
  const trouble = write?.trouble ?? null
  return html`
    <h2 tabindex="-1" data-focus>${doing}</h2>
    <p class="busy" role="status">
      ${trouble === null ? 'One moment, please.' : troubleText(trouble)}
    </p>
    ${
      write === null || trouble === null
        ? nothing
        : html`
          ${trouble.kind === 'failure' ? correlationView(trouble.failure) : nothing}
          <p>You can reload this page or come back later: nothing happens twice.</p>
          <div class="buttons">
            <button type="button" class="main" @click=${onTryNow}>Try now</button>
            <button type="button" @click=${onGiveUp}>Give up</button>
          </div>
        `
    }
  `
}

function troubleText(trouble: Trouble): string {
  return trouble.kind === 'unsettled'
    ? 'The request has arrived, and it is not known yet what became of it. We ask until it is.'
    : FAILURE_TEXTS[trouble.failure.code].text
}

function correlationView({ correlationId }: Failure) {
  return correlationId === null
    ? nothing
    : html`<p class="small">If you ask the shop about it, quote <code>${correlationId}</code>.</p>`
}
