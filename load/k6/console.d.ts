/** k6 has a console, and its types leave it to the browser's. */
declare const console: { log(message: string): void }
