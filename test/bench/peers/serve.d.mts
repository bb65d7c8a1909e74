import type { Measured, Settings, Task } from './tasks';

/** Does a task. @returns what it knows of its own time, where it knows something */
export type Work = (task: Task) => Promise<Pick<Measured, 'outside'> | undefined>;

/**
 * Loads a model, finds its first distribution and says so to the parent process; from then on it does and times the
 * tasks that the parent sends.
 * @param warmUp for how many milliseconds it works, untimed, before it is timed after another task or an idle time
 */
export declare function serve(load: (settings: Settings) => Promise<Work>, warmUp?: number): Promise<void>;
