/**
 * An ATA hard disk, after ATA/ATAPI-6 (T13/1410D). What ATA-6 has dropped but BIOSes and DOS use
 * (RECALIBRATE, SEEK, INITIALIZE DEVICE PARAMETERS, CHS addresses) follows ATA-3 (X3T10/2008D).
 *
 * Time: a command that touches the medium takes 100 us, plus a seek unless it goes on where the last one
 * ended (200 us, and 1800 us more for the full stroke, in proportion to the distance in sectors), plus
 * 15 us a sector; PIO blocks after the first take 15 us a sector. Other commands take 100 us, resets
 * 1 ms. Spinning up takes no time. DMA data move at one instant, when both sides are ready.
 *
 * Left out: SMART, security, host protected area, queued and streaming commands, sector errors (every
 * sector that exists can be read), the standby timer (drives never fall asleep by themselves).
 */
import type { Bus } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { type AtaCable, type AtaUnit, Register } from './ata.js';
import { COMMANDS, MAX_MULTIPLE, Power, Transfer } from './ataCommands.js';
import { identifyDevice, MAX_DMA_MODE } from './ataIdentify.js';
import { type Disk, SECTOR } from './disk.js';
import { microseconds } from './duration.js';
import { chsToLba, type Geometry, lbaToChs } from './geometry.js';

const Status = { err: 1, drq: 8, dsc: 0x10, drdy: 0x40, bsy: 0x80 } as const;
const READY = Status.drdy | Status.dsc;
const Err = { abrt: 4, idnf: 0x10 } as const;
const DeviceBits = { lba: 0x40, head: 0x0f } as const;

/** What happens when the drive stops being busy. */
const Phase = { complete: 1, present: 2, fill: 3, commit: 4, dmaReady: 5, ready: 6, diagnosed: 7 } as const;

const PIO_DEFAULT_MODE = 0x08;

const DRIVE = layout('ata-drive', {
  /** Register pairs: [0] as last written, [1] as written before that ("48-bit Address feature set"). */
  features: ['u8', 2],
  count: ['u8', 2],
  low: ['u8', 2],
  mid: ['u8', 2],
  high: ['u8', 2],
  device: 'u8',
  status: 'u8',
  error: 'u8',
  intrq: 'u8',
  power: 'u8',
  writeCache: 'u8',
  transferMode: 'u8',
  /** Sectors a block as set by SET MULTIPLE MODE; 0 if the mode is off. */
  multiple: 'u8',
  /** Translation set by INITIALIZE DEVICE PARAMETERS. */
  heads: 'u8',
  sectors: 'u8',
  transfer: 'u8',
  /** 1 if the current command has a 48-bit address. */
  ext: 'u8',
  /** Sectors a DRQ block of the current command. */
  block: 'u16',
  /** Bytes of the buffer already moved, and bytes in it. */
  position: 'u16',
  filled: 'u16',
  /** Sectors still to go after those in the buffer (reading) or with them (writing). */
  left: 'u32',
  lba: 'f64',
  /** Where the heads are: the sector after the last one touched. */
  arm: 'f64',
  buffer: ['u8', MAX_MULTIPLE * SECTOR],
});

export interface AtaDriveOptions {
  readonly name: string;
  readonly disk: Disk;
  readonly model?: string;
  readonly serial?: string;
}

export class AtaDrive implements AtaUnit {
  readonly name: string;
  readonly state = DRIVE.create();
  readonly #bus: Bus;
  readonly #disk: Disk;
  readonly #timer: Timer;
  readonly #options: AtaDriveOptions;
  #cable: AtaCable = { changed() {} };
  #unit = 0;

  constructor(bus: Bus, options: AtaDriveOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#disk = options.disk;
    this.#options = options;
    this.#timer = bus.timer(options.name, 'ready', (phase) => this.#enter(phase));
  }

  attach(cable: AtaCable, unit: number): void {
    this.#cable = cable;
    this.#unit = unit;
  }

