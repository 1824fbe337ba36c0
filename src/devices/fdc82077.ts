/**
 * Intel 82077AA floppy disk controller in AT mode (data sheet, order number 290166; comments quote its
 * headings). Drives and disks are in floppyDrive.ts, the command table in fdcCommands.ts. As an option it is
 * its ancestor on a diskette adapter for the PC/XT: an NEC uPD765A with the digital output register, which
 * cannot be read, and, as adapters for high-density drives have them, the digital input and configuration
 * control registers. That adapter's data separator is taken to follow the disk, so that a disk of any format
 * can be read by programs that know nothing of data rates.
 *
 * Time: a step takes the step rate of SPECIFY at the data rate ("Drive Control Delays"), and a seek that
 * moves 15 ms more to settle. Sectors are transferred when they have passed under the head; a sector that
 * is not there is given up after two turns. The 512 bytes of a sector move at one instant, so neither the
 * FIFO's depth nor a slow program can be noticed (programmed transfers never overrun). A drive that is
 * missing or whose motor is off sends no index pulses: commands that wait for them wait until a reset.
 *
 * Left out: PS/2 and Model 30 modes, deleted data, READ TRACK, VERIFY, SCAN and relative seeks (answered
 * as invalid commands), head load times, sector sizes other than 512, precompensation, power-down.
 */
import type { Bus, Device, Line } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import type { DmaChannel } from './dma8237.js';
import { microseconds } from './duration.js';
import { type FdcCommand, findCommand } from './fdcCommands.js';
import type { FloppyDrive } from './floppyDrive.js';
import { bytePorts } from './portSplit.js';

const Port = { dor: 2, tdr: 3, msr: 4, fifo: 5, dir: 7 } as const;
const Dor = { drive: 0x03, running: 0x04, dmaGate: 0x08 } as const;
const Dsr = { reset: 0x80, rate: 0x03 } as const;
const Msr = { busy: 0x10, nonDma: 0x20, toHost: 0x40, ready: 0x80 } as const;
const Config = { implied: 0x40, noFifo: 0x20, noPolling: 0x10 } as const;
/** Phases of a command ("Controller Phases"). */
const Phase = { idle: 0, command: 1, execution: 2, result: 3 } as const;
/** Who fills the buffer in a programmed transfer. */
const Fifo = { none: 0, toHost: 1, fromHost: 2 } as const;
/** What the execution timer means. */
const Event = { outOfReset: 1, sector: 2, fail: 3, id: 4, formatted: 5 } as const;
const St0 = { abnormal: 0x40, polling: 0xc0, seekEnd: 0x20, equipment: 0x10 } as const;
const St1 = {
  missingMark: 0x01,
  notWritable: 0x02,
  noData: 0x04,
  overrun: 0x10,
  endOfCylinder: 0x80,
} as const;
const St2 = { wrongCylinder: 0x10 } as const;
const St3 = { protect: 0x40, ready: 0x20, trackZero: 0x10, twoSided: 0x08 } as const;
/** Commands' modifier bits. */
const Modifier = { multiTrack: 0x80, mfm: 0x40 } as const;

/** kbit/s by CCR or DSR bits 0-1. */
const RATES = [500, 300, 250, 1000] as const;
const SECTOR = 512;
const SIZE_CODE_512 = 2;
const MAX_FORMAT_BYTES = 4 * 256;
/** RECALIBRATE gives up after so many steps. */
const RECALIBRATE_STEPS = 79;
const SETTLE_US = 15_000;

const FDC = layout('82077', {
  dor: 'u8',
  tdr: 'u8',
  rate: 'u8',
  phase: 'u8',
  fifo: 'u8',
  int: 'u8',
  /** Bytes of the command so far. */
  command: ['u8', 9],
  received: 'u8',
  result: ['u8', 10],
  resultAt: 'u8',
  resultLength: 'u8',
  specify: ['u8', 2],
  config: 'u8',
  preTrack: 'u8',
  perpendicular: 'u8',
  locked: 'u8',
  lastSector: 'u8',
  /** Present cylinder numbers: the chip's idea of where the heads are. */
  pcn: ['u8', 4],
  /** Drives with a status for SENSE INTERRUPT STATUS, a bit each, and their ST0. */
  pending: 'u8',
  pendingSt0: ['u8', 4],
  /** Clock at which each drive's seek ends; Infinity while it stands still. */
  seekEnd: ['f64', 4],
  /** ID of the sector in question, and physical head. */
  cylinder: 'u8',
  head: 'u8',
  idHead: 'u8',
  sector: 'u8',
  st1: 'u8',
  st2: 'u8',
  /** Clock up to which the disk has been read or written: where the head is in the turn. */
  at: 'f64',
  bufferAt: 'u16',
  bufferEnd: 'u16',
  buffer: ['u8', MAX_FORMAT_BYTES],
});

