/** Files as the commands need them; what goes wrong becomes one line that names the file. */
import * as fs from 'node:fs';
import type { ByteSource } from '../../replay/trace/format.js';
import type { Sink } from '../../replay/trace/writer.js';
import { CliError, cannotRead, cannotWrite } from '../errors.js';
import { ExitCode } from '../exitCodes.js';

/** A regular file opened for reading at any place. */
export class ReadFile implements ByteSource {
  readonly path: string;
  readonly size: number;
  readonly #fd: number;

  constructor(path: string) {
    this.path = path;
    // Before it is opened: opening a pipe would wait for its other end.
    const stat = attempt(() => fs.statSync(path), path);
    if (!stat.isFile()) {
      throw cannotRead(path, { code: stat.isDirectory() ? 'EISDIR' : 'it is not a regular file' });
    }
    this.#fd = attempt(() => fs.openSync(path, 'r'), path);
    this.size = stat.size;
  }

  /** Bytes from `offset`, fewer only at the end of the file. */
  read(offset: number, length: number): Uint8Array {
    const out = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    for (let done = 0; done < out.length; ) {
      const got = attempt(
        () => fs.readSync(this.#fd, out, done, out.length - done, offset + done),
        this.path,
      );
      if (got === 0) throw cannotRead(this.path, { code: 'it has become shorter' });
      done += got;
    }
    return out;
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}

/** Images larger than this are a mistake, and more than memory should hold. */
const MAX_WHOLE = 2 ** 30;

export function readWhole(path: string): Uint8Array {
  const file = new ReadFile(path);
  try {
    if (file.size > MAX_WHOLE) throw new CliError(ExitCode.badInput, `${path} is larger than 1 GiB`);
    return file.read(0, file.size);
  } finally {
    file.close();
  }
}

/** A file written from its beginning. */
export class WriteFile {
  readonly path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.path = path;
    try {
      this.#fd = fs.openSync(path, 'w');
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  readonly write: Sink = (bytes) => {
    try {
      for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#fd, bytes, done);
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  };

  /** Has the bytes on the disk itself before it returns. */
  close(): void {
    try {
      fs.fsyncSync(this.#fd);
      fs.closeSync(this.#fd);
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }
}

/** Refuses to write over a file that the machine reads, under whatever name. */
export function protectInputs(path: string, inputs: readonly string[]): void {
  const target = fs.statSync(path, { throwIfNoEntry: false });
  if (!target) return;
  for (const input of inputs) {
    const stat = fs.statSync(input, { throwIfNoEntry: false });
    if (stat && stat.dev === target.dev && stat.ino === target.ino) {
      throw new CliError(ExitCode.usage, `${path} is an input of this run and will not be written to`);
    }
  }
}

/** Finds out before a run whether its result can be written after it. */
export function checkWritable(path: string): void {
  const existed = fs.existsSync(path);
  try {
    fs.closeSync(fs.openSync(path, 'a'));
    if (!existed) fs.unlinkSync(path);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** The first of `stem-001.suffix`, `stem-002.suffix` ... that does not exist. */
export function freeName(stem: string, suffix: string): string {
  for (let i = 1; ; i++) {
    const name = `${stem}-${String(i).padStart(3, '0')}.${suffix}`;
    if (!fs.existsSync(name)) return name;
  }
}

function attempt<T>(read: () => T, path: string): T {
  try {
    return read();
  } catch (error) {
    throw cannotRead(path, error);
  }
}
