/** Makes the SDL of now the published one. Refuses when it breaks clients and the version does not say so. */
import { writeFileSync } from 'node:fs'
import { PACKAGE_ROOT } from './generated-files.ts'
import {
  findUnannouncedChanges,
  PUBLISHED_SDL_PATH,
  readCurrent,
  readPublished,
  toPublishedText,
} from './published-sdl.ts'

const published = readPublished()
const current = readCurrent()
const changes = await findUnannouncedChanges(published, current)

if (changes.length > 0) {
  for (const change of changes) process.stderr.write(`${change}\n`)
  process.stderr.write(
    `This breaks clients of ${published.version}: take it back, or raise "version" of packages/schema for it, got ${current.version}\n`,
  )
  process.exitCode = 1
} else {
  writeFileSync(new URL(PUBLISHED_SDL_PATH, PACKAGE_ROOT), toPublishedText(current))
  process.stdout.write(`packages/schema/${PUBLISHED_SDL_PATH} is that of ${current.version} now\n`)
}
