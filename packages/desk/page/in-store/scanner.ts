import { type Camera, CameraError, openCamera, watchForQr } from './camera.ts'
import { codeInQr } from './code-in-qr.ts'
import { readPicture } from './read-picture.ts'

export type ScanState =
  | { readonly at: 'off'; readonly problem: string | null }
  | { readonly at: 'opening' }
  /** The camera runs; `problem` says what is wrong with the QR code that it sees. */
  | { readonly at: 'looking'; readonly problem: string | null }
  | { readonly at: 'reading' }

export interface Scanner {
  readonly state: ScanState
  open(): Promise<void>
  close(): void
  /** The place to show what the camera sees, once it is there. */
  show(video: HTMLVideoElement | undefined): void
  read(file: Blob): Promise<void>
}

const OFF: ScanState = { at: 'off', problem: null }
const NO_COUPON = 'This QR code holds no coupon code.'

/** Finds codes in what a camera sees, or in a picture. The camera is on only while it is looked through. */
export function createScanner(options: { onCode(code: string): void; onChange(): void }): Scanner {
  let state: ScanState = OFF
  let camera: Camera | undefined
  let watching = new AbortController()

  function turn(next: ScanState): void {
    state = next
    options.onChange()
  }

  function close(): void {
    watching.abort()
    camera?.stop()
    camera = undefined
    if (state.at === 'opening' || state.at === 'looking') turn(OFF)
  }

  function take(text: string): boolean {
    const code = codeInQr(text)
    if (code === undefined) {
      if (state.at === 'looking' && state.problem === null)
        turn({ at: 'looking', problem: NO_COUPON })
      return false
    }
    options.onCode(code)
    return true
  }

  async function open(): Promise<void> {
    if (state.at === 'opening' || state.at === 'looking') return
    const controller = new AbortController()
    watching = controller
    turn({ at: 'opening' })
    try {
      const opened = await openCamera()
      if (controller.signal.aborted) {
        opened.stop()
        return
      }
      camera = opened
      turn({ at: 'looking', problem: null })
    } catch (error) {
      if (controller.signal.aborted) return
      const problem = error instanceof CameraError ? error.message : 'The camera does not work.'
      turn({ at: 'off', problem })
    }
  }

  async function show(video: HTMLVideoElement | undefined): Promise<void> {
    if (video === undefined || camera === undefined || video.srcObject === camera.stream) return
    video.srcObject = camera.stream
    const { signal } = watching
    try {
      await video.play()
    } catch {
      // It was closed before it began.
      return
    }
    watchForQr(video, take, signal)
  }

  async function read(file: Blob): Promise<void> {
    close()
    turn({ at: 'reading' })
    const text = await readPicture(file)
    if (text === undefined)
      turn({ at: 'off', problem: 'There is no QR code to be seen in this picture.' })
    else if (take(text)) turn(OFF)
    else turn({ at: 'off', problem: NO_COUPON })
  }

  return {
    get state() {
      return state
    },
    open,
    close,
    show: (video) => void show(video),
    read,
  }
}
