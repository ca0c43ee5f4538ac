import { STATUS_CODES } from 'node:http'

export const ERROR_PAGE_TYPE = 'text/html; charset=utf-8'

/** The page that servers and what stands before them answer with, where the envelope is not promised. */
export function errorPage(status: number): string {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim()
  return `<!doctype html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`
}
