import { createAsk } from '../gateway/ask.ts'
import { createCouponLookup } from '../parts/coupon-lookup.ts'
import { keepState } from '../parts/kept-state.ts'
import { newKey } from '../parts/new-key.ts'
import { readPageSettings } from '../parts/page-settings.ts'
import { runFlow } from '../parts/run-flow.ts'
import { createShow } from '../parts/show.ts'
import { readTypedCode } from '../parts/typed-code.ts'
import { createPerform } from './perform.ts'
import { createScanner } from './scanner.ts'
import { createStaffKey } from './staff-key.ts'
import { FINDING, type InStoreStage, inStoreFlow } from './stages.ts'
import { inStoreView } from './view.ts'

/** Changes when a stage of an older page could not be gone on with. */
const KEPT_VERSION = 1

const { gatewayUrl, isDemo } = readPageSettings()
const staffKey = createStaffKey(sessionStorage)
let isKeyWrong = false
const ask = createAsk({
  gatewayUrl,
  getToken: async () => staffKey.get(),
  withoutToken: 'UNAUTHENTICATED',
  forgetToken() {
    staffKey.forget()
    isKeyWrong = true
  },
})
const show = createShow()
const kept = keepState<InStoreStage>(sessionStorage, 'in-store', KEPT_VERSION)

/** What is in the fields. The password is nowhere else. */
const typed = { code: '', password: '', userId: '' }
const initial = kept.load() ?? FINDING
let isKept = kept.save(initial)
let isResumed = initial.at === 'redeeming'

const lookup = createCouponLookup({
  ask,
  // Whose uses count is known when the coupon is redeemed.
  getUserId: async () => null,
  isLive: true,
  onChange: update,
})

const scanner = createScanner({ onCode: find, onChange: update })

const flow = runFlow(inStoreFlow, initial, {
  save(stage) {
    isKept = kept.save(stage)
  },
  perform: createPerform(
    ask,
    () => typed.password,
    () => isResumed,
  ),
  onChange(stage) {
    if (stage.at !== 'redeeming') typed.password = ''
    if (stage.at === 'finding') {
      typed.code = ''
      typed.userId = ''
    }
    watchUses(stage)
    update()
  },
})

/** Shows a coupon, and how often it was used by now, for as long as it is looked at. */
function watchUses(stage: InStoreStage): void {
  lookup.want(stage.at === 'finding' || stage.at === 'gave-up' ? null : stage.code)
  lookup.refresh()
}

function find(code: string): void {
  scanner.close()
  typed.code = code
  flow.dispatch({ kind: 'found', code, key: newKey() })
  update()
}

function update(): void {
  const { state: stage } = flow
  const isSignedIn = staffKey.get() !== null
  const view = inStoreView({
    stage,
    typed,
    lookup: lookup.current,
    scan: scanner.state,
    isSignedIn,
    isKeyWrong,
    isDemo,
    isKept,
    onSignIn(key) {
      isKeyWrong = false
      staffKey.set(key)
      flow.dispatch({ kind: 'try now' })
      lookup.refresh()
      update()
    },
    onSignOut() {
      scanner.close()
      staffKey.forget()
      flow.dispatch({ kind: 'next customer' })
      update()
    },
    onType(field, text) {
      typed[field] = text
      update()
    },
    onFind() {
      const reading = readTypedCode(typed.code)
      if (reading.kind === 'code') find(reading.code)
    },
    onOpenCamera: () => void scanner.open(),
    onCloseCamera: scanner.close,
    onVideo: scanner.show,
    onPicture: (file) => void scanner.read(file),
    onRedeem() {
      // A second click, while the first is on its way, is no new try.
      if (stage.at === 'shown') isResumed = false
      flow.dispatch({ kind: 'redeem', userId: typed.userId.trim() || null })
    },
    onNext: () => flow.dispatch({ kind: 'next customer' }),
    onTryNow: () => flow.dispatch({ kind: 'try now' }),
    onGiveUp: () => flow.dispatch({ kind: 'give up' }),
  })
  show(view, `${isSignedIn} ${stage.at}`)
}

window.addEventListener('online', () => flow.dispatch({ kind: 'try now' }))
window.addEventListener('pagehide', scanner.close)
document.addEventListener('visibilitychange', () => {
  if (document.hidden) scanner.close()
})
watchUses(initial)
update()
