import { readFile } from 'node:fs/promises'

/**
 * The memory of a process that is in RAM now.
 * @see proc_pid_status(5): VmRSS
 */
export async function readResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kilobytes === undefined) throw new Error(`process ${pid} has no VmRSS`)
  return Number(kilobytes) * 1024
}
