/**
 * The state in which a PC's firmware leaves its PCI devices: base addresses, enables, interrupt routes.
 * Done by the board at each reset, so that a kernel loaded without firmware finds what it expects, and
 * firmware has nothing to do here. One place knows the addresses: the ACPI tables are built from them.
 *
 * It must be added to the machine after the devices that it sets up.
 */
import type { Device } from '../core/device.js';
import { layout } from '../core/layout.js';
import { Command, Header, type PciFunction, writeConfig } from './pci.js';
import { pirqOf } from './piix3.js';

/** I/O addresses and interrupts that firmware chooses. */
export const PciPlan = {
  busMasterIde: 0xc000,
  nic: { device: 3, ports: 0xc100 },
  powerManagement: 0x600,
  sci: 9,
  /** IRQs of PIRQA-PIRQD. */
  pirqs: [10, 11, 10, 11],
} as const;

/** The IRQ on which pin 1-4 of slot `device` arrives. */
export function plannedIrq(device: number, pin: number): number {
  return PciPlan.pirqs[pirqOf(device, pin)]!;
}

/** It remembers nothing: what it writes is the state of others. */
const PCI_SETUP = layout('pci-setup', {});

/** A card: its slot, and addresses for its base address registers 0 and up. */
export interface PciCard {
  readonly target: PciFunction;
  readonly device: number;
  readonly bars: readonly number[];
}

export interface PciSetupOptions {
  readonly name: string;
  readonly isa: PciFunction;
  readonly ide?: PciFunction;
  readonly pm?: PciFunction;
  readonly cards?: readonly PciCard[];
  /** Makes these IRQs (a bit each) level triggered. */
  readonly levelTriggered?: (irqs: number) => void;
}

export class PciSetup implements Device {
  readonly name: string;
  readonly state = PCI_SETUP.create();
  readonly #options: PciSetupOptions;

  constructor(options: PciSetupOptions) {
    this.name = options.name;
    this.#options = options;
  }

  reset(): void {
    const { isa, ide, pm, cards, levelTriggered } = this.#options;
    PciPlan.pirqs.forEach((irq, i) => {
      writeConfig(isa, 0x60 + i, irq, 1);
    });
    if (ide) {
      writeConfig(ide, 0x20, PciPlan.busMasterIde, 4);
      writeConfig(ide, 0x40, 0x80008000, 4); // both channels decode
      writeConfig(ide, Header.command, Command.io | Command.busMaster, 2);
    }
    if (pm) {
      writeConfig(pm, 0x40, PciPlan.powerManagement, 4);
      writeConfig(pm, 0x80, 1, 1);
      writeConfig(pm, Header.interruptLine, PciPlan.sci, 1);
    }
    for (const card of cards ?? []) setUpCard(card.target, card.device, card.bars);
    levelTriggered?.([PciPlan.sci, ...PciPlan.pirqs].reduce((mask, irq) => mask | (1 << irq), 0));
  }
}

function setUpCard(target: PciFunction, device: number, bars: readonly number[]): void {
  bars.forEach((address, i) => {
    writeConfig(target, Header.bar + 4 * i, address, 4);
  });
  writeConfig(target, Header.interruptLine, plannedIrq(device, 1), 1);
  writeConfig(target, Header.command, Command.io | Command.memory | Command.busMaster, 2);
}
