/** The gdb command in the test's own process, and the real gdb talking to it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { runCli } from '../../../src/cli/main.js';
import { boards } from '../../../src/replay/machines/boards.js';
import { RealHost } from './realHost.js';

/** Is there a gdb on this host that can debug an i386? */
export const HAS_GDB =
  spawnSync('gdb', ['-nx', '-batch', '-ex', 'set architecture i386'], { encoding: 'utf8' }).status === 0;

export class GdbServer {
  readonly host = new RealHost();
  /** The exit code, in the end. */
  readonly exit: Promise<number>;
  #port = 0;

  constructor(...args: string[]) {
    this.host.boardsBuilt = boards('compiler');
    this.exit = runCli(['gdb', ...args], this.host);
  }

  /** Where it listens; it must have been told to, and does so after a while. */
  async port(): Promise<number> {
    await this.#until(() => this.host.err !== '');
    this.#port = Number(/listening on 127\.0\.0\.1:(\d+)/.exec(this.host.err)?.[1]);
    if (!this.#port) throw new Error(this.host.err);
    return this.#port;
  }

  /** Sends it something on standard input, once it listens there. */
  async feed(text: string): Promise<void> {
    await this.#until(() => this.host.stdin.listenerCount('data') > 0);
    this.host.stdin.emit('data', Buffer.from(text, 'latin1'));
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Ends it as Ctrl-C would. */
  async end(): Promise<number> {
    this.host.signal('SIGINT');
    return await this.exit;
  }
}

/** A gdb with a terminal's patience: commands as typed, its answers, and Ctrl-C. */
export class Gdb {
  readonly #process: ChildProcess;
  #output = '';
  #heard: () => void = () => {};
  #gone: () => void = () => {};

  /** `target`: what is behind `target remote`. */
  constructor(target: string) {
    const settings = ['pagination off', 'confirm off', 'width 0'].flatMap((text) => ['-ex', `set ${text}`]);
    const args = ['-nx', '-q', ...settings, '-ex', `target remote ${target}`];
    this.#process = spawn('gdb', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.once('close', () => this.#gone());
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#heard();
      });
    }
  }

  /** What it says to commands, without its prompts; the rest is waited for with `said`. */
  async type(...commands: string[]): Promise<string> {
    const mark = `done ${Math.random()}`;
    this.start(...commands, `echo ${mark}\\n`);
    return (await this.said(mark)).replace(mark, '').replaceAll('(gdb) ', '').trim();
  }

  /** Types without waiting for what it says. */
  start(...commands: string[]): void {
    this.#process.stdin!.write(commands.map((command) => `${command}\n`).join(''));
  }

  /** All up to a text, which is waited for. */
  async said(text: string): Promise<string> {
    let at = this.#output.indexOf(text);
    while (at < 0) {
      await new Promise<void>((resolve, reject) => {
        this.#heard = resolve;
        this.#gone = () => reject(new Error(`gdb has ended:\n${this.#output}`));
      });
      at = this.#output.indexOf(text);
    }
    const out = this.#output.slice(0, at + text.length);
    this.#output = this.#output.slice(at + text.length);
    return out;
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  async quit(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('close', resolve));
    this.start('quit');
    await gone;
  }
}
