import { describe, expect, it } from 'vitest'
import { makePlan } from '../runner/make-plan.ts'
import { madeUpPlan } from '../tests/made-up-run.ts'
import { thresholdsOf } from './thresholds.ts'

const planOf = (scenario: string, workload: string) =>
  makePlan(
    { scenario, workload, seed: 1, seconds: undefined, rate: undefined },
    madeUpPlan().target,
  )

describe('thresholdsOf', () => {
  it('counts every grant of every coupon whose number is known', () => {
    expect(thresholdsOf(planOf('redeem', 'smoke'))).toMatchObject({
      'coupon_granted{role:single}': ['count==1'],
      'coupon_granted{role:few}': ['count==5'],
      'coupon_granted{role:by-user}': ['count==100'],
      'coupon_granted{role:contested}': ['count==500'],
      'coupon_granted{role:ample}': ['count==1000'],
      coupon_unsettled: ['count==0'],
      iterations: ['count==2500'],
    })
  })

  it('holds the units of every coupon against its limit, given back ones not counted', () => {
    expect(thresholdsOf(planOf('checkout', 'smoke'))).toMatchObject({
      'coupon_units{role:scarce}': ['count<=139'],
    })
  })

  it('leaves the counts to the verifier where answers may get lost', () => {
    expect(Object.keys(thresholdsOf(planOf('redeem', 'chaos')))).toEqual([
      'coupon_unexpected',
      'coupon_violations',
      'dropped_iterations',
    ])
  })

  it('lets attempts be dropped only where the breaking point is sought', () => {
    for (const workload of ['smoke', 'burst', 'open', 'soak', 'spike', 'replay-storm', 'chaos']) {
      expect(thresholdsOf(planOf('redeem', workload))).toHaveProperty('dropped_iterations')
    }
    expect(thresholdsOf(planOf('redeem', 'ramp'))).not.toHaveProperty('dropped_iterations')
  })

  it('counts the guesses of an on-site password that are looked at', () => {
    expect(thresholdsOf(planOf('onsite', 'smoke'))).toHaveProperty(
      ['coupon_rejected{role:guessed,reason:ONSITE_PASSWORD_WRONG}'],
      ['count==5'],
    )
  })
})
