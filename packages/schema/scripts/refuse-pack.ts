/** Run by npm before it packs this folder, whose `exports` name sources that no installed package can run. */
import { PACK_COMMAND } from './pack-package.ts'

process.stderr.write(`Not from here: what is published is packed by\n${PACK_COMMAND}\n`)
process.exitCode = 1
