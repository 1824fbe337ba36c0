/**
 * Power management function of the Intel 82371AB (PIIX4), function 3 (data sheet, order number 290562),
 * with the fixed hardware registers of ACPI 2.0, section 4.7.3: PM1a events and control, the 24-bit power
 * management timer, general purpose events, and the SMI command port.
 *
 * There is no SMM: what the SMI handler of a BIOS would do on the ACPI enable and disable commands
 * (toggle SCI_EN) the chip does itself. Out of ACPI mode the power button switches off at once, as such
 * BIOSes do. The timer counts through resets.
 *
 * Left out: SMBus, sleeping states other than soft off, processor clock control, device monitors; the
 * general purpose events never happen.
 */
import type { Bus, Device, Line, PortWindow } from '../core/device.js';
import { layout } from '../core/layout.js';
import type { Timer } from '../core/schedule.js';
import { CRYSTAL, Rate } from '../core/time.js';
import {
  type ConfigDescription,
  configValue,
  Header,
  type PciFunction,
  resetConfig,
  writableBits,
} from './pci.js';
import { bytePorts } from './portSplit.js';

/** What the tables must tell the operating system about this chip. */
export const AcpiPorts = {
  smiCommand: 0xb2,
  /** Offsets in the window at PMBASE. */
  events: 0x00,
  control: 0x04,
  timer: 0x08,
  gpe: 0x0c,
  windowSize: 0x40,
} as const;
export const AcpiCommand = { enable: 0xf1, disable: 0xf0 } as const;
/** SLP_TYP of soft off (PIIX4 data sheet, PMCNTRL). */
export const SLEEP_TYPE_SOFT_OFF = 0;

const PMBASE = 0x40;
/** Device activity B; APMC_EN: a write to the SMI command port is answered. */
const DEVACTB = 0x58;
const APMC_EN = 0x02000000;
const PMREGMISC = 0x80;
const Pm1Status = { timer: 0x0001, powerButton: 0x0100 } as const;
/** Events that can be enabled: timer, global lock, power button, RTC. */
const PM1_ENABLES = 0x0521;
const Pm1Control = { sciEnable: 0x0001, sleepType: 0x1c00, sleepEnable: 0x2000 } as const;
const PM1_CONTROL_BITS = 0x1c03;
/** The overflow status is set whenever bit 23 of the timer changes. */
const HALF_PERIOD = 2 ** 23;

const CONFIG: ConfigDescription = {
  vendor: 0x8086,
  device: 0x7113,
  revision: 0x03,
  classCode: 0x068000,
  interruptPin: 1,
  registers: [
    { at: Header.command, size: 2, initial: 0, writable: 0x0001 },
    { at: 0x06, size: 2, initial: 0x0280, writable: 0 },
    { at: Header.interruptLine, size: 1, initial: 0, writable: 0xff },
    { at: PMBASE, size: 4, initial: 1, writable: 0xffc0 },
    // From the start: firmware that finds it off (SeaBIOS) would install a handler in SMM, and wait for it.
    { at: DEVACTB, size: 4, initial: APMC_EN, writable: 0 },
    { at: PMREGMISC, size: 1, initial: 0, writable: 0x01 },
  ],
};

const ACPI_PM = layout('acpi-pm', {
  config: ['u8', 256],
  /** PM1 status, but for the timer's bit, which is computed. */
  status: 'u16',
  enable: 'u16',
  control: 'u16',
  gpeEnable: 'u16',
  apmControl: 'u8',
  apmStatus: 'u8',
  sci: 'u8',
  /** Changes of the timer's bit 23 up to when its status was last cleared. */
  overflowsSeen: 'f64',
});

export interface AcpiPmOptions {
  readonly name: string;
  /** System control interrupt: IRQ 9, level triggered. */
  readonly sci: Line;
}

export class AcpiPm implements Device, PciFunction {
  readonly name: string;
  readonly state = ACPI_PM.create();
  readonly writable = writableBits(CONFIG);
  readonly #bus: Bus;
  readonly #sci: Line;
  readonly #window: PortWindow;
  readonly #overflow: Timer;
  readonly #rate: Rate;

  constructor(bus: Bus, options: AcpiPmOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#sci = options.sci;
    this.#rate = new Rate({ num: CRYSTAL.num / 4, den: CRYSTAL.den }, bus.frequency);
    this.#overflow = bus.timer(options.name, 'timer-overflow', () => this.#update());
    this.#window = bus.portWindow(
      bytePorts(
        (port) => this.#read(port & 0x3f),
        (port, value) => this.#write(port & 0x3f, value),
      ),
    );
    const apm = bytePorts(
      (port) => (port === AcpiPorts.smiCommand ? this.state.apmControl : this.state.apmStatus),
      (port, value) => this.#writeApm(port, value),
      (port) => port <= AcpiPorts.smiCommand + 1,
    );
    bus.ports(AcpiPorts.smiCommand, 2, apm);
    bus.input('power', (data) => this.#button(data[0] ?? 0));
  }

