export { canRunChromium, launchChromium } from './launch-chromium.ts'