  reset(): void {
    const s = this.state;
    s.bytes.fill(0);
    this.#timer.cancel();
    s.power = Power.active;
    s.writeCache = 1;
    s.transferMode = PIO_DEFAULT_MODE;
    s.heads = this.#disk.geometry.heads;
    s.sectors = this.#disk.geometry.sectors;
    this.#putSignature();
    s.status = READY;
  }

  // ---- registers ----

  get status(): number {
    return this.state.status;
  }

  get intrq(): boolean {
    return this.state.intrq === 1;
  }

  acknowledge(): void {
    this.state.intrq = 0;
  }

  readRegister(register: number, hob: boolean): number {
    if (register === Register.error) return this.state.error;
    if (register === Register.device) return this.state.device | 0xa0 | (this.#unit << 4);
    return this.#pair(register)[hob ? 1 : 0]!;
  }

  /** While BSY or DRQ is set the command block belongs to the device (status register, BSY and DRQ). */
  writeRegister(register: number, value: number): void {
    const s = this.state;
    if (s.status & (Status.bsy | Status.drq)) return;
    if (register === Register.device) s.device = value & (DeviceBits.lba | DeviceBits.head);
    else {
      const pair = this.#pair(register);
      pair[1] = pair[0]!;
      pair[0] = value;
    }
  }

  #pair(register: number): Uint8Array {
    const s = this.state;
    return [s.features, s.features, s.count, s.low, s.mid, s.high][register]!;
  }

