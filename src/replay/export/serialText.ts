/**
 * Bytes of a serial line as text, as they come: UTF-8 (RFC 3629) where they are that, else Latin-1, a character a
 * byte. Latin-1's control characters 80h to 9Fh, which a terminal might obey, become U+FFFD.
 */

const REPLACEMENT = '\ufffd';

export class SerialText {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #waiting: readonly number[] = [];

  /** The text of these bytes and those before them; a character that is not complete waits for the next ones. */
  take(bytes: readonly number[]): string {
    return this.#decode([...this.#waiting, ...bytes], false);
  }

  /** What still waits. */
  end(): string {
    return this.#decode(this.#waiting, true);
  }

  #decode(bytes: readonly number[], last: boolean): string {
    let text = '';
    this.#waiting = [];
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceLength(bytes[at]!);
      const sequence = bytes.slice(at, at + length);
      if (sequence.length < length && !last && sequence.slice(1).every(continues)) {
        this.#waiting = sequence;
        break;
      }
      const character = this.#character(sequence);
      text += character ?? latin1(bytes[at]!);
      at += character === undefined ? 1 : length;
    }
    return text;
  }

  /** Undefined if it is no character in UTF-8. */
  #character(sequence: readonly number[]): string | undefined {
    try {
      return this.#utf8.decode(Uint8Array.from(sequence));
    } catch {
      return undefined;
    }
  }
}

/** Bytes of the character that begins with this one, if it begins one. */
function sequenceLength(byte: number): number {
  if (byte < 0xc2 || byte > 0xf4) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

const continues = (byte: number): boolean => byte >>> 6 === 2;

function latin1(byte: number): string {
  return byte >= 0x80 && byte < 0xa0 ? REPLACEMENT : String.fromCharCode(byte);
}
