/**
 * The one file that gdb can fetch from its target (GDB manual, appendix E.7, "Host I/O Packets"): what is known of
 * symbols, as the program that the machine executes. gdb asks for it if its user has named no program.
 */
import { littleEndian, numberOf, numbersOf, textOfHex } from './hex.js';
import { PACKET_SIZE, textOf } from './packets.js';

/** Its name, as gdb shows it. */
export const SYMBOL_FILE = '/guest-symbols';

const DESCRIPTOR = 3;
const REGULAR_READABLE = 0o100444;
/** Errors by the protocol's numbers. */
const Errno = { noEntry: 2, badDescriptor: 9, readOnly: 30, invalid: 22 } as const;
const BLOCK = 512;

export class FileTransfer {
  readonly #contents: Uint8Array;

  constructor(contents: Uint8Array) {
    this.#contents = contents;
  }

  /** The answer to what is behind `vFile:`; empty to what is not known. */
  of(request: string): string {
    const [operation, text = ''] = split(request);
    switch (operation) {
      case 'setfs':
        return 'F0';
      case 'open':
        return textOfHex(text.split(',')[0]!) === SYMBOL_FILE ? `F${DESCRIPTOR}` : failed(Errno.noEntry);
      case 'close':
        return numberOf(text) === DESCRIPTOR ? 'F0' : failed(Errno.badDescriptor);
      case 'pread':
        return this.#read(text);
      case 'fstat':
        return numberOf(text) === DESCRIPTOR ? data(this.#status()) : failed(Errno.badDescriptor);
      case 'readlink':
        return failed(Errno.invalid);
      case 'pwrite':
      case 'unlink':
        return failed(Errno.readOnly);
    }
    return '';
  }

  #read(text: string): string {
    const [descriptor, count, offset] = numbersOf(text, 3) ?? [];
    if (descriptor !== DESCRIPTOR) return failed(Errno.badDescriptor);
    // Half a packet: each byte may have to be escaped.
    return data(this.#contents.subarray(offset, offset! + Math.min(count!, PACKET_SIZE / 2 - 16)));
  }

  /** Struct stat of the File-I/O protocol (appendix E.13.8.4): most significant bytes first. */
  #status(): Uint8Array {
    const { length } = this.#contents;
    const fields: readonly (readonly [value: number, size: number])[] = [
      ...[0, 0, REGULAR_READABLE, 1, 0, 0, 0].map((value) => [value, 4] as const),
      ...[length, BLOCK, Math.ceil(length / BLOCK)].map((value) => [value, 8] as const),
      ...[0, 0, 0].map((value) => [value, 4] as const),
    ];
    return Uint8Array.from(fields.flatMap(([value, size]) => [...littleEndian(value, size)].reverse()));
  }
}

function split(request: string): [string, string] {
  const colon = request.indexOf(':');
  return colon < 0 ? [request, ''] : [request.slice(0, colon), request.slice(colon + 1)];
}

function data(bytes: Uint8Array): string {
  return `F${bytes.length.toString(16)};${textOf(bytes)}`;
}

const failed = (errno: number): string => `F-1,${errno.toString(16)}`;
