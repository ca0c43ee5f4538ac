import { writeFile } from 'node:fs/promises'
import { median } from '@coupon-gateway/bench'
import { openPostgres } from '@coupon-gateway/database'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import type { StrategyName } from '../src/index.ts'
import { createCoupon, openSubject, redeemMany } from './hot-coupon.ts'

// `node packages/core/bench/goodput-chart.ts FILE.svg`: goodput of one coupon against callers at once, ours and the
// textbook's, side by side in each round.

const [file = 'goodput.svg'] = process.argv.slice(2)
const ROUNDS = 3
const CALLERS = [1, 4, 16, 64, 256, 512, 1_000, 2_000]
const CONNECTIONS = 64
const STRATEGIES: readonly { name: StrategyName; label: string; color: string; total: number }[] = [
  { name: 'batched', label: 'batched (ours)', color: '#2a6fdb', total: 30_000 },
  { name: 'conditional-update', label: 'conditional update', color: '#8a8f98', total: 2_000 },
  { name: 'textbook', label: 'SELECT … FOR UPDATE', color: '#d1495b', total: 1_000 },
]

const server = await startPostgres()
const points = new Map<string, number[]>()
for (let round = 0; round < ROUNDS; round += 1) {
  for (const callers of CALLERS) {
    for (const { name, total } of STRATEGIES) {
      const database = openPostgres(await createTestDatabase(server.url), { poolSize: CONNECTIONS })
      const subject = await openSubject(database, { strategy: name })
      const code = await createCoupon(subject, 1_000_000_000)
      const load = { inFlight: callers, codeFor: () => code }
      await redeemMany(subject, { ...load, total: Math.min(500, callers * 4) })
      const enough = Math.max(Math.min(total, callers * 800), callers * 2)
      const { goodput } = await redeemMany(subject, { ...load, total: enough })
      await database.close()
      const key = `${name} ${callers}`
      points.set(key, [...(points.get(key) ?? []), goodput])
      process.stderr.write(`${key}: ${Math.round(goodput)}/s\n`)
    }
  }
}
await server.stop()

const goodputOf = (name: string, callers: number) => median(points.get(`${name} ${callers}`) ?? [])
await writeFile(file, drawChart())
process.stdout.write(
  [
    ['callers', ...STRATEGIES.map(({ label }) => label)],
    ...CALLERS.map((callers) => [
      String(callers),
      ...STRATEGIES.map(({ name }) => String(Math.round(goodputOf(name, callers)))),
    ]),
  ]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join(''),
)

/** Both axes are logarithmic: the lines lie an order of magnitude apart. */
function drawChart(): string {
  const [width, height, left, top, right, bottom] = [760, 400, 70, 40, 190, 50]
  const [lowest, highest] = [100, 100_000]
  const x = (callers: number) =>
    left + ((width - left - right) * Math.log(callers)) / Math.log(CALLERS.at(-1) ?? 1)
  const y = (goodput: number) =>
    height -
    bottom -
    ((height - top - bottom) * Math.log(goodput / lowest)) / Math.log(highest / lowest)
  const text = (atX: number, atY: number, content: string, rest = '') =>
    `<text x="${atX.toFixed(1)}" y="${atY.toFixed(1)}" ${rest}>${content}</text>`
  const decades = [100, 1_000, 10_000, 100_000]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">
<title>Durable redemptions a second of one coupon, by callers at once</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${text(left, 22, 'Durable redemptions a second of one coupon, by callers at once', 'font-size="15" font-weight="bold"')}
${decades.map((it) => `<path d="M${left} ${y(it).toFixed(1)}H${width - right}" stroke="#ddd"/>${text(left - 8, y(it) + 4, it.toLocaleString('en'), 'text-anchor="end"')}`).join('\n')}
${CALLERS.map((it) => text(x(it), height - bottom + 18, String(it), 'text-anchor="middle"')).join('\n')}
${text((left + width - right) / 2, height - 12, 'callers at once', 'text-anchor="middle"')}
${STRATEGIES.map(({ name, label, color }) => {
  const line = CALLERS.map((it) => `${x(it).toFixed(1)},${y(goodputOf(name, it)).toFixed(1)}`)
  const last = goodputOf(name, CALLERS.at(-1) ?? 1)
  return `<polyline points="${line.join(' ')}" fill="none" stroke="${color}" stroke-width="2.5"/>
${line.map((it) => `<circle cx="${it.split(',')[0]}" cy="${it.split(',')[1]}" r="3.5" fill="${color}"/>`).join('')}
${text(width - right + 12, y(last) + 4, `${label}, ${Math.round(last).toLocaleString('en')}/s`, `fill="${color}"`)}`
}).join('\n')}
</svg>
`
}
