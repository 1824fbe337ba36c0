/**
 * The switch of a machine whose firmware has no say in it: off is off. Input channel `power`: 1 switches it off, 2
 * off and on again, which here is a reset.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';

export interface PowerSwitchOptions {
  readonly name: string;
}

/** It has no state while the machine is on. */
const POWER_SWITCH = layout('power switch', {});

const Press = { off: 1, offAndOn: 2 } as const;

export class PowerSwitch implements Device {
  readonly name: string;
  readonly state = POWER_SWITCH.create();

  constructor(bus: Bus, options: PowerSwitchOptions) {
    this.name = options.name;
    bus.input('power', ([press]) => {
      bus.note('power', this.name, 'switch', press ?? 0);
      if (press === Press.off) bus.request({ kind: 'power-off' });
      else if (press === Press.offAndOn) bus.request({ kind: 'reset' });
    });
  }

  reset(): void {}
}
