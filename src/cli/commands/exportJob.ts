/** What the formats of `export` have in common: a session, the span of the run to write, and a file. */
import type { Session } from '../../replay/session.js';
import { WriteFile } from '../host/files.js';
import type { Host } from '../host/host.js';

export interface ExportJob {
  readonly session: Session;
  readonly host: Host;
  /** The name of the trace, without its folder. */
  readonly title: string;
  readonly from: number;
  /** The last clock: what happens there is told within the instruction that begins there at the latest. */
  readonly to: number;
  /** Takes text or bytes as they come. */
  readonly sink: (piece: string | Uint8Array) => void;
}

/** Bytes that are written at once, at least. */
const CHUNK = 2 ** 16;

export class ExportFile {
  readonly #file: WriteFile;
  readonly #encoder = new TextEncoder();
  #text = '';
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  constructor(path: string) {
    this.#file = new WriteFile(path);
  }

  readonly write = (piece: string | Uint8Array): void => {
    if (typeof piece === 'string') this.#text += piece;
    else this.#add(piece);
    if (this.#text.length + this.#bytes >= CHUNK) this.#flush();
  };

  #add(bytes: Uint8Array): void {
    this.#encode();
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
  }

  /** Text is encoded many pieces at a time: they are often single lines. */
  #encode(): void {
    if (this.#text === '') return;
    const text = this.#encoder.encode(this.#text);
    this.#text = '';
    this.#add(text);
  }

  #flush(): void {
    this.#encode();
    this.#file.write(Buffer.concat(this.#waiting));
    this.#waiting = [];
    this.#bytes = 0;
  }

  close(): void {
    this.#flush();
    this.#file.close();
  }
}
