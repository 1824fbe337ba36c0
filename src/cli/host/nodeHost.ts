/** The process as a host: standard streams, signals, and what this program can build. */
import { boards, firmware } from '../machine/boards.js';
import type { Host } from './host.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function nodeHost(): Host {
  const { stdout, stderr, stdin, env } = process;
  const listeners = new Set<(signal: string) => void>();
  const tell = (signal: string) => {
    for (const listener of listeners) listener(signal);
  };
  for (const signal of SIGNALS) process.on(signal, tell);
  // A reader that has seen enough ends the command as a signal would.
  for (const stream of [stdout, stderr]) stream.on('error', () => tell('SIGPIPE'));
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
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
