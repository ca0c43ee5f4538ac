import { randomFillSync } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'

const BYTES_OF_AN_ID = 16
/** Drawn from the system for many ids at once: for each by itself it costs several times what the rest of an id does. */
const random = new Uint8Array(256 * BYTES_OF_AN_ID)
let at = random.length
let lastMs = 0
let sequence = 0

/** Makes a UUID of version 7: ids sort by the moment they were made, and those of one millisecond as this process made them. */
export function newId(): string {
  if (at === random.length) {
    randomFillSync(random)
    at = 0
  }
  const bytes = random.subarray(at, at + BYTES_OF_AN_ID)
  at += BYTES_OF_AN_ID
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    lastMs = nowMs
    // Of 32 bits, with room above for many of one millisecond.
    sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(6) & 0x7fff_ffff
  } else {
    sequence = (sequence + 1) | 0
    if (sequence === 0) lastMs += 1
  }
  return uuidv7({ random: bytes, msecs: lastMs, seq: sequence })
}
