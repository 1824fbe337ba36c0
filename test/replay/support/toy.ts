/**
 * A machine small enough to see through, for tests of record and replay: a CPU that stirs its registers
 * and memory and takes interrupts, and one device with a timer, an input, two sources and an output.
 * Its CPU follows src/core/cpu.ts in everything the machine may rely on.
 */
import type { Cpu, CpuObserver, CpuPins, Stop } from '../../../src/core/cpu.js';
import type { Bus, Device, Line } from '../../../src/core/device.js';
import { layout } from '../../../src/core/layout.js';
import { Machine } from '../../../src/core/machine.js';
import { PhysicalMemory } from '../../../src/core/memory.js';
import { PageStore, STORE_PAGE } from '../../../src/core/pages.js';
import { pitMultiple } from '../../../src/core/time.js';
import type { Blobs } from '../../../src/devices/description.js';
import type { Description } from '../../../src/replay/trace/records.js';

const TOY_CPU = layout('toycpu', {
  reg: ['u32', 4],
  intr: 'u8',
  halted: 'u8',
  stopping: 'u8',
  clock: 'f64',
  retired: 'f64',
});

export const PORT = {
  read: 0x10,
  entropy: 0x11,
  out: 0x12,
  stop: 0x13,
  key: 0x14,
  write: 0x15,
  dma: 0x16,
} as const;

export class ToyCpu implements Cpu {
  readonly name = 'toy';
  readonly state = TOY_CPU.create();
  observer: CpuObserver | undefined;
  readonly #pins: CpuPins;
  readonly #memory: PhysicalMemory;

  constructor(pins: CpuPins, memory: PhysicalMemory) {
    this.#pins = pins;
    this.#memory = memory;
  }

  get clock(): number {
    return this.state.clock;
  }

  set clock(value: number) {
    this.state.clock = value;
  }

  get dead(): boolean {
    return this.state.halted === 2;
  }

  get retired(): number {
    return this.state.retired;
  }

  reset(): void {
    this.state.reg.set([1, 2, 3, 4]);
    this.state.halted = 0;
    this.state.stopping = 0;
  }

  interrupt(level: boolean): void {
    this.state.intr = level ? 1 : 0;
  }

  nmi(): void {}
  settle(): void {}
  dropCaches(): void {}

  dropDerivedState(): void {}

  run(until: number): Stop {
    const { state } = this;
    while (state.clock < Math.min(until, this.#pins.nextEvent())) {
      if (state.stopping) return 'shutdown';
      if (state.intr && state.halted < 2) this.#interrupted();
      else if (state.halted) return 'halted';
      else if (this.observer?.boundary?.()) return 'observer';
      else this.#step();
      if (this.#pins.attention()) return 'attention';
    }
    return 'clock';
  }

  #interrupted(): void {
    const { state } = this;
    state.halted = 0;
    const vector = this.#pins.acknowledge();
    this.#pins.delivered(vector, true);
    state.reg[1]! += vector;
    if (vector === 0x21) this.#command(this.#pins.io.read(PORT.key, 1));
    state.clock += 26;
  }

  /** What a key does, so that tests can ask for any ending. */
  #command(key: number): void {
    const { io } = this.#pins;
    io.write(PORT.out, key, 1);
    if (key === 0x71 /* q */) io.write(PORT.stop, 0, 1);
    if (key === 0x78 /* x */) io.write(PORT.stop, 7, 1);
    if (key === 0x72 /* r */) io.write(PORT.stop, 255, 1);
    if (key === 0x74 /* t */) this.state.stopping = 1;
    if (key === 0x68 /* h */) this.state.halted = 2;
    this.state.reg[2]! += key * 77;
  }

  #step(): void {
    const { state } = this;
    const [a, b, c] = state.reg as unknown as [number, number, number];
    // An odd increment and a multiplier of 4k + 1 give all low bits their turn.
    const x = (Math.imul(a, 1664525) + (b | 1)) >>> 0;
    state.reg[0] = x;
    const address = (x >>> 8) & 0xffffc;
    if (x % 64 === 0) this.#memory.write(address, x ^ c, 4);
    if (x % 64 === 1) state.reg[1] = this.#memory.read(address, 4);
    if (x % 1024 === 2) state.reg[2] = (c ^ this.#pins.io.read(PORT.read, 4)) >>> 0;
    if (x % 8192 === 3) state.reg[2]! += this.#pins.io.read(PORT.entropy, 4);
    if (x % 4096 === 4) this.#pins.io.write(PORT.out, 0x61 + (x >>> 27), 1);
    if (x % 4096 === 5) this.#pins.io.write(PORT.write, x >>> 16, 2);
    if (x % 4096 === 6) this.#pins.io.write(PORT.dma, x >>> 8, 4);
    if (x % 2048 === 7) state.halted = 1;
    state.clock += 1 + (x & 3);
    state.retired++;
  }
}

