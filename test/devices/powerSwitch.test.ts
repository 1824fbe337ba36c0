import { expect, it } from 'vitest';
import { PowerSwitch } from '../../src/devices/powerSwitch.js';
import { FakeBus } from './support/fakeBus.js';

it.each([
  [[1], [{ kind: 'power-off' }]],
  [[2], [{ kind: 'reset' }]],
  [[3], []],
  [[], []],
])('power switch: %j asks for %j', (data, requests) => {
  const bus = new FakeBus();
  new PowerSwitch(bus, { name: 'power-switch' }).reset();
  bus.deliver('power', data);
  expect(bus.requests).toEqual(requests);
});
