import { describe, expect, it } from 'vitest'
import { makeRecord } from './made-up-record.ts'
import { renderReport } from './render-report.ts'

describe('the report of a run', () => {
  it('says the verdict first, and of a failed run what is wrong', () => {
    const page = renderReport(
      makeRecord({
        verdict: { passed: false, summary: '1 rule broken', findings: ['A1 was <oversold>'] },
      }),
    )
    expect(page).toContain('<title>FAIL redeem × burst</title>')
    expect(page.indexOf('1 rule broken')).toBeLessThan(page.indexOf('<h2>'))
    expect(page).toContain('A1 was &lt;oversold&gt;')
  })

  it('asks nobody for anything', () => {
    const page = renderReport(makeRecord())
    expect(page).not.toMatch(/https?:|<script|<link|url\(|src=/)
  })

  it('shows throughput, latencies by outcome, faults, CPU, batch sizes and conditions', () => {
    const page = renderReport(makeRecord())
    for (const text of [
      ...['<b>50</b>grants a second', '<b>75</b>answers a second', 'rejected EXHAUSTED'],
      ...['reset the connections of the callers link', 'gateway: 61 % on average'],
      ...['more than 1, up to 64', '<td>75.0 %</td>', 'abc1234'],
    ]) {
      expect(page).toContain(text)
    }
  })

  it('leaves out what a run does not have', () => {
    const page = renderReport(makeRecord({ cpu: [], batches: null, faults: [] }))
    for (const title of ['CPU', 'Batch sizes', 'Faults']) {
      expect(page).not.toContain(`<h2>${title}</h2>`)
    }
  })

  it('of a run in which nothing was answered is a page all the same', () => {
    const page = renderReport(makeRecord({ durationMs: 0, outcomes: [], seconds: [] }))
    expect(page).toContain('<b>0</b>grants a second')
    expect(page).not.toMatch(/NaN|Infinity|undefined/)
  })
})
