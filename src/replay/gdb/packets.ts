/**
 * Packets of gdb's remote serial protocol, as the GDB manual has them (appendix E.1, Overview): `$data#checksum`,
 * acknowledged with `+` or asked for again with `-`, and between packets the byte 03h, an interrupt. In memory a
 * packet's data is a text with a character a byte.
 *
 * Left out: run-length encoding, which is the sender's choice, and notifications, which non-stop mode needs.
 */

export type Incoming =
  | { readonly kind: 'packet'; readonly data: string }
  /** Its checksum is wrong, or it is too long: to be asked for again. */
  | { readonly kind: 'damaged' }
  /** The other side has got the last packet, or has not. */
  | { readonly kind: 'acknowledged' | 'resend' }
  | { readonly kind: 'interrupt' };

/** What gdb may send in one packet, and is sent at most, in bytes. */
export const PACKET_SIZE = 0x4000;
const INTERRUPT = '\x03';
const ESCAPE = '}';
const ESCAPED_BY = 0x20;
/** In what is sent, a `*` would begin a run. */
const SPECIAL = /[#$}*]/g;
const CHECKSUM_DIGITS = 2;

/** The packet as it goes over the line. */
export function frame(data: string): Uint8Array {
  const body = data.replace(SPECIAL, (char) => ESCAPE + String.fromCharCode(char.charCodeAt(0) ^ ESCAPED_BY));
  return latin1(`$${body}#${checksum(body).toString(16).padStart(CHECKSUM_DIGITS, '0')}`);
}

/** A byte a character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** As `latin1`, the other way. */
export function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function checksum(body: string): number {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += body.charCodeAt(i);
  return sum & 0xff;
}

function unescaped(body: string): string {
  return body.replace(/\}([\s\S])/g, (_, char: string) => {
    return String.fromCharCode(char.charCodeAt(0) ^ ESCAPED_BY);
  });
}

/** Finds the packets in what arrives, however it is cut into pieces. */
export class PacketReader {
  #state: 'between' | 'body' | 'checksum' = 'between';
  #body = '';
  #digits = '';
  #tooLong = false;

  read(bytes: Uint8Array): Incoming[] {
    const out: Incoming[] = [];
    for (const byte of bytes) {
      const incoming = this.#take(String.fromCharCode(byte));
      if (incoming) out.push(incoming);
    }
    return out;
  }

  #take(char: string): Incoming | undefined {
    if (this.#state === 'checksum') return this.#checksum(char);
    // Within a packet it is escaped: the rest of the one before is lost.
    if (char === '$') return this.#begin();
    if (this.#state === 'between') return between(char);
    if (char === '#') this.#state = 'checksum';
    else if (this.#body.length < 2 * PACKET_SIZE) this.#body += char;
    else this.#tooLong = true;
    return undefined;
  }

  #begin(): undefined {
    this.#state = 'body';
    this.#body = '';
    this.#digits = '';
    this.#tooLong = false;
  }

  #checksum(char: string): Incoming | undefined {
    this.#digits += char;
    if (this.#digits.length < CHECKSUM_DIGITS) return undefined;
    this.#state = 'between';
    const right =
      /^[0-9a-f]{2}$/i.test(this.#digits) && Number.parseInt(this.#digits, 16) === checksum(this.#body);
    return right && !this.#tooLong ? { kind: 'packet', data: unescaped(this.#body) } : { kind: 'damaged' };
  }
}

/** What else is on the line is noise. */
function between(char: string): Incoming | undefined {
  switch (char) {
    case INTERRUPT:
      return { kind: 'interrupt' };
    case '+':
      return { kind: 'acknowledged' };
    case '-':
      return { kind: 'resend' };
  }
  return undefined;
}
