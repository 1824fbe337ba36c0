/** A terminal to be driven as a person does: tmux, in a server of its own. */
import { execFileSync, spawnSync } from 'node:child_process';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** Long searches, on hosts that are slow and busy. */
const PATIENCE_MS = 300_000;
const LOOK_MS = 10;

let servers = 0;

export class Tmux {
  readonly #server = `rewind86-${process.pid}-${servers++}`;

  /** Runs a shell's command line; the terminal stays when it has ended. */
  constructor(columns: number, rows: number, command: string) {
    const size = ['-x', String(columns), '-y', String(rows)];
    this.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, `${command}; sleep 1000`);
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8' });
  }

  /** Keys by tmux's names: letters, Enter, Escape, C-c. */
  keys(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  /** What is to be seen; with `escapes`, colours and all. */
  screen(escapes = false): string {
    return this.#tmux('capture-pane', '-p', ...(escapes ? ['-e'] : []));
  }

  /** As tmux's formats say: `#{cursor_flag}` and the like. */
  ask(format: string): string {
    return this.#tmux('display-message', '-p', format).trim();
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Looks until all of it is there; the screen with it. */
  async until(...wanted: readonly (string | RegExp)[]): Promise<string> {
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      const screen = this.screen();
      const missing = wanted.filter((one) =>
        typeof one === 'string' ? !screen.includes(one) : !one.test(screen),
      );
      if (missing.length === 0) return screen;
      if (Date.now() > end) throw new Error(`${missing.join(', ')} did not come:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#server, 'kill-server']);
  }
}
