/** The file of a run that is going on: written at its end, read anywhere. */
import * as fs from 'node:fs';
import type { LiveFile } from '../../replay/live/liveRun.js';
import { CliError, cannotRead, cannotWrite } from '../errors.js';
import { ExitCode } from '../exitCodes.js';

export class TraceFile implements LiveFile {
  readonly path: string;
  readonly #fd: number;

  /** Made anew to be written, or opened to be read while somebody else writes. */
  constructor(path: string, mode: 'write' | 'read') {
    this.path = path;
    try {
      this.#fd = fs.openSync(path, mode === 'write' ? 'w+' : 'r');
    } catch (error) {
      throw mode === 'write' ? cannotWrite(path, error) : cannotRead(path, error);
    }
    if (fs.fstatSync(this.#fd).isFile()) return;
    throw new CliError(
      ExitCode.noOutput,
      `cannot write ${path}: a live run is read again, from a regular file`,
    );
  }

  /** As much as there is now. */
  get size(): number {
    return fs.fstatSync(this.#fd).size;
  }

  readonly write = (bytes: Uint8Array): void => {
    try {
      for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#fd, bytes, done);
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  };

  read(offset: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    let done = 0;
    for (let got = 1; done < length && got > 0; done += got) {
      got = fs.readSync(this.#fd, out, done, length - done, offset + done);
    }
    return out.subarray(0, done);
  }

  /** Has the bytes on the disk itself. */
  sync(): void {
    try {
      fs.fsyncSync(this.#fd);
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  /** As if it had never been. */
  remove(): void {
    this.close();
    fs.rmSync(this.path, { force: true });
  }
}
