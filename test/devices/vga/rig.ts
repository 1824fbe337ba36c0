/** A VGA on a fake bus, powered on, with shorthands for its ports and memory. */
import { setMode, startTextMode } from '../../../src/devices/vga/modes.js';
import { Vga } from '../../../src/devices/vga/vga.js';
import { FakeBus } from '../support/fakeBus.js';

export class VgaRig {
  readonly bus = new FakeBus();
  readonly vga = new Vga(this.bus, { name: 'vga' });

  constructor(mode?: number) {
    this.vga.reset();
    if (mode === 3) startTextMode(this.bus, this.poke);
    else if (mode !== undefined) this.setMode(mode);
  }

  setMode(mode: number): void {
    setMode(this.bus, mode);
  }

  get state() {
    return this.vga.state;
  }

  readonly poke = (address: number, value: number): void => {
    this.bus.memory.write(address, value, 1);
  };

  peek(address: number): number {
    return this.bus.memory.read(address, 1);
  }

  /** Writes a register of an index/data pair. */
  set(port: number, index: number, value: number): void {
    this.bus.out(port, index);
    this.bus.out(port + 1, value);
  }

  get(port: number, index: number): number {
    this.bus.out(port, index);
    return this.bus.in(port + 1);
  }

  crtc(index: number, value: number): void {
    this.set(0x3d4, index, value);
  }

  sequencer(index: number, value: number): void {
    this.set(0x3c4, index, value);
  }

  graphics(index: number, value: number): void {
    this.set(0x3ce, index, value);
  }

  /** Sets a register of the attribute controller and leaves the picture on. */
  attribute(index: number, value: number): void {
    this.bus.in(0x3da);
    this.bus.out(0x3c0, index | (index < 0x10 ? 0 : 0x20));
    this.bus.out(0x3c0, value);
    this.bus.out(0x3c0, 0x20);
  }

  /** Prints on a colour text screen. */
  print(row: number, column: number, text: string, attribute = 0x07, columns = 80): void {
    [...text].forEach((character, i) => {
      const at = 0xb8000 + 2 * (row * columns + column + i);
      this.poke(at, character.charCodeAt(0));
      this.poke(at + 1, attribute);
    });
  }
}
