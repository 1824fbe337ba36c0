/** A host for commands run in the test's own process: the toy machine, and streams that are kept. */
import { EventEmitter } from 'node:events';
import type { ConformAnswer, ConformTask } from '../../../src/cli/conform/task.js';
import work from '../../../src/cli/conform/worker.js';
import type { Host, Input, Workers } from '../../../src/cli/host/host.js';
import { Answerer } from '../../../src/cli/query/answer.js';
import type { QueryAnswer, QueryTask } from '../../../src/cli/query/task.js';
import type { Boards } from '../../../src/replay/boards.js';
import { toyAsPc } from '../../replay/support/toy.js';

export class FakeInput extends EventEmitter implements Input {
  isTTY = false;
  raw = false;

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }

  resume(): void {}
  pause(): void {}
}

export class FakeHost implements Host {
  out = '';
  err = '';
  readonly stdin = new FakeInput();
  env: Record<string, string> = {};
  boardsBuilt: Boards = toyAsPc;
  readonly signals = new Set<(signal: string) => void>();
  readonly stdout = {
    isTTY: false,
    write: (text: string | Uint8Array) => {
      this.out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
  };
  readonly stderr = {
    isTTY: false,
    write: (text: string | Uint8Array) => {
      this.err += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
  };

  boards(): Boards {
    return this.boardsBuilt;
  }

  firmware(_board: string, _memory: number): Uint8Array {
    return Uint8Array.of(0xf0);
  }

  /** One at a time, in this thread. */
  conformWorkers(): Workers<ConformTask, ConformAnswer> {
    let last: Promise<unknown> = Promise.resolve();
    return {
      run: (task) => {
        const done = last.then(() => new Promise((resolve) => setImmediate(resolve))).then(() => work(task));
        last = done;
        return done;
      },
      threads: 1,
      close: async () => {},
    };
  }

  /** The same. */
  queryWorkers(): Workers<QueryTask, QueryAnswer> {
    const answerer = new Answerer(this.boards());
    let last: Promise<unknown> = Promise.resolve();
    return {
      run: (task) => {
        const done = last.then(() => new Promise((resolve) => setImmediate(resolve)));
        last = done;
        // As between threads, nothing but data.
        return done.then(() => structuredClone(answerer.answer(structuredClone(task))));
      },
      threads: 2,
      close: async () => {},
    };
  }

  onSignal(listener: (signal: string) => void): () => void {
    this.signals.add(listener);
    return () => this.signals.delete(listener);
  }

  signal(name: string): void {
    for (const listener of this.signals) listener(name);
  }
}