export interface Fdc82077Options {
  readonly name: string;
  readonly irq: Line;
  readonly dma: DmaChannel;
  readonly drives: readonly (FloppyDrive | null)[];
  /** The PC/XT's diskette adapter instead. */
  readonly is765?: boolean;
}

export class Fdc82077 implements Device {
  readonly name: string;
  readonly state = FDC.create();
  readonly #bus: Bus;
  readonly #irq: Line;
  readonly #dma: DmaChannel;
  readonly #drives: readonly (FloppyDrive | null)[];
  readonly #execution: Timer;
  readonly #seek: Timer;
  readonly #is765: boolean;

  constructor(bus: Bus, options: Fdc82077Options) {
    this.name = options.name;
    this.#bus = bus;
    this.#irq = options.irq;
    this.#dma = options.dma;
    this.#drives = options.drives;
    this.#is765 = options.is765 ?? false;
    this.#execution = bus.timer(options.name, 'execution', (event) => this.#happen(event));
    this.#seek = bus.timer(options.name, 'seek', () => this.#endSeeks());
    const isOwn = (port: number): boolean => (port >= 0x3f0 && port < 0x3f6) || port === 0x3f7;
    const isOwn765 = (port: number): boolean => [0x3f2, 0x3f4, 0x3f5, 0x3f7].includes(port);
    const handler = bytePorts(
      (port) => this.#read(port & 7),
      (port, value) => this.#write(port & 7, value),
      this.#is765 ? isOwn765 : isOwn,
    );
    bus.ports(0x3f0, 6, handler);
    bus.ports(0x3f7, 1, handler);
  }

  reset(): void {
    this.state.bytes.fill(0);
    this.#execution.cancel();
    this.#clearChip();
    this.state.rate = 2; // 250 kbit/s ("CCR")
    this.#irq(false);
  }