const TOY_DEVICE = layout('toydevice', {
  keys: ['u8', 16],
  count: 'u32',
  ticks: 'u32',
  pendingTick: 'u8',
  sum: 'u32',
  buffer: ['u8', 512],
});

export const TOY_SECTORS = 64;

export class ToyDevice implements Device {
  readonly name = 'toy';
  readonly state = TOY_DEVICE.create();
  readonly pages = new PageStore();
  readonly #intr: Line;
  readonly #tick: ReturnType<Bus['timer']>;
  readonly #period: number;

  constructor(bus: Bus, intr: Line, period: number) {
    this.#intr = intr;
    this.#period = period;
    this.#tick = bus.timer(this.name, 'tick', () => {
      this.state.ticks++;
      this.state.pendingTick = 1;
      this.#tick.set(bus.now() + period);
      this.#wire();
    });
    const disk = bus.source('disk:0');
    const entropy = bus.source('entropy');
    bus.input('keyboard', (data) => this.#keys(data, bus));
    bus.input('serial:com1', (data) => this.#keys(data, bus));
    bus.input('power', (data) => bus.request({ kind: data[0] === 2 ? 'reset' : 'power-off' }));
    bus.ports(0x10, 8, {
      read: (port) => {
        if (port === PORT.key) return this.state.keys[0]!;
        if (port === PORT.read) return this.#readDisk(disk.read(this.state.ticks % TOY_SECTORS, 1024), bus);
        if (port === PORT.entropy) return new DataView(entropy.read(0, 4).slice().buffer).getUint32(0);
        return 0xff;
      },
      write: (port, value) => this.#write(port, value, bus),
    });
  }

  #readDisk(data: Uint8Array, bus: Bus): number {
    bus.note('disk', this.name, 'read', this.state.ticks % TOY_SECTORS, 2);
    this.state.buffer.set(data.subarray(0, 512));
    return data[0]! + data[1023]! * 256;
  }

  #write(port: number, value: number, bus: Bus): void {
    if (port === PORT.out) bus.note('serial', 'com1', 'tx', value & 0xff);
    if (port === PORT.dma) {
      bus.memory.writeBytes(value & 0xffff0, this.state.buffer);
      bus.note('dma', this.name, 'write', value & 0xffff0, 512);
    }
    if (port === PORT.write) {
      const page = this.pages.writable(value % 8, () => new Uint8Array(STORE_PAGE));
      page[value % STORE_PAGE]!++;
    }
    if (port !== PORT.stop) return;
    if (value === 255) bus.request({ kind: 'reset' });
    else bus.request(value ? { kind: 'exit', code: value } : { kind: 'power-off' });
  }

  #keys(data: Uint8Array, bus: Bus): void {
    bus.note('key', this.name, 'input', data[0] ?? 0, data.length);
    for (const byte of data) if (this.state.count < 16) this.state.keys[this.state.count++] = byte;
    this.#wire();
  }

  /** The interrupt controller, as far as there is one: the timer's vector is 20h, the keys' 21h. */
  acknowledge(): number {
    const { state } = this;
    if (state.pendingTick) {
      state.pendingTick = 0;
      this.#wire();
      return 0x20;
    }
    // The key was read as the handler will see it: first in, first out.
    const key = state.keys[0]!;
    state.keys.copyWithin(0, 1);
    state.count--;
    state.keys[15] = 0;
    this.state.sum += key;
    this.#wire();
    state.keys.copyWithin(1, 0, 15);
    state.keys[0] = key;
    return 0x21;
  }

  #wire(): void {
    this.#intr(this.state.pendingTick === 1 || this.state.count > 0);
  }

  reset(): void {
    this.state.bytes.fill(0);
    this.#tick.set(this.#period);
    this.#wire();
  }
}

export const toyDescription: Description = { board: 'toy', memory: 1 << 20, period: 20_000, program: '' };

/** Builds a toy; `tweak` may spoil it before power-on. */
export function buildToy(d: Description, blobs: Blobs): Machine {
  const memory = new PhysicalMemory(new Uint8Array(d['memory'] as number));
  const machine = new Machine(memory, pitMultiple(84));
  let device: ToyDevice | undefined;
  const cpu = new ToyCpu(
    {
      io: machine.io,
      acknowledge: () => device!.acknowledge(),
      nextEvent: () => machine.schedule.next,
      attention: () => machine.attention(),
      delivered: (vector) => machine.note('irq', 'pic', 'deliver', vector),
    },
    memory,
  );
  machine.cpu = cpu;
  device = machine.add(new ToyDevice(machine, (level) => cpu.interrupt(level), d['period'] as number));
  const program = blobs.get(d['program'] as string);
  if (program) memory.load(0x1000, program);
  machine.powerOn();
  return machine;
}

export const toyBoards = { toy: buildToy };

/** The toy in the place of a PC, for the command line. */
export const toyAsPc = {
  pc: (d: Description, blobs: Blobs) => buildToy({ ...d, memory: d['memory'], period: 20_000 }, blobs),
};
