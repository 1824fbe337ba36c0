/**
 * What the exit code of a command says. A guest that writes to the exit port (`--debug-ports`) chooses
 * the code itself, 0 to 255; `--json` tells the two apart.
 */
export const ExitCode = {
  /** Done; of a run: the guest powered off, its script is done, or the user ended it. */
  ok: 0,
  /** The command line cannot be understood. */
  usage: 64,
  /** A file given is not what it should be: a kernel, a script, a disk image. */
  badInput: 65,
  /** A file given cannot be read. */
  noInput: 66,
  /** Something of the host is not to be had: a port to listen on, an answer of a command. */
  unavailable: 69,
  /** A defect of this program. */
  internal: 70,
  /** A file cannot be written. */
  noOutput: 73,
  /** The trace is damaged, ends before the run begins, is of another version or another machine. */
  badTrace: 80,
  /** A replay differed from its recording. */
  diverged: 81,
  /** A script's wait timed out, or what it forbids appeared. */
  scriptFailed: 82,
  /** `--time-limit` was reached. */
  timeLimit: 83,
  /** The guest triple-faulted. */
  tripleFault: 84,
  /** The guest halted with interrupts off. */
  halted: 85,
  /** The guest asked for a reset under `--no-reboot`. */
  reset: 86,
  /** What was looked for is not in the run. */
  notFound: 88,
  /** Two runs differ. */
  different: 90,
  /** Single-step tests failed. */
  testsFailed: 87,
  /** A branch asked for disk contents that its parent does not hold and nobody gave. */
  contentsMissing: 89,
} as const;

/** Ended by a signal: 128 + its number. SIGPIPE stands for output that nobody reads any more. */
const SIGNAL_CODES: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGPIPE: 141,
  SIGTERM: 143,
};

export function signalCode(signal: string): number {
  return SIGNAL_CODES[signal] ?? 128;
}
