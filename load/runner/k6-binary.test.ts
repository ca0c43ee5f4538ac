import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { findK6, K6MissingError } from './k6-binary.ts'

const { signal } = new AbortController()
const onBuild = vi.fn()
const newFolder = () => mkdtemp(join(tmpdir(), 'load-k6-'))

afterEach(() => {
  vi.unstubAllEnvs()
  onBuild.mockReset()
})

async function folderWith(name: string, script: string): Promise<string> {
  const folder = await newFolder()
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, name), 0o755)
  return folder
}

it('takes the k6 on PATH before one that was built', async () => {
  const onPath = await folderWith('k6', '')
  vi.stubEnv('PATH', onPath)
  expect(await findK6(onBuild, signal, await folderWith('k6', ''))).toBe(join(onPath, 'k6'))
})

it('takes the one that was built, and builds no other', async () => {
  vi.stubEnv('PATH', await newFolder())
  const built = await folderWith('k6', '')
  expect(await findK6(onBuild, signal, built)).toBe(join(built, 'k6'))
  expect(onBuild).not.toHaveBeenCalled()
})

it('builds one with Go where there is none, and says so before', async () => {
  const folder = await newFolder()
  vi.stubEnv('PATH', await folderWith('go', 'exit 0'))
  expect(await findK6(onBuild, signal, folder)).toBe(join(folder, 'k6'))
  expect(onBuild).toHaveBeenCalledWith(expect.stringContaining('building go.k6.io/k6@v1.8.1'))
})

it('says what to install where there is neither k6 nor Go', async () => {
  vi.stubEnv('PATH', await newFolder())
  const missing = findK6(onBuild, signal, await newFolder())
  await expect(missing).rejects.toThrow(K6MissingError)
  await expect(missing).rejects.toThrow(/Install k6 \(1\.8 or newer\) or Go \(1\.25 or newer\)/)
})
