/** The rest of the machine: a device's fields, the page walk of an address, the bus of an 8086. */
import type { BusLine } from '../../replay/view/view.js';
import type { State } from '../state.js';
import { fit, fitText, type Line, line, span, wholly, widthOf } from '../text.js';

const NAME_WIDTH = 18;

export function deviceLines({ view, devices, focus }: State, rows: number, columns: number): Line[] {
  const { names = [], name, fields = [] } = view?.devices ?? {};
  if (name === undefined) {
    const list = names.map((one) => fit(line(one), columns));
    return [fit(line('l: one after the other', 'dim'), columns), ...list].slice(0, rows);
  }
  const width = Math.min(NAME_WIDTH, Math.max(0, ...fields.map((field) => widthOf(field.name))));
  return fields.slice(devices.top, devices.top + rows).map((field, i) => {
    const spans = [
      span(fitText(field.name, width), 'address'),
      span(field.changed ? '*' : ' ', 'changed'),
      span(field.value, field.changed ? 'changed' : undefined),
    ];
    const marked = focus === 'devices' && i === 0 && devices.top > 0;
    return marked ? wholly(spans, 'cursor', columns) : fit(spans, columns);
  });
}

export function pageLines({ view }: State, rows: number, columns: number): Line[] {
  return (view?.pages ?? [])
    .slice(0, rows)
    .map(({ level, address, entry, text }) =>
      fit(
        [
          span(fitText(level, 10), 'label'),
          span(fitText(address === undefined ? '' : address.toString(16).padStart(8, '0'), 9), 'address'),
          span(fitText(entry ?? '', entry === undefined ? 0 : 10)),
          span(text, 'note'),
        ],
        columns,
      ),
    );
}

export function busLines({ view }: State, rows: number, columns: number): Line[] {
  const bus = view?.bus ?? [];
  const at = Math.max(
    0,
    bus.findIndex(({ here }) => here),
  );
  const top = Math.max(0, Math.min(bus.length - rows + 1, at - Math.floor(rows / 2)));
  const head = fit(line('        clock  T   status  address data   queue', 'dim'), columns);
  return [head, ...bus.slice(top, top + rows - 1).map((one) => busLine(one, columns))];
}

function busLine({ clock, status, state, address, data, queue, here }: BusLine, columns: number): Line {
  const spans = [
    span(String(clock).padStart(13), 'address'),
    span(`  ${fitText(state, 3)} ${fitText(status, 7)} ${fitText(address, 7)} ${fitText(data, 6)} ${queue}`),
  ];
  return here ? wholly(spans, 'here', columns) : fit(spans, columns);
}
