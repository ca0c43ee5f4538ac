/** Packs the package as it is published, into its folder `dist/`, and says where. */
import { fileURLToPath } from 'node:url'
import { PACKAGE_ROOT } from './generated-files.ts'
import { packPackage } from './pack-package.ts'

const { path } = await packPackage(fileURLToPath(new URL('dist/', PACKAGE_ROOT)))
process.stdout.write(`${path}\n`)
