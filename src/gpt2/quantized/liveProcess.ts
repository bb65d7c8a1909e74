/** Whether a process of this machine still lives, be it another user's; its id may have come to another one since. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One of another user lives all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
