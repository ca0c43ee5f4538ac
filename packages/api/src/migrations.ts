/** The migrations of what is the service's own, room `api`: keys, plans and their limits. */
export const API_MIGRATIONS = new URL('../migrations/', import.meta.url)
