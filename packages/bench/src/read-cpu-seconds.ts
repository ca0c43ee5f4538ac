import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'

const TICKS_A_SECOND = readTicksASecond()

/**
 * The CPU time that a process has taken with all its threads, user and system.
 * @see proc_pid_stat(5): fields 14 and 15
 */
export async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, field 2, is in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

function readTicksASecond(): number {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  } catch {
    // A small image may lack getconf. What Linux shows to programs is 100 on all machines that Node runs on.
    return 100
  }
}
