/**
 * The command of `bisect --run`: is asked at a place whether what is looked for has happened there. It finds the
 * machine's state on stdin (JSON) and its RAM in a file, and answers by its exit code, as the commands of `git
 * bisect run` do: 0 yes, 1 no. Anything else is no answer, and ends the search.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { StateDump } from '../../replay/guest/stateDump.js';
import { CliError, cannotWrite } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import type { Host } from '../host/host.js';

const YES = 0;
const NO = 1;
const CANNOT_SAY = 125;
/** A command that has been told to end has so many milliseconds before it is ended. */
const GRACE_MS = 1000;

export class BisectCommand {
  readonly #command: string;
  readonly #trace: string;
  readonly #host: Host;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(command: string, trace: string, host: Host) {
    this.#command = command;
    this.#trace = resolve(trace);
    this.#host = host;
    try {
      this.#folder = fs.mkdtempSync(join(tmpdir(), 'rewind86-'));
    } catch (error) {
      throw cannotWrite('a temporary folder', error);
    }
  }

  /** Undefined if it was stopped before it answered. */
  async ask(state: StateDump, ram: Uint8Array): Promise<boolean | undefined> {
    const file = this.#ramFile(ram);
    const places = { ram: file, trace: this.#trace };
    const environment = {
      REWIND86_CLOCK: `${state.clock}`,
      REWIND86_RETIRED: `${state.retired}`,
      REWIND86_RAM: file,
      REWIND86_TRACE: this.#trace,
    };
    const ended = await this.#run(JSON.stringify({ ...state, ...places }), environment);
    return ended === 'stopped' ? undefined : this.#answer(ended, state.clock);
  }

  #ramFile(ram: Uint8Array): string {
    const file = join(this.#folder, 'ram.bin');
    try {
      fs.writeFileSync(file, ram);
    } catch (error) {
      throw cannotWrite(file, error);
    }
    return file;
  }

  /** What it ended with. Its output is for the user to see, but not part of the result. */
  #run(input: string, environment: Readonly<Record<string, string>>): Promise<number | string> {
    const child = spawn(this.#command, {
      shell: true,
      // A process group of its own: what it has started ends with it.
      detached: process.platform !== 'win32',
      env: { ...this.#host.env, ...environment },
      stdio: 'pipe',
    });
    this.#child = child;
    for (const output of [child.stdout, child.stderr]) {
      output.on('data', (bytes: Uint8Array) => this.#host.stderr.write(bytes));
    }
    // A command need not read what it is told.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((done) => {
      child.on('error', (error) => done(error.message));
      child.on('close', (code, signal) => done(this.#child ? (code ?? signal ?? 'nothing') : 'stopped'));
    });
  }

  #answer(ended: number | string, clock: number): boolean {
    this.#child = undefined;
    if (ended === YES) return true;
    if (ended === NO) return false;
    const how = typeof ended === 'number' ? `exit code ${ended}` : ended;
    const meaning = ended === CANNOT_SAY ? 'it cannot say' : 'no answer: 0 is yes, 1 is no';
    const message = `--run: at clock ${clock} the command ended with ${how}, ${meaning}`;
    throw new CliError(ExitCode.unavailable, message);
  }

  /** Ends the command, if it runs. */
  stop(): void {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    kill(child, 'SIGTERM');
    const timer = setTimeout(() => kill(child, 'SIGKILL'), GRACE_MS);
    child.on('close', () => clearTimeout(timer));
  }

  /** Removes what was written for it. */
  close(): void {
    this.stop();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** With all that it has started, where the host knows groups. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (process.platform !== 'win32' && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}
