import { runCli } from '../src/cli/run-cli.ts'

// `coupon` as on a terminal: it shows its progress on stderr, which tells a test when to kill it.
process.stderr.isTTY = true
process.exitCode = await runCli(process.argv.slice(2), process)