  #putSignature(): void {
    const s = this.state;
    for (const pair of [s.count, s.low]) pair.set([1, 0]);
    for (const pair of [s.mid, s.high, s.features]) pair.fill(0);
    s.device = 0;
    s.error = 1; // diagnostic code: no error
  }

  softReset(asserted: boolean): void {
    const s = this.state;
    s.status = Status.bsy;
    s.transfer = Transfer.none;
    s.intrq = 0;
    this.#timer.cancel();
    if (!asserted) this.#busy(1000, Phase.ready);
  }

  diagnose(): void {
    const s = this.state;
    s.transfer = Transfer.none;
    s.intrq = 0;
    this.#busy(1000, this.#unit === 0 ? Phase.diagnosed : Phase.ready);
  }

  // ---- phases ----

  #busy(us: number, phase: number): void {
    this.state.status = Status.bsy | READY;
    this.#timer.set(this.#bus.now() + microseconds(this.#bus.frequency, us), phase);
  }

  #enter(phase: number): void {
    const s = this.state;
    s.status = READY;
    if (phase === Phase.complete) this.#complete();
    else if (phase === Phase.present) this.#request(true);
    else if (phase === Phase.fill) this.#fill() && this.#request(true);
    else if (phase === Phase.commit) this.#commit();
    else if (phase === Phase.dmaReady) this.#nextDmaBlock();
    else {
      s.power = Power.active;
      this.#putSignature();
      if (phase === Phase.diagnosed) s.intrq = 1;
    }
    this.#cable.changed();
  }

  /** Asks for data to be moved, with or without an interrupt. */
  #request(interrupt: boolean): void {
    this.state.status = READY | Status.drq;
    if (interrupt) this.state.intrq = 1;
  }

  #complete(): void {
    this.state.status = READY;
    this.state.transfer = Transfer.none;
    this.state.intrq = 1;
  }

  #fail(error: number): void {
    this.#timer.cancel();
    this.#complete();
    this.state.status |= Status.err;
    this.state.error = error;
  }

  /** Sectors of the next block, or 0 after failing because the disk ends here. */
  #nextBlock(): number {
    const s = this.state;
    const count = Math.min(s.left, s.block, this.#disk.sectors - s.lba);
    if (count > 0) return count;
    this.#putAddress(s.lba);
    this.#fail(Err.idnf);
    return 0;
  }

  /** Reads the next block into the buffer; false if that failed. */
  #fill(): boolean {
    const s = this.state;
    const count = this.#nextBlock();
    if (!count) return false;
    s.buffer.set(this.#disk.readSectors(s.lba, count));
    this.#setBuffer(count);
    this.#advance(count);
    return true;
  }

  /** Makes room for the next block to write; false if that failed. */
  #makeRoom(): boolean {
    const count = this.#nextBlock();
    if (count) this.#setBuffer(count);
    return count > 0;
  }

  #setBuffer(count: number): void {
    this.state.position = 0;
    this.state.filled = count * SECTOR;
  }

  /** The buffer has been received: writes it, asks for more or ends the command. */
  #commit(): void {
    const s = this.state;
    this.#disk.writeSectors(s.lba, s.buffer.subarray(0, s.filled));
    this.#advance(s.filled / SECTOR);
    if (s.left === 0) this.#complete();
    else if (this.#makeRoom()) this.#request(s.transfer === Transfer.pioOut);
  }

  /** Moves on, and shows in the registers the last sector done and the number left (as ATA-3 says). */
  #advance(count: number): void {
    const s = this.state;
    s.lba += count;
    s.left -= count;
    s.arm = s.lba;
    this.#putAddress(s.lba - 1);
    s.count[0] = s.left & 0xff;
    if (s.ext) s.count[1] = (s.left >>> 8) & 0xff;
  }

  // ---- PIO ----

  readData(size: number): number {
    if (!(this.state.status & Status.drq) || this.state.transfer !== Transfer.pioIn)
      return 2 ** (8 * size) - 1;
    const s = this.state;
    let value = 0;
    for (let i = 0; i < size; i++) {
      const byte = s.position < s.filled ? s.buffer[s.position++]! : 0xff;
      value |= byte << (8 * i);
    }
    if (s.position === s.filled) this.#blockRead();
    return value >>> 0;
  }

  #blockRead(): void {
    const s = this.state;
    if (s.left > 0) this.#busy(15 * Math.min(s.left, s.block), Phase.fill);
    else {
      s.status = READY;
      s.transfer = Transfer.none;
    }
  }

  writeData(value: number, size: number): void {
    const s = this.state;
    if (!(s.status & Status.drq) || s.transfer !== Transfer.pioOut) return;
    for (let i = 0; i < size && s.position < s.filled; i++) s.buffer[s.position++] = value >>> (8 * i);
    if (s.position === s.filled) this.#busy(this.#accessTime(s.lba, s.filled / SECTOR), Phase.commit);
  }

  // ---- DMA ----

  get dmaToMemory(): boolean {
    return this.state.transfer === Transfer.dmaIn;
  }

  get dmaBytes(): number {
    const s = this.state;
    const requested = s.transfer >= Transfer.dmaIn && s.status & Status.drq;
    return requested ? s.filled - s.position : 0;
  }

  dmaRead(length: number): Uint8Array {
    const s = this.state;
    const data = s.buffer.slice(s.position, s.position + length);
    s.position += data.length;
    if (s.position === s.filled) this.#nextDmaBlock();
    return data;
  }

  dmaWrite(data: Uint8Array): void {
    const s = this.state;
    s.buffer.set(data, s.position);
    s.position += data.length;
    if (s.position === s.filled) this.#commit();
    if (s.transfer === Transfer.none) this.#cable.changed();
  }

  #nextDmaBlock(): void {
    const s = this.state;
    if (s.transfer === Transfer.dmaOut) {
      if (this.#makeRoom()) this.#request(false);
    } else if (s.left === 0) this.#complete();
    else if (this.#fill()) this.#request(false);
    if (s.transfer === Transfer.none) this.#cable.changed();
  }

  // ---- addresses ----

  get #translation(): Geometry {
    const { heads, sectors } = this.state;
    const cylinders = Math.min(65535, Math.floor(this.#disk.sectors / (heads * sectors)));
    return { cylinders, heads, sectors };
  }

  /** The address in the registers, or -1 if there is no such CHS address. */
  #address(): number {
    const s = this.state;
    if (s.ext) return address24(s, 0) + address24(s, 1) * 2 ** 24;
    const head = s.device & DeviceBits.head;
    if (s.device & DeviceBits.lba) return address24(s, 0) + head * 2 ** 24;
    return chsToLba(this.#translation, s.mid[0]! | (s.high[0]! << 8), head, s.low[0]!);
  }

  #sectorCount(): number {
    const s = this.state;
    if (s.ext) return s.count[0]! | (s.count[1]! << 8) || 65536;
    return s.count[0]! || 256;
  }

  #putAddress(lba: number): void {
    const s = this.state;
    if (s.ext) {
      putAddress24(s, 0, lba % 2 ** 24);
      putAddress24(s, 1, Math.floor(lba / 2 ** 24));
    } else if (s.device & DeviceBits.lba) {
      putAddress24(s, 0, lba % 2 ** 24);
      s.device = (s.device & ~DeviceBits.head) | (Math.floor(lba / 2 ** 24) & DeviceBits.head);
    } else {
      const { cylinder, head, sector } = lbaToChs(this.#translation, lba);
      putAddress24(s, 0, sector | (cylinder << 8));
      s.device = (s.device & ~DeviceBits.head) | head;
    }
  }

  /** Microseconds to reach a sector and transfer `count` from there. */
  #accessTime(lba: number, count: number): number {
    const distance = Math.abs(lba - this.state.arm);
    const seek = distance === 0 ? 0 : 200 + Math.floor((1800 * distance) / this.#disk.sectors);
    return 100 + seek + 15 * count;
  }

  // ---- commands ----

  command(code: number): void {
    const s = this.state;
    if (s.status & Status.bsy || s.power === Power.sleep) return;
    s.status = READY;
    s.error = 0;
    s.intrq = 0;
    s.ext = 0;
    s.transfer = Transfer.none;
    const command = COMMANDS.get(code);
    if (command) command(this);
    else this.#fail(Err.abrt);
  }

  abort(): void {
    this.#fail(Err.abrt);
  }

  /** READ and WRITE MULTIPLE, refused until SET MULTIPLE MODE has told the block. */
  multiple(transfer: number, ext: boolean): void {
    if (this.state.multiple) this.transfer(transfer, ext, this.state.multiple);
    else this.abort();
  }

  /** READ and WRITE, all kinds: `block` is the number of sectors for each DRQ. */
  transfer(transfer: number, ext: boolean, block: number): void {
    const s = this.state;
    if (!this.#locate(ext)) return;
    s.transfer = transfer;
    s.block = block;
    const out = transfer === Transfer.pioOut || transfer === Transfer.dmaOut;
    this.#bus.note('disk', this.name, out ? 'write' : 'read', s.lba, s.left);
    if (transfer === Transfer.pioOut) this.#makeRoom() && this.#request(false);
    else if (transfer === Transfer.pioIn)
      this.#busy(this.#accessTime(s.lba, Math.min(block, s.left)), Phase.fill);
    else this.#busy(this.#accessTime(s.lba, s.left), Phase.dmaReady);
  }

  verify(ext: boolean): void {
    const s = this.state;
    if (!this.#locate(ext)) return;
    const count = Math.min(s.left, this.#disk.sectors - s.lba);
    const time = this.#accessTime(s.lba, count);
    s.block = 1;
    this.#advance(count);
    // A range that runs off the disk fails at the first sector that is not there.
    if (s.left > 0) this.#nextBlock();
    else this.#busy(time, Phase.complete);
  }

  /** Takes address and count from the registers; false after failing because there is no such sector. */
  #locate(ext: boolean): boolean {
    const s = this.state;
    s.ext = ext ? 1 : 0;
    s.power = Power.active;
    const lba = this.#address();
    if (lba < 0 || lba >= this.#disk.sectors) {
      this.#fail(Err.idnf);
      return false;
    }
    s.lba = lba;
    s.left = this.#sectorCount();
    return true;
  }

  seek(): void {
    if (!this.#locate(false)) return;
    const time = this.#accessTime(this.state.lba, 0);
    this.state.arm = this.state.lba;
    this.#busy(time, Phase.complete);
  }

  recalibrate(): void {
    const time = this.#accessTime(0, 0);
    this.state.arm = 0;
    this.#busy(time, Phase.complete);
  }

  /** Commands that have nothing to do that could be seen, but take their time. */
  finish(): void {
    this.#busy(100, Phase.complete);
  }

  identify(): void {
    const s = this.state;
    const bytes = identifyDevice({
      model: this.#options.model ?? 'REWIND86 HARD DISK',
      serial: this.#options.serial ?? `RW86-${this.name}`,
      firmware: '1.0',
      unit: this.#unit,
      sectors: this.#disk.sectors,
      geometry: this.#disk.geometry,
      current: this.#translation,
      maxMultiple: MAX_MULTIPLE,
      multiple: s.multiple,
      writeCache: s.writeCache === 1,
      transferMode: s.transferMode,
    });
    s.buffer.set(bytes);
    s.left = 0;
    s.transfer = Transfer.pioIn;
    this.#setBuffer(1);
    this.#busy(100, Phase.present);
  }

  /** READ NATIVE MAX ADDRESS (EXT). */
  nativeMax(ext: boolean): void {
    this.state.ext = ext ? 1 : 0;
    const last = this.#disk.sectors - 1;
    this.#putAddress(ext ? last : Math.min(last, 0x0fffffff));
    this.finish();
  }

  setMultiple(): void {
    const n = this.state.count[0]!;
    if (n <= MAX_MULTIPLE && (n & (n - 1)) === 0) {
      this.state.multiple = n;
      this.finish();
    } else this.abort();
  }

  initializeParameters(): void {
    const s = this.state;
    if (s.count[0]) {
      s.sectors = s.count[0];
      s.heads = (s.device & DeviceBits.head) + 1;
      this.finish();
    } else this.abort();
  }

  /** SET FEATURES: transfer mode, write cache; look-ahead and defaults change nothing. */
  setFeatures(): void {
    if (this.#setFeature(this.state.features[0]!)) this.finish();
    else this.abort();
  }

  #setFeature(feature: number): boolean {
    const s = this.state;
    if (feature === 0x03) {
      if (!isTransferMode(s.count[0]!)) return false;
      s.transferMode = s.count[0]!;
      return true;
    }
    if (feature === 0x02 || feature === 0x82) s.writeCache = feature === 0x02 ? 1 : 0;
    return [0x02, 0x82, 0x55, 0xaa, 0x66, 0xcc].includes(feature);
  }

  setPower(power: number): void {
    this.state.power = power;
    this.finish();
  }

  checkPower(): void {
    this.state.count[0] = this.state.power;
    this.finish();
  }
}

function address24(s: { low: Uint8Array; mid: Uint8Array; high: Uint8Array }, i: number): number {
  return s.low[i]! | (s.mid[i]! << 8) | (s.high[i]! << 16);
}

function putAddress24(
  s: { low: Uint8Array; mid: Uint8Array; high: Uint8Array },
  i: number,
  value: number,
): void {
  s.low[i] = value & 0xff;
  s.mid[i] = (value >>> 8) & 0xff;
  s.high[i] = (value >>> 16) & 0xff;
}

/** Transfer modes of SET FEATURES: PIO default, PIO 0-4, multiword DMA and Ultra DMA up to our mode. */
function isTransferMode(mode: number): boolean {
  if (mode <= 0x01) return true;
  if ((mode & 0xf8) === 0x08) return (mode & 7) <= 4;
  return ((mode & 0xf8) === 0x20 || (mode & 0xf8) === 0x40) && (mode & 7) <= MAX_DMA_MODE;
}
