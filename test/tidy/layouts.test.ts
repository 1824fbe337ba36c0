/**
 * The formats of all state of the boards, as text for a person to review when they change: a trace or a
 * snapshot is only good for the layouts it was made with. `npx vitest run test/tidy -u` writes the files.
 */
import { expect, it } from 'vitest';
import type { State } from '../../src/core/layout.js';
import type { Machine } from '../../src/core/machine.js';
import { pcMachine } from '../support/pc.js';
import { xtMachine } from '../support/xt.js';

/** Devices that share a layout are listed above it. */
function layoutsOf(...machines: readonly Machine[]): string {
  const names = new Map<string, Set<string>>();
  for (const machine of machines) {
    const parts: readonly (readonly [string, State])[] = [
      ['cpu', machine.cpu.state],
      ['schedule', machine.schedule.state],
      ...machine.devices.map((device) => [device.name, device.state] as const),
    ];
    for (const [name, { layout }] of parts) {
      names.set(layout.text, (names.get(layout.text) ?? new Set()).add(name));
    }
  }
  return [...names].map(([layout, users]) => `[${[...users].join(', ')}]\n${layout}`).join('\n');
}

it('layouts of the pc board are those reviewed', async () => {
  const nic = { model: 'rtl8029', address: '52:57:00:00:00:01' } as const;
  const networked = pcMachine({ description: { nic } });
  await expect(layoutsOf(pcMachine(), networked)).toMatchFileSnapshot('../golden/layouts.txt');
});

it('layouts of the xt board are those reviewed', async () => {
  const mda = xtMachine({ description: { display: 'mda' } });
  await expect(layoutsOf(xtMachine(), mda)).toMatchFileSnapshot('../golden/layouts-xt.txt');
});
