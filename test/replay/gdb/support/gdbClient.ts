/** The other side of a session, without a socket: asks, and reads what is answered as the GDB manual says. */
import type { Debugger } from '../../../../src/replay/debug/debugger.js';
import { GdbSession } from '../../../../src/replay/gdb/session.js';

const chars = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

export const hex = (text: string): string => Buffer.from(text).toString('hex');
export const unhex = (text: string): string => Buffer.from(text, 'hex').toString();

/** The same with a checksum around it. */
export function packet(data: string): string {
  let sum = 0;
  for (const char of data) sum += char.charCodeAt(0);
  return `$${data}#${(sum % 256).toString(16).padStart(2, '0')}`;
}

export class GdbClient {
  readonly session: GdbSession;
  /** All that has come, as it came. */
  line = '';

  constructor(debug: Debugger) {
    this.session = new GdbSession(debug, (bytes) => (this.line += Buffer.from(bytes).toString('latin1')));
  }

  send(text: string): void {
    this.session.receive(chars(text));
  }

  /** Does what is to be done. */
  settle(): void {
    while (this.session.advance());
  }

  /** What has come since this was asked last, its checksums checked; `+` and `-` stand for themselves. */
  take(): string[] {
    const out: string[] = [];
    for (const [whole, sign, body = ''] of this.line.matchAll(/([+-])|\$([^#]*)#[0-9a-f]{2}/gs)) {
      if (!sign && whole !== packet(body)) throw new Error(`checksum: ${whole}`);
      out.push(sign ?? body.replace(/}(.)/gs, (_, c: string) => String.fromCharCode(c.charCodeAt(0) ^ 0x20)));
    }
    this.line = '';
    return out;
  }

  /** One packet's answer, without what was told on the console. */
  ask(data: string): string {
    return this.askAll(data).answer;
  }

  /** What was told on the console, and the answer. */
  askAll(data: string): { readonly told: string; readonly answer: string } {
    this.send(packet(data));
    this.settle();
    const packets = this.take().filter((p) => p !== '+');
    const isTold = (p: string) => p.startsWith('O') && p !== 'OK';
    const answers = packets.filter((p) => !isTold(p));
    if (answers.length > 1) throw new Error(`${data}: ${answers.length} answers`);
    const told = packets.filter(isTold).map((p) => unhex(p.slice(1)));
    return { told: told.join(''), answer: answers[0] ?? '(none)' };
  }

  monitor(line: string): { readonly told: string; readonly answer: string } {
    return this.askAll(`qRcmd,${hex(line)}`);
  }
}