  get config(): Uint8Array {
    return this.state.config;
  }

  reset(): void {
    this.state.bytes.fill(0);
    resetConfig(this.config, CONFIG);
    this.state.overflowsSeen = this.#overflows();
    this.#overflow.cancel();
    this.#sci(false);
    this.#placeWindow();
  }

  afterLoad(): void {
    this.#placeWindow();
  }

  configWritten(): void {
    this.#placeWindow();
  }

  #placeWindow(): void {
    const base = configValue(this.config, PMBASE, 4) & 0xffc0;
    this.#window.place(base, base && this.config[PMREGMISC]! & 1 ? AcpiPorts.windowSize : 0);
  }

  // ---- the timer ----

  #ticks(): number {
    return this.#rate.ticks(this.#bus.now());
  }

  #overflows(): number {
    return Math.floor(this.#ticks() / HALF_PERIOD);
  }

  #status(): number {
    const overflowed = this.#overflows() > this.state.overflowsSeen;
    return this.state.status | (overflowed ? Pm1Status.timer : 0);
  }

  // ---- registers ----

  #read(offset: number): number {
    const s = this.state;
    const shift = 8 * (offset & 1);
    switch (offset & ~1) {
      case 0x00:
        return (this.#status() >>> shift) & 0xff;
      case 0x02:
        return (s.enable >>> shift) & 0xff;
      case 0x04:
        return (s.control >>> shift) & 0xff;
      case 0x08:
      case 0x0a:
        return Math.floor((this.#ticks() % 2 ** 24) / 2 ** (8 * (offset & 3))) & 0xff;
      case 0x0e:
        return (s.gpeEnable >>> shift) & 0xff;
      default:
        return 0;
    }
  }

  #write(offset: number, value: number): void {
    const s = this.state;
    const shift = 8 * (offset & 1);
    const put = (old: number) => (old & ~(0xff << shift)) | (value << shift);
    const register = offset & ~1;
    if (register === 0x00) this.#clearStatus(value << shift);
    else if (register === 0x02) s.enable = put(s.enable) & PM1_ENABLES;
    else if (register === 0x04) this.#writeControl(put(s.control));
    else if (register === 0x0e) s.gpeEnable = put(s.gpeEnable);
    this.#update();
  }

  #clearStatus(bits: number): void {
    this.state.status &= ~bits;
    if (bits & Pm1Status.timer) this.state.overflowsSeen = this.#overflows();
  }

  #writeControl(value: number): void {
    this.state.control = value & PM1_CONTROL_BITS;
    const type = (value & Pm1Control.sleepType) >>> 10;
    if (value & Pm1Control.sleepEnable && type === SLEEP_TYPE_SOFT_OFF)
      this.#bus.request({ kind: 'power-off' });
  }

  #writeApm(port: number, value: number): void {
    const s = this.state;
    if (port !== AcpiPorts.smiCommand) {
      s.apmStatus = value;
      return;
    }
    s.apmControl = value;
    if (value === AcpiCommand.enable) s.control |= Pm1Control.sciEnable;
    if (value === AcpiCommand.disable) s.control &= ~Pm1Control.sciEnable;
    this.#update();
  }

  // ---- events ----

  /** Payload of channel `power`: 1 presses the power button, 2 the reset button. */
  #button(which: number): void {
    if (which === 2) this.#bus.request({ kind: 'reset' });
    if (which !== 1) return;
    this.#bus.note('power', this.name, 'button');
    if (this.state.control & Pm1Control.sciEnable) {
      this.state.status |= Pm1Status.powerButton;
      this.#update();
    } else this.#bus.request({ kind: 'power-off' });
  }

  /** Drives the SCI from the enabled events, and asks to be called when the timer next overflows. */
  #update(): void {
    const s = this.state;
    const acpi = (s.control & Pm1Control.sciEnable) !== 0;
    const sci = acpi && this.#status() & s.enable ? 1 : 0;
    if (sci !== s.sci) {
      s.sci = sci;
      this.#sci(sci === 1);
    }
    const waiting = acpi && s.enable & Pm1Status.timer && !(this.#status() & Pm1Status.timer);
    if (waiting) this.#overflow.set(this.#rate.clockOf((this.#overflows() + 1) * HALF_PERIOD));
    else this.#overflow.cancel();
  }
}
