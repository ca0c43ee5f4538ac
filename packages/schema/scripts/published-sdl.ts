import { readFileSync } from 'node:fs'
import { findBreakingChanges } from './breaking-changes.ts'
import { PACKAGE_ROOT } from './generated-files.ts'

/** Run from anywhere in the workspace, as part of a release: after `version` was raised, before the package is packed. */
export const RELEASE_COMMAND = 'npx -y pnpm@12 --filter @coupon-gateway/schema run release-sdl'

/** The SDL that the last release had: what clients out there were built against. */
export const PUBLISHED_SDL_PATH = 'published/schema.graphql'

export interface Release {
  readonly version: string
  readonly sdl: string
}

export function readPublished(): Release {
  const sdl = read(PUBLISHED_SDL_PATH)
  const version = /^# Version (\S+),/.exec(sdl)?.[1]
  if (version === undefined) throw new Error(`${PUBLISHED_SDL_PATH} must begin with its version`)
  return { version, sdl }
}

/** What a release made now would publish. */
export function readCurrent(): Release {
  const { version } = JSON.parse(read('package.json')) as { version: string }
  return { version, sdl: read('schema.graphql') }
}

/** The text of {@link PUBLISHED_SDL_PATH} after a release. */
export function toPublishedText({ version, sdl }: Release): string {
  const body = sdl.replace(/^(?:#.*\n)+\n/, '')
  return `# Version ${version}, as published. Written at a release by:\n# ${RELEASE_COMMAND}\n\n${body}`
}

/** The breaking changes that the version does not announce, a line each. */
export async function findUnannouncedChanges(
  published: Release,
  current: Release,
): Promise<string[]> {
  return announcesBreaking(published.version, current.version)
    ? []
    : findBreakingChanges(published.sdl, current.sdl)
}

/** By semantic versioning: a new major version, or a new minor one while the major is 0. */
function announcesBreaking(before: string, after: string): boolean {
  const [oldMajor = 0, oldMinor = 0] = before.split('.').map(Number)
  const [major = 0, minor = 0] = after.split('.').map(Number)
  return major > oldMajor || (major === 0 && oldMajor === 0 && minor > oldMinor)
}

function read(path: string): string {
  return readFileSync(new URL(path, PACKAGE_ROOT), 'utf8')
}
