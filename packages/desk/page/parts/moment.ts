/** The time of day of a moment, as people here read it. */
export function timeOf(moment: string | null): string {
  return moment === null
    ? ''
    : new Date(moment).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
}

/** Day and time of a moment. */
export function dateTimeOf(moment: string | null): string {
  return moment === null
    ? ''
    : new Date(moment).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}
