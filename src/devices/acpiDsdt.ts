/**
 * The DSDT of the pc board: soft off, the PCI bus with its windows and interrupt routes, and the ISA
 * devices behind the PIIX3. Routes go straight to IRQs (no link devices), as the board has set them up.
 */

import { AcpiPorts, SLEEP_TYPE_SOFT_OFF } from './acpiPm.js';
import {
  type Aml,
  busNumbers,
  device,
  dma,
  eisaId,
  integer,
  io,
  ioRange,
  irq,
  memoryRange,
  named,
  pack,
  resources,
  scope,
} from './aml.js';
import { PciPlan, plannedIrq } from './pciSetup.js';

/** Slots that have routes; slot 0 is the host bridge. */
const SLOTS = [1, 2, 3, 4, 5, 6, 7];

/** The definition block's contents, for a machine with `memory` bytes of RAM. */
export function buildDsdt(memory: number): Uint8Array {
  const sleepTypes = [SLEEP_TYPE_SOFT_OFF, SLEEP_TYPE_SOFT_OFF, 0, 0].map(integer);
  const block = [named('\\_S5_', pack(sleepTypes)), scope('_SB_', [pciBus(memory)])];
  return Uint8Array.from(block.flat());
}

function pciBus(memory: number): Aml {
  const windows = [
    busNumbers(0, 0),
    io(0xcf8, 8),
    ioRange(0x0000, 0x0cf7),
    ioRange(0x0d00, 0xffff),
    memoryRange(0x000a0000, 0x000bffff),
    memoryRange(Math.max(memory, 0x1000000), 0xfebfffff),
  ];
  return device('PCI0', [
    named('_HID', eisaId('PNP0A03')),
    named('_UID', integer(0)),
    named('_CRS', resources(windows)),
    named('_PRT', pack(SLOTS.flatMap(routes))),
    device('ISA', [named('_ADR', integer(0x00010000)), ...isaDevices()]),
  ]);
}

/** Entries of _PRT for the four pins of a slot: address, pin, no link, IRQ (section 6.2.8). */
function routes(slot: number): Aml[] {
  return [0, 1, 2, 3].map((pin) =>
    pack([integer(slot * 0x10000 + 0xffff), integer(pin), integer(0), integer(plannedIrq(slot, pin + 1))]),
  );
}

function isaDevices(): Aml[] {
  return [
    isaDevice('PIC', 'PNP0000', [io(0x20, 2), io(0xa0, 2), io(0x4d0, 2), irq(2)]),
    isaDevice('TIMR', 'PNP0100', [io(0x40, 4), irq(0)]),
    isaDevice('DMAC', 'PNP0200', [io(0x00, 16), io(0x80, 16), io(0xc0, 32), dma(4)]),
    isaDevice('KBD', 'PNP0303', [io(0x60, 1), io(0x64, 1), irq(1)]),
    isaDevice('MOU', 'PNP0F13', [irq(12)]),
    isaDevice('COM1', 'PNP0501', [io(0x3f8, 8), irq(4)]),
    isaDevice('FDC', 'PNP0700', [io(0x3f2, 4), io(0x3f7, 1), irq(6), dma(2)]),
    isaDevice('SPKR', 'PNP0800', [io(0x61, 1)]),
    isaDevice('RTC', 'PNP0B00', [io(0x70, 2), irq(8)]),
    isaDevice('FPU', 'PNP0C04', [io(0xf0, 16), irq(13)]),
    isaDevice('SYSR', 'PNP0C02', [
      io(PciPlan.powerManagement, AcpiPorts.windowSize),
      io(AcpiPorts.smiCommand, 2),
    ]),
  ];
}

function isaDevice(name: string, id: string, used: readonly Aml[]): Aml {
  return device(name, [named('_HID', eisaId(id)), named('_CRS', resources(used))]);
}
