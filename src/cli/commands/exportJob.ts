/** What the formats of `export` have in common: a session, the span of the run to write, and a file of text. */
import type { Session } from '../../replay/session.js';
import { WriteFile } from '../host/files.js';
import type { Host } from '../host/host.js';

export interface ExportJob {
  readonly session: Session;
  readonly host: Host;
  /** The name of the trace, without its folder. */
  readonly title: string;
  readonly from: number;
  readonly to: number;
  /** Takes the text as it comes. */
  readonly sink: (text: string) => void;
}

/** Characters that are written at once. */
const CHUNK = 2 ** 16;

export class TextFile {
  readonly #file: WriteFile;
  readonly #encoder = new TextEncoder();
  #waiting = '';

  constructor(path: string) {
    this.#file = new WriteFile(path);
  }

  readonly write = (text: string): void => {
    this.#waiting += text;
    if (this.#waiting.length >= CHUNK) this.#flush();
  };

  #flush(): void {
    this.#file.write(this.#encoder.encode(this.#waiting));
    this.#waiting = '';
  }

  close(): void {
    this.#flush();
    this.#file.close();
  }
}
