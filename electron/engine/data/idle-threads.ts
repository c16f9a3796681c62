import { Worker } from 'node:worker_threads';

/**
 * Threads whose pool is closed, by their module: the next pool of the same kind takes them. A new one costs some 50 ms of a core,
 * and V8 would have to compile its inner loops again.
 */
const idle = new Map<string, IdleThread[]>();

interface IdleThread {
  worker: Worker;
  /** Ends what was there to watch over it. */
  leave: () => void;
}

/** Milliseconds until an idle thread ends: between two pools of a run pass less, and what it last saw is not kept for long. */
const patience = 15_000;

/** A thread that runs `module`: an idle one if there is any. */
export function takeThread(module: URL): Worker {
  const found = idle.get(module.href)?.pop();
  found?.leave();
  return found?.worker ?? new Worker(module);
}

/** Keeps a thread that has ended its task, for a while. It must not keep the process alive, and no one else may listen to it. */
export function keepThread(module: URL, worker: Worker): void {
  const threads = idle.get(module.href) ?? [];
  idle.set(module.href, threads);
  const leave = () => {
    clearTimeout(timer);
    worker.off('error', forget).off('exit', forget);
  };
  const thread = { worker, leave };
  const forget = () => {
    const at = threads.indexOf(thread);
    if (at >= 0) threads.splice(at, 1);
  };
  const timer = setTimeout(() => {
    forget();
    void worker.terminate();
  }, patience).unref();
  worker.on('error', forget).on('exit', forget);
  threads.push(thread);
}
