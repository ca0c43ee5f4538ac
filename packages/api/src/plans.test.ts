import { expect, it } from 'vitest'
import { readApiSettings } from './settings.ts'

const limitsOf = (PLAN_LIMITS?: string) => readApiSettings({ PLAN_LIMITS }).planLimits

it('the plans have the windows of the first table of the contract', () => {
  expect(limitsOf()).toMatchObject({
    free: { minute: 30, hour: 300, day: 500 },
    personal: { minute: 120, hour: 1_200, day: 2_500 },
    premium: { minute: 200, hour: 2_000, day: 3_500 },
    business: { minute: 380, hour: 3_800, day: 6_000 },
  })
})

it('PLAN_LIMITS changes the plans that it names, and leaves the others', () => {
  expect(limitsOf('personal=180/10000/20000, enterprise=1200/60000/1000000')).toEqual({
    ...limitsOf(),
    personal: { minute: 180, hour: 10_000, day: 20_000 },
    enterprise: { minute: 1_200, hour: 60_000, day: 1_000_000 },
  })
})

it.each([
  'gold=1/2/3',
  'personal',
  'personal=1/2',
  'personal=0/2/3',
  'personal=1/2/3/4',
  'personal=1/2/1000000001',
  'personal=-1/2/3',
  'personal=1e3/2/3',
  'personal=1/2/3,personal=1/2/3',
  'personal=1/2/3,',
  'personal=1/2/3=4',
])('PLAN_LIMITS %j stops the start and says what is allowed', (text) => {
  expect(() => limitsOf(text)).toThrow(
    `PLAN_LIMITS must be a list of plan=calls a minute/hour/day such as 120/1200/2500, each from 1 to 1000000000, with commas between, each plan once, of free, personal, premium, business, business-plus, enterprise, got "${text}"`,
  )
})
