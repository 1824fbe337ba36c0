/** The process as a host: standard streams, signals, and what this program can build. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { boards, firmware } from '../../replay/machines/boards.js';
import { cannotWrite } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import type { Host, Workers } from './host.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function nodeHost(): Host {
  const { stdout, stderr, stdin, env } = process;
  const listeners = new Set<(signal: string) => void>();
  const tell = (signal: string) => {
    for (const listener of listeners) listener(signal);
  };
  for (const signal of SIGNALS) process.on(signal, tell);
  // A reader that has seen enough ends the command as a signal would.
  stderr.on('error', () => tell('SIGPIPE'));
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return tell('SIGPIPE');
    // A full disk: what was to be said is lost, and a script must hear of it.
    stderr.write(`rewind86: ${cannotWrite('standard output', error).message}\n`);
    process.exit(ExitCode.noOutput);
  });
  // Whatever else goes wrong, the shell gets its terminal back.
  process.on('exit', () => {
    if (stdin.isRaw) stdin.setRawMode(false);
  });
  return {
    stdout,
    stderr,
    stdin,
    env,
    boards,
    firmware,
    conformWorkers: (threads) => workersOf('../conform/worker', threads),
    queryWorkers: (threads) => workersOf('../query/worker', threads),
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Threads that do tasks of one kind, each one after the other. `worker` names the file, as seen from here. */
function workersOf<Task, Answer>(worker: string, threads = availableParallelism()): Workers<Task, Answer> {
  // Built, or as it stands in the sources: as this file is.
  const filename = new URL(`${worker}${extname(import.meta.url)}`, import.meta.url).href;
  const pool = new Piscina<Task, Answer>({ filename, minThreads: 1, maxThreads: threads });
  return { run: (task) => pool.run(task), threads, close: () => pool.destroy() };
}
