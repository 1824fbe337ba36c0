/**
 * The compiler of hot code: makes a WebAssembly module of a region and puts its function where the head of
 * the region's first block finds it. All it makes is derived from decoded code and goes when that goes.
 */
import { I32, ModuleWriter } from '../../../../wasm/module.js';
import { instructionSet } from '../../isa/table.js';
import { Rec, type Space } from '../../space.js';
import { importHelpers, type Runtime } from '../effects.js';
import type { Interpreter } from '../interpreter.js';
import { type Block, RegionReader } from './region.js';
import { RegionCode } from './regionCode.js';

const EXPORT = 'region';

export class Compiler {
  readonly #space: Space;
  readonly #interpreter: Interpreter;
  readonly #reader: RegionReader;
  /** The next place in the table of handlers. */
  #next: number;
  /** Regions compiled since power-on, for tests and measurements. */
  regions = 0;

  constructor(space: Space, interpreter: Interpreter, family: number) {
    this.#space = space;
    this.#interpreter = interpreter;
    this.#reader = new RegionReader(space, instructionSet(family).expanded, interpreter.handlers);
    this.#next = interpreter.handlers.regions;
  }

  /** Is there no room for another region until decoded code is dropped? */
  get full(): boolean {
    return this.#next === this.#interpreter.table.length;
  }

  /** The block with this head will not be counted any more: it is compiled, or never will be. */
  compile(head: number, table: number, offset: number, flat: number): void {
    const blocks = this.#reader.read(table, offset, flat);
    const handler = blocks.length > 0 ? this.#next++ : this.#interpreter.handlers.pass;
    if (blocks.length > 0) this.#instantiate(handler, blocks, offset, flat);
    this.#space.u16[(head + Rec.handler) >>> 1] = handler;
  }

  #instantiate(place: number, blocks: readonly Block[], offset: number, flat: number): void {
    const w = new ModuleWriter();
    const runtime: Runtime = {
      goto: w.import('goto', { params: [I32], results: [I32] }),
      gotoDirect: w.import('gotoDirect', { params: [I32, I32], results: [I32] }),
      helper: importHelpers(
        w,
        blocks.flatMap((b) => b.instructions.map((i) => i.effects)),
      ),
    };
    const { index, code } = w.function({ params: [I32], results: [I32] });
    new RegionCode(code, runtime, blocks, offset, flat).emit();
    w.export(EXPORT, index);
    const module = new WebAssembly.Module(w.encode(1));
    const { exports } = new WebAssembly.Instance(module, { env: this.#interpreter.linkage });
    this.#interpreter.table.set(place, exports[EXPORT] as () => number);
    this.regions++;
  }

  /** Decoded code has been dropped, and every region with it; the host gets their memory back. */
  dropAll(): void {
    const { regions } = this.#interpreter.handlers;
    while (this.#next > regions) this.#interpreter.table.set(--this.#next, null);
  }
}
