import { decodeQR } from 'qr/decode.js'

/** Sides in pixels that a picture is tried at. Large photos are slow at full size, and small codes are lost below. */
const SIDES = [1_000, 2_000] as const

/** No frame of a camera takes noticeably long, and there are many of them. */
const FRAME_SIDE = 720
/** A picture there is only one of. */
const PICTURE_TIME_MS = 500

/** What the QR code in a picture says; undefined when none is found in it. */
export async function readPicture(file: Blob): Promise<string | undefined> {
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file)
  } catch {
    return undefined
  }
  try {
    for (const side of SIDES) {
      const text = decode(drawAtMost(picture, picture.width, picture.height, side), PICTURE_TIME_MS)
      if (text !== undefined) return text
    }
    return undefined
  } finally {
    picture.close()
  }
}

/** What the QR code that a camera sees right now says. */
export function readFrame(video: HTMLVideoElement): string | undefined {
  if (video.videoWidth === 0) return undefined
  return decode(drawAtMost(video, video.videoWidth, video.videoHeight, FRAME_SIDE))
}

function decode(image: ImageData, timeLimit?: number): string | undefined {
  try {
    return decodeQR(image, timeLimit === undefined ? {} : { timeLimit })
  } catch {
    // That there is no code in it is the usual case, and the library throws for it.
    return undefined
  }
}

function drawAtMost(
  source: CanvasImageSource,
  width: number,
  height: number,
  side: number,
): ImageData {
  const scale = Math.min(1, side / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('This browser draws no pictures.')
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}
