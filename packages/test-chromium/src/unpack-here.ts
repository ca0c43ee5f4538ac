import { fileURLToPath } from 'node:url'
import { inflate } from '@sparticuz/chromium'

// Run as a process, with TMPDIR as the place to unpack to. Its graphics are left out: no test needs WebGL.
const PARTS = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br']

const packed = new URL('../bin/', import.meta.resolve('@sparticuz/chromium'))
await Promise.all(PARTS.map((part) => inflate(fileURLToPath(new URL(part, packed)))))
