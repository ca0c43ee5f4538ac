import { writeFile } from 'node:fs/promises'
import encodeQR from 'qr'

const WIDTH = 640
const HEIGHT = 480
const WHITE = 235
const BLACK = 16
const FRAMES = 2

/** Writes a film of a QR code, as YUV4MPEG2, which Chromium takes in place of a camera. */
export async function writeCameraFilm(path: string, text: string): Promise<void> {
  const modules = encodeQR(text, 'raw', { scale: 8, border: 4 })
  const top = (HEIGHT - modules.length) >> 1
  const left = (WIDTH - modules.length) >> 1
  const brightness = Buffer.alloc(WIDTH * HEIGHT, WHITE)
  for (const [y, row] of modules.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (isDark) brightness[(top + y) * WIDTH + left + x] = BLACK
    }
  }
  const colours = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)
  const frame = Buffer.concat([Buffer.from('FRAME\n'), brightness, colours])
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F5:1 Ip A1:1 C420jpeg\n`)
  await writeFile(path, Buffer.concat([head, ...Array<Buffer>(FRAMES).fill(frame)]))
}
