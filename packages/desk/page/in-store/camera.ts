import { readFrame } from './read-picture.ts'

export interface Camera {
  readonly stream: MediaStream
  stop(): void
}

/** Why there is no picture, for people. */
export class CameraError extends Error {
  override readonly name = 'CameraError'
}

const FRAME_PAUSE_MS = 150

const CAMERA_PROBLEMS: Readonly<Record<string, string>> = {
  NotAllowedError: 'The camera may not be used: allow it in the browser, or choose a picture.',
  NotFoundError: 'There is no camera here. Choose a picture, or type the code.',
  NotReadableError: 'Another program uses the camera. Close it, or choose a picture.',
}

/** @throws CameraError */
export async function openCamera(): Promise<Camera> {
  // Browsers give a camera to encrypted pages and to this machine alone.
  if (navigator.mediaDevices === undefined) {
    throw new CameraError('The camera needs a page over https. Choose a picture, or type the code.')
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 } },
      audio: false,
    })
    return {
      stream,
      stop() {
        for (const track of stream.getTracks()) track.stop()
      },
    }
  } catch (error) {
    const problem = CAMERA_PROBLEMS[(error as Error).name]
    throw new CameraError(
      problem ?? 'The camera does not work. Choose a picture, or type the code.',
    )
  }
}

/** Reads frame after frame until one has a QR code that is wanted, or the signal says to stop. */
export function watchForQr(
  video: HTMLVideoElement,
  isWanted: (text: string) => boolean,
  signal: AbortSignal,
): void {
  function look(): void {
    if (signal.aborted) return
    const text = readFrame(video)
    if (text !== undefined && isWanted(text)) return
    setTimeout(look, FRAME_PAUSE_MS)
  }
  look()
}