  /** What every reset does ("Reset"); the parameters of CONFIGURE stay if they are locked. */
  #clearChip(): void {
    const s = this.state;
    s.phase = Phase.idle;
    s.fifo = Fifo.none;
    s.pending = 0;
    s.pcn.fill(0);
    s.seekEnd.fill(Number.POSITIVE_INFINITY);
    s.perpendicular &= 0x3c;
    if (!s.locked) {
      s.config = Config.noFifo;
      s.preTrack = 0;
    }
    this.#execution.cancel();
    this.#seek.cancel();
    this.#raise(false);
  }

  // ---- registers ----

  #read(register: number): number {
    const s = this.state;
    if (register === Port.dor) return this.#is765 ? 0xff : s.dor;
    if (register === Port.tdr) return s.tdr | 0xfc;
    if (register === Port.msr) return this.#mainStatus();
    if (register === Port.fifo) return this.#readFifo();
    if (register === Port.dir) return this.#selected(s.dor & Dor.drive)?.state.changed === 0 ? 0x7f : 0xff;
    return 0xff;
  }

  #write(register: number, value: number): void {
    if (register === Port.dor) this.#writeDor(value);
    else if (register === Port.tdr) this.state.tdr = value & 3;
    else if (register === Port.msr && !this.#is765) this.#writeDsr(value);
    else if (register === Port.fifo) this.#writeFifo(value);
    else if (register === Port.dir) this.state.rate = value & Dsr.rate;
  }

  #writeDor(value: number): void {
    const s = this.state;
    const old = s.dor;
    s.dor = value;
    if (!(value & Dor.running)) this.#clearChip();
    else if (!(old & Dor.running)) this.#leaveReset();
    this.#driveIrq();
  }

  #writeDsr(value: number): void {
    this.state.rate = value & Dsr.rate;
    if (!(value & Dsr.reset) || !this.#running) return;
    this.#clearChip();
    this.#leaveReset();
  }

  get #running(): boolean {
    return (this.state.dor & Dor.running) !== 0;
  }

  #leaveReset(): void {
    this.#after(microseconds(this.#bus.frequency, 100), Event.outOfReset);
  }

  #mainStatus(): number {
    const s = this.state;
    if (!this.#running || this.#isLeavingReset()) return 0;
    let status = 0;
    for (let i = 0; i < 4; i++) if (s.seekEnd[i] !== Number.POSITIVE_INFINITY) status |= 1 << i;
    if (s.phase === Phase.idle) return status | Msr.ready;
    status |= Msr.busy;
    if (s.phase === Phase.command) return status | Msr.ready;
    if (s.phase === Phase.result) return status | Msr.ready | Msr.toHost;
    if (this.#programmed) status |= Msr.nonDma;
    if (s.fifo === Fifo.none) return status;
    return status | Msr.ready | (s.fifo === Fifo.toHost ? Msr.toHost : 0);
  }

  /** Polling after reset keeps the chip from taking commands. */
  #isLeavingReset(): boolean {
    return this.state.phase === Phase.idle && this.#execution.due !== Number.POSITIVE_INFINITY;
  }

  /** Data go through the FIFO port instead of DMA (SPECIFY, bit ND). */
  get #programmed(): boolean {
    return (this.state.specify[1]! & 1) !== 0;
  }

  // ---- interrupt ----

  #raise(level: boolean): void {
    this.state.int = level ? 1 : 0;
    this.#driveIrq();
  }

  /** In AT mode the DMA gate bit also lets the interrupt through ("DOR"). */
  #driveIrq(): void {
    this.#irq(this.state.int === 1 && this.#dmaGate);
  }

  // ---- the FIFO port ----

  #readFifo(): number {
    const s = this.state;
    if (s.phase === Phase.result) return this.#readResult();
    if (s.fifo !== Fifo.toHost) return 0xff;
    const value = s.buffer[s.bufferAt++]!;
    if (s.bufferAt === s.bufferEnd) {
      s.fifo = Fifo.none;
      this.#raise(false);
      this.#nextSector(false);
    }
    return value;
  }

  #readResult(): number {
    const s = this.state;
    const value = s.result[s.resultAt++]!;
    this.#raise(this.#seekEnded);
    if (s.resultAt === s.resultLength) s.phase = Phase.idle;
    return value;
  }

  #writeFifo(value: number): void {
    const s = this.state;
    if (!this.#running || this.#isLeavingReset() || s.phase === Phase.result) return;
    if (s.fifo === Fifo.fromHost) this.#takeByte(value);
    if (s.phase === Phase.execution) return;
    if (s.phase === Phase.idle) s.received = 0;
    s.command[s.received++] = value;
    const command = findCommand(s.command[0]!);
    if (!command || (this.#is765 && !command.is765)) this.#answer([0x80]);
    else if (s.received > command.parameters) this.#execute(command);
    else s.phase = Phase.command;
  }

  #takeByte(value: number): void {
    const s = this.state;
    s.buffer[s.bufferAt++] = value;
    if (s.bufferAt < s.bufferEnd) return;
    s.fifo = Fifo.none;
    this.#raise(false);
    if (findCommand(s.command[0]!)?.name === 'format') this.#waitForTurn();
    else this.#waitForSector();
  }

  /** Opens the FIFO to the program, for `length` bytes. */
  #openFifo(fifo: number, length: number): void {
    const s = this.state;
    s.fifo = fifo;
    s.bufferAt = 0;
    s.bufferEnd = length;
    this.#raise(true);
  }

  #answer(bytes: readonly number[]): void {
    const s = this.state;
    s.result.set(bytes);
    s.resultAt = 0;
    s.resultLength = bytes.length;
    s.phase = Phase.result;
  }

  // ---- commands ----

  #execute(command: FdcCommand): void {
    const s = this.state;
    s.phase = Phase.idle;
    const [, first, second, third] = s.command;
    switch (command.name) {
      case 'specify':
        s.specify.set([first!, second!]);
        break;
      case 'configure':
        s.config = second! & 0x7f;
        s.preTrack = third!;
        break;
      case 'perpendicular':
        s.perpendicular = first! & 0x80 ? first! & 0x3f : (s.perpendicular & 0x3c) | (first! & 3);
        break;
      case 'lock':
        s.locked = s.command[0]! >>> 7;
        this.#answer([s.locked << 4]);
        break;
      case 'version':
        this.#answer([0x90]); // enhanced controller
        break;
      case 'dump':
        this.#answer(this.#registers());
        break;
      case 'senseDrive':
        this.#answer([this.#driveStatus(first!)]);
        break;
      case 'senseInterrupt':
        this.#senseInterrupt();
        break;
      case 'recalibrate':
        this.#recalibrate(first! & 3);
        break;
      case 'seek':
        this.#startSeek(first! & 3, (first! >>> 2) & 1, second!);
        break;
      default:
        this.#startTransfer(command);
    }
  }

  /** DUMPREG. */
  #registers(): number[] {
    const s = this.state;
    const lock = (s.locked << 7) | (s.perpendicular & 0x3f);
    return [...s.pcn, ...s.specify, s.lastSector, lock, s.config, s.preTrack];
  }

  #driveStatus(select: number): number {
    const drive = this.#selected(select & 3);
    const protect = drive?.writeProtected ? St3.protect : 0;
    const trackZero = drive?.trackZero ? St3.trackZero : 0;
    return protect | St3.ready | trackZero | St3.twoSided | (select & 7);
  }

  #selected(number: number): FloppyDrive | null {
    return this.#drives[number] ?? null;
  }

  // ---- seeks, which go on while the chip takes other commands ----

  /** Clocks a step: 16 - SRT units of 1 ms at 500 kbit/s, in proportion for other rates. */
  #stepTime(): number {
    const units = 16 - (this.state.specify[0]! >>> 4);
    return microseconds(this.#bus.frequency, (units * 500_000) / RATES[this.state.rate]!);
  }

  #seekTime(steps: number): number {
    return steps ? steps * this.#stepTime() + microseconds(this.#bus.frequency, SETTLE_US) : 0;
  }

  #recalibrate(number: number): void {
    const drive = this.#selected(number);
    const steps = Math.min(RECALIBRATE_STEPS, drive?.state.cylinder ?? RECALIBRATE_STEPS);
    drive?.step(-Math.max(steps, 1)); // one pulse at least, which track 0 ignores
    const failed = drive?.trackZero ? 0 : St0.abnormal | St0.equipment;
    this.state.pcn[number] = 0;
    this.#setSeek(number, this.#seekTime(steps), St0.seekEnd | failed | number);
  }

  #startSeek(number: number, head: number, cylinder: number): void {
    const steps = cylinder - this.state.pcn[number]!;
    this.#selected(number)?.step(steps);
    this.state.pcn[number] = cylinder;
    this.#setSeek(number, this.#seekTime(Math.abs(steps)), St0.seekEnd | (head << 2) | number);
  }

  #setSeek(number: number, time: number, st0: number): void {
    const s = this.state;
    s.pending &= ~(1 << number);
    s.pendingSt0[number] = st0;
    s.seekEnd[number] = this.#bus.now() + Math.max(time, this.#stepTime());
    this.#seek.set(Math.min(...s.seekEnd));
  }

  #endSeeks(): void {
    const s = this.state;
    for (let i = 0; i < 4; i++) {
      if (s.seekEnd[i]! > this.#bus.now()) continue;
      s.seekEnd[i] = Number.POSITIVE_INFINITY;
      s.pending |= 1 << i;
    }
    const next = Math.min(...s.seekEnd);
    if (next !== Number.POSITIVE_INFINITY) this.#seek.set(next);
    this.#raise(true);
  }

  /**
   * A seek's status waits. Those of polling after a reset raise one interrupt together: the PC's BIOS senses
   * only the first of the four and goes on.
   */
  get #seekEnded(): boolean {
    const { pending, pendingSt0 } = this.state;
    return pendingSt0.some((st0, i) => (pending & (1 << i)) !== 0 && (st0 & St0.seekEnd) !== 0);
  }

  /** One status a command, lowest drive first; without any it is an invalid command. */
  #senseInterrupt(): void {
    const s = this.state;
    if (!s.pending) {
      this.#answer([0x80]);
      return;
    }
    const number = 31 - Math.clz32(s.pending & -s.pending);
    s.pending &= s.pending - 1;
    this.#raise(this.#seekEnded);
    this.#answer([s.pendingSt0[number]!, s.pcn[number]!]);
  }

  // ---- transfers ----

  /** READ DATA, WRITE DATA, FORMAT TRACK and READ ID: from here on the disk's turning decides. */
  #startTransfer(command: FdcCommand): void {
    const s = this.state;
    const select = s.command[1]!;
    const drive = this.#selected(select & 3);
    s.phase = Phase.execution;
    s.head = (select >>> 2) & 1;
    [s.st1, s.st2] = [0, 0];
    s.at = this.#bus.now();
    const motor = s.dor & (0x10 << (select & 3));
    if (!drive || !motor) return;
    if (command.writes && drive.writeProtected) this.#finish(St0.abnormal, St1.notWritable);
    else if (command.name === 'readId') this.#startReadId(drive);
    else if (command.name === 'format') this.#startFormat();
    else this.#startSectors(command, drive);
  }

  #startSectors(command: FdcCommand, drive: FloppyDrive): void {
    const s = this.state;
    [s.cylinder, s.idHead, s.sector] = [s.command[2]!, s.command[3]!, s.command[4]!];
    s.lastSector = s.command[6]!;
    if (s.config & Config.implied) this.#impliedSeek(drive);
    const track = s.cylinder * drive.format.heads + s.head;
    const first = track * drive.format.sectors + s.sector - 1;
    this.#bus.note('disk', drive.name, command.name, first, s.lastSector - s.sector + 1);
    if (command.writes && this.#programmed) this.#openFifo(Fifo.fromHost, SECTOR);
    else this.#waitForSector();
  }

  #impliedSeek(drive: FloppyDrive): void {
    const s = this.state;
    const number = s.command[1]! & 3;
    const steps = s.cylinder - s.pcn[number]!;
    drive.step(steps);
    s.pcn[number] = s.cylinder;
    s.at += this.#seekTime(Math.abs(steps));
  }

  get #drive(): FloppyDrive {
    return this.#selected(this.state.command[1]! & 3)!;
  }

  #waitForSector(): void {
    const s = this.state;
    const drive = this.#drive;
    this.#lookForSector(drive);
    if (s.st1) this.#giveUpLater(drive);
    else {
      s.at = drive.sectorPassed(s.at, s.sector);
      this.#execution.set(s.at, Event.sector);
    }
  }

  /** Compares with the IDs on the track; sets ST1 and ST2 if the sector will not be found. */
  #lookForSector(drive: FloppyDrive): void {
    const s = this.state;
    if (!this.#readable(drive)) s.st1 = St1.missingMark;
    else if (s.cylinder !== drive.state.cylinder) [s.st1, s.st2] = [St1.noData, St2.wrongCylinder];
    else {
      const inRange = s.sector >= 1 && s.sector <= drive.format.sectors;
      const found = inRange && s.idHead === s.head && s.command[5] === SIZE_CODE_512;
      s.st1 = found ? 0 : St1.noData;
    }
  }

  /** MFM at the rate of the disk; 300 kbit/s is that of a 250 kbit/s disk in a 360 rpm drive. */
  #readable(drive: FloppyDrive): boolean {
    const s = this.state;
    const rate = RATES[s.rate]!;
    const same = rate === drive.format.rate || (rate === 300 && drive.format.rate === 250);
    return (same || this.#is765) && (s.command[0]! & Modifier.mfm) !== 0 && drive.hasTrack(s.head);
  }

  #giveUpLater(drive: FloppyDrive): void {
    this.state.at += 2 * drive.turn;
    this.#execution.set(this.state.at, Event.fail);
  }

  #after(clocks: number, event: number): void {
    this.#execution.set(this.#bus.now() + clocks, event);
  }

  #happen(event: number): void {
    const s = this.state;
    if (event === Event.outOfReset) this.#poll();
    else if (event === Event.fail) this.#finish(St0.abnormal, s.st1, s.st2);
    else if (event === Event.id) this.#finish(0, 0);
    else if (event === Event.formatted) this.#format();
    else if (findCommand(s.command[0]!)?.writes) this.#writeSector();
    else this.#readSector();
  }

  /** After a reset polling finds that all drives have changed their readiness. */
  #poll(): void {
    const s = this.state;
    if (s.config & Config.noPolling) return;
    for (let i = 0; i < 4; i++) s.pendingSt0[i] = St0.polling | i;
    s.pending = 15;
    this.#raise(true);
  }

  #readSector(): void {
    const s = this.state;
    const data = this.#drive.read(s.head, s.sector);
    if (this.#programmed) {
      s.buffer.set(data);
      this.#openFifo(Fifo.toHost, SECTOR);
      return;
    }
    const { taken, terminal } = this.#dmaGate ? this.#dma.push(data) : { taken: 0, terminal: false };
    if (taken < SECTOR && !terminal) this.#finish(St0.abnormal, St1.overrun);
    else this.#nextSector(terminal);
  }

  #writeSector(): void {
    const s = this.state;
    if (this.#programmed) {
      this.#drive.write(s.head, s.sector, s.buffer.subarray(0, SECTOR));
      this.#nextSector(false);
      return;
    }
    const { data, terminal } = this.#pull(SECTOR);
    if (data.length < SECTOR && !terminal) this.#finish(St0.abnormal, St1.overrun);
    else {
      // A sector cut short by terminal count is filled with zeros.
      const sector = new Uint8Array(SECTOR);
      sector.set(data);
      this.#drive.write(s.head, s.sector, sector);
      this.#nextSector(terminal);
    }
  }

  #pull(length: number): { data: Uint8Array; terminal: boolean } {
    return this.#dmaGate ? this.#dma.pull(length) : { data: new Uint8Array(0), terminal: false };
  }

  get #dmaGate(): boolean {
    return (this.state.dor & Dor.dmaGate) !== 0;
  }

  /** Goes on to the next sector, or ends: with terminal count well, at the end of the cylinder not. */
  #nextSector(terminalCount: boolean): void {
    const s = this.state;
    const ended = this.#countSector();
    if (terminalCount) this.#finish(0, 0);
    else if (ended) this.#finish(St0.abnormal, St1.endOfCylinder);
    else if (findCommand(s.command[0]!)?.writes && this.#programmed) this.#openFifo(Fifo.fromHost, SECTOR);
    else this.#waitForSector();
  }

  /** Moves the ID to the next sector ("Result Phase Table"); true at the end of the cylinder. */
  #countSector(): boolean {
    const s = this.state;
    if (s.sector !== s.lastSector) {
      s.sector++;
      return false;
    }
    s.sector = 1;
    const multiTrack = (s.command[0]! & Modifier.multiTrack) !== 0;
    if (multiTrack) s.idHead ^= 1;
    if (multiTrack && s.head === 0) {
      s.head = 1;
      return false;
    }
    s.cylinder++;
    return true;
  }

  #startReadId(drive: FloppyDrive): void {
    const s = this.state;
    if (!this.#readable(drive)) {
      s.st1 = St1.missingMark;
      this.#giveUpLater(drive);
      return;
    }
    const sector = drive.nextSector(s.at);
    [s.cylinder, s.idHead, s.sector] = [drive.state.cylinder, s.head, sector];
    this.#execution.set(drive.sectorPassed(s.at, sector), Event.id);
  }

  // ---- FORMAT TRACK: four bytes of ID a sector, from the program or by DMA ----

  #startFormat(): void {
    const length = 4 * this.state.command[3]!;
    if (this.#programmed && length > 0) this.#openFifo(Fifo.fromHost, length);
    else this.#waitForTurn();
  }

  /** A track is written from index to index. */
  #waitForTurn(): void {
    const drive = this.#drive;
    this.#execution.set(drive.index(this.#bus.now()) + drive.turn, Event.formatted);
  }

  #format(): void {
    const s = this.state;
    const length = 4 * s.command[3]!;
    const ids = this.#programmed ? s.buffer.subarray(0, length) : this.#pull(length).data;
    [s.cylinder, s.idHead, s.sector] = [this.#drive.state.cylinder, s.head, s.command[3]!];
    for (let i = 0; i + 4 <= ids.length; i += 4) this.#formatSector(ids.subarray(i, i + 4), s.command[5]!);
    if (ids.length < length) this.#finish(St0.abnormal, St1.overrun);
    else this.#finish(0, 0);
  }

  /** Fills the sector that an ID names; IDs that are not of the disk's format are lost. */
  #formatSector(id: Uint8Array, filler: number): void {
    const s = this.state;
    const drive = this.#drive;
    const [cylinder, head, sector, size] = id;
    const fits = this.#readable(drive) && cylinder === drive.state.cylinder && head === s.head;
    if (!fits || size !== SIZE_CODE_512 || sector! < 1 || sector! > drive.format.sectors) return;
    drive.write(s.head, sector!, new Uint8Array(SECTOR).fill(filler));
  }

  /** Result phase of a transfer: three status bytes and an ID. */
  #finish(code: number, st1: number, st2 = 0): void {
    const s = this.state;
    const st0 = code | (s.head << 2) | (s.command[1]! & 3);
    this.#answer([st0, st1, st2, s.cylinder, s.idHead, s.sector, SIZE_CODE_512]);
    this.#raise(true);
  }
}
