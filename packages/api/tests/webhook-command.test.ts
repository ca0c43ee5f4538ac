import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { runCli } from '../src/cli/run-cli.ts'
import { onPostgres } from './api-under-test.ts'

describe('coupon webhook', () => {
  it('sets, lists, rotates and removes endpoints, and refuses what it cannot do', async () => {
    const place = await onPostgres()
    const couponOf = async (...args: string[]) => {
      const streams = { stdout: new PassThrough(), stderr: new PassThrough() }
      const exitCode = await runCli([...args, '--json'], {
        env: place.environment,
        ...(streams as unknown as Pick<NodeJS.Process, 'stdout' | 'stderr'>),
      })
      const read = (stream: PassThrough) => JSON.parse(String(stream.read()))
      return exitCode === 0 ? read(streams.stdout) : [exitCode, read(streams.stderr).error.code]
    }
    const run = (...args: string[]) => couponOf('webhook', ...args)
    await couponOf('account', 'create', 'shop', '--time-zone', 'UTC')
    const url = 'https://shop.example/hook'
    const made = await run('set', 'shop', url)
    expect(made).toEqual({ id: 1, account: 'shop', groupId: null, url, secret: expect.any(String) })
    expect(made.secret).toMatch(/^whsec_[\w-]{43}$/)
    expect(await run('set', 'shop', url, '--group', '7')).toMatchObject({ groupId: 7 })
    expect(await run('set', 'shop', `${url}/2`)).toMatchObject({ id: 1, secret: null })
    const rotated = await run('rotate', '1')
    expect(rotated.secret).not.toBe(made.secret)
    expect(await run('list', '--account', 'shop')).toMatchObject([
      { id: 1, url: `${url}/2`, rotatingUntil: rotated.rotatingUntil, waiting: 0, dead: 0 },
      { groupId: 7, url, rotatingUntil: null },
    ])
    expect(await run('dead', 'list')).toEqual([])
    expect(await run('dead', 'resend', '--all')).toEqual({ resent: 0 })
    expect(await run('remove', '1')).toEqual({ id: 1, removed: true })

    expect(await run('set', 'nobody', url)).toEqual([1, 'ACCOUNT_NOT_FOUND'])
    expect(await run('set', 'shop', 'http://127.0.0.1/')).toEqual([1, 'WEBHOOK_URL_REFUSED'])
    expect(await run('rotate', '4000')).toEqual([1, 'ENDPOINT_NOT_FOUND'])
    expect(await run('remove', '4000')).toEqual([1, 'ENDPOINT_NOT_FOUND'])
    expect(await run('dead', 'resend')).toEqual([2, 'WRONG_CALL'])
    expect(await run('dead', 'resend', '--event', '00000000-0000-4000-8000-000000000000')).toEqual([
      1,
      'DEAD_LETTER_NOT_FOUND',
    ])
    await place.remove()
  })
})
