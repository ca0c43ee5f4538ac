/** The key of the staff, for as long as the tab is open. */
export interface StaffKey {
  get(): string | null
  set(key: string): void
  forget(): void
}

const NAME = 'staff-key'

export function createStaffKey(storage: Storage): StaffKey {
  let current = read()
  function read(): string | null {
    try {
      return storage.getItem(NAME)
    } catch {
      return null
    }
  }
  function keep(key: string | null): void {
    current = key
    try {
      if (key === null) storage.removeItem(NAME)
      else storage.setItem(NAME, key)
    } catch {
      // It holds until the next reload then.
    }
  }
  return {
    get: () => current,
    set: keep,
    forget: () => keep(null),
  }
}
