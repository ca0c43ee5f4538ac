import { describe, expect, it } from 'vitest'
import { LoadOptionsError, readLoadOptions } from './load-options.ts'

const read = (line: string, environment: Record<string, string> = {}) =>
  readLoadOptions(line === '' ? [] : line.split(' '), environment)

describe('what is run', () => {
  it.each([
    ['smoke', 'redeem', 'smoke'],
    ['checkout soak', 'checkout', 'soak'],
  ])('of "%s" is %s × %s', (line, scenario, workload) => {
    expect(read(line)).toMatchObject({ command: 'run', scenario, workload })
  })

  it.each([
    ['smoke --dry-run', 'dry-run'],
    ['matrix', 'matrix'],
    ['--list', 'list'],
    ['smoke --help', 'help'],
  ])('of "%s" is %s', (line, command) => {
    expect(read(line)).toMatchObject({ command })
  })
})

describe('what is loaded', () => {
  it.each([
    ['smoke', { kind: 'own', protocol: 'graphql', database: 'postgres' }],
    ['smoke --target api --embedded', { kind: 'own', protocol: 'rest', database: 'embedded' }],
    [
      'smoke --database-url postgres://db/x',
      { kind: 'own', protocol: 'graphql', database: { url: 'postgres://db/x' } },
    ],
    [
      'smoke --url http://host:4000 --key k',
      {
        kind: 'running',
        endpoint: { protocol: 'graphql', url: 'http://host:4000/graphql', key: 'k' },
        databaseUrl: null,
      },
    ],
    [
      'smoke --url https://host/api/graphql/ --database-url postgres://db/x',
      {
        kind: 'running',
        endpoint: {
          protocol: 'graphql',
          url: 'https://host/api/graphql',
          key: 'sk_demo',
        },
        databaseUrl: 'postgres://db/x',
      },
    ],
    [
      'smoke --target api --url http://host:4001/',
      {
        kind: 'running',
        endpoint: {
          protocol: 'rest',
          url: 'http://host:4001',
          key: 'demo_personal_key',
        },
        databaseUrl: null,
      },
    ],
  ])('of "%s"', (line, target) => {
    expect(read(line).target).toEqual(target)
  })

  it('takes the key from LOAD_KEY, so that it need not be in the shell’s history', () => {
    expect(read('smoke --url http://host', { LOAD_KEY: 'secret' }).target).toMatchObject({
      endpoint: { key: 'secret' },
    })
  })
})

describe('what a matrix has', () => {
  it.each([
    ['matrix', 10, 8],
    ['matrix --only smoke', 10, 1],
    ['matrix --only checkout,onsite,smoke', 2, 1],
    ['matrix --only log', 1, 8],
  ])('of "%s" is %d scenarios × %d workloads', (line, scenarios, workloads) => {
    const { only } = read(line)
    expect([only.scenarios.length, only.workloads.length]).toEqual([scenarios, workloads])
  })
})

describe('how much', () => {
  it.each([
    ['30s', 30],
    ['1.5m', 90],
    ['2h', 7200],
  ])('--duration %s is %d seconds', (text, seconds) => {
    expect(read(`smoke --duration ${text}`).seconds).toBe(seconds)
  })

  it('has a seed of chance where none is given', () => {
    expect(read('smoke --seed 7').seed).toBe(7)
    expect(read('smoke').seed).not.toBe(read('smoke').seed)
  })
})

describe('a wrong call says what is right:', () => {
  const scenarios =
    'scenario must be one of validate, redeem, validate-then-redeem, checkout, replay, same-user, onsite, code-guessing, management, log, got '
  const workloads =
    'workload must be one of smoke, burst, open, ramp, soak, replay-storm, spike, chaos, got '
  it.each([
    ['', `${workloads}nothing`],
    ['nonsense', `${workloads}nonsense`],
    ['nonsense smoke', `${scenarios}nonsense`],
    ['redeem smoke more', 'expected a scenario and a workload, got redeem smoke more'],
    ['smoke --fast', "Unknown option '--fast'"],
    ['smoke --target rest', '--target must be one of gateway, api, got rest'],
    ['smoke --duration 2', '--duration must be a time such as 30s, 5m or 1h, got 2'],
    ['smoke --rate 0', '--rate must be a number above 0, got 0'],
    ['smoke --seed x', '--seed must be a whole number from 0 to 9999999999, got x'],
    ['smoke --url host:4000', '--url must be an http or https URL, got host:4000'],
    ['smoke --key k', '--key is for --url'],
    ['smoke --embedded --database-url postgres://db/x', 'give one'],
    ['smoke --embedded --url http://host', '--embedded is for services of the run’s own'],
    ['chaos --url http://host', 'what is not started by the run is not its to break'],
    ['matrix --only smoke,quick', '--only must be one of validate, redeem,'],
    ['smoke --only smoke', '--only is for the matrix'],
    ['matrix smoke', 'matrix runs all there is, got also smoke'],
  ])('"%s"', (line, message) => {
    expect(() => read(line)).toThrow(LoadOptionsError)
    expect(() => read(line)).toThrow(message)
  })
})
