/** Files as the commands need them; what goes wrong becomes one line that names the file. */
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
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
      // A pipe or a device has nothing to bring to a disk, and says so.
      if (fs.fstatSync(this.#fd).isFile()) fs.fsyncSync(this.#fd);
      fs.closeSync(this.#fd);
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }
}

/** Refuses to write over a file that the machine reads, under whatever name. */
export function protectInputs(path: string, inputs: readonly string[]): void {
  if (inputs.some((input) => sameFile(input, path))) {
    throw new CliError(ExitCode.usage, `${path} is an input of this run and will not be written to`);
  }
}

/** Refuses to write two things to one file. */
export function protectOutput(path: string, other: string): void {
  if (resolve(path) === resolve(other) || sameFile(path, other)) {
    throw new CliError(ExitCode.usage, `${path} cannot be two outputs at once`);
  }
}

/** True if both names lead to one file that exists. */
function sameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => fs.statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

/** Finds out before a run whether its result can be written after it. */
export function checkWritable(path: string): void {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  // To open a pipe would wait for its other end.
  if (stat?.isFIFO()) return;
  const existed = stat !== undefined;
  try {
    fs.closeSync(fs.openSync(path, 'a'));
    if (!existed) fs.unlinkSync(path);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** The files of a folder whose names end so, in order; of anything else, itself. */
export function filesIn(path: string, suffix: string): readonly string[] {
  const stat = attempt(() => fs.statSync(path), path);
  if (!stat.isDirectory()) return [path];
  const names = attempt(() => fs.readdirSync(path), path);
  return names
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => join(path, name));
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
