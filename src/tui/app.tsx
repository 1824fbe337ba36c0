/**
 * The interface as Ink draws it: a line of styled text for every row of every panel, at the places that the layout
 * gives. For screen readers, which read from the top to the bottom, the panel with the keys comes alone.
 */
import { Box, Text, useIsScreenReaderEnabled } from 'ink';
import { memo } from 'react';
import { headerLine, hintLine, promptLine } from './bars.js';
import { helpLines } from './help.js';
import { MIN_COLUMNS, MIN_ROWS, type Rect } from './layout.js';
import { panelLines, panelTitle } from './panels/index.js';
import { runningLines } from './running.js';
import { hintShown, layoutFor, type State } from './state.js';
import { tabsLine } from './tabs.js';
import { fit, type Line, plainText } from './text.js';
import type { Painter } from './theme.js';
import { timelineLines } from './timelineBar.js';

interface AppProps {
  readonly state: State;
  readonly paint: Painter;
}

export function App({ state, paint }: AppProps) {
  const reader = useIsScreenReaderEnabled();
  if (reader) return <Spoken state={state} />;
  const layout = layoutFor(state);
  const { columns, rows } = state;
  if (!layout) return <Text>{`rewind86 needs ${MIN_COLUMNS} columns and ${MIN_ROWS} rows`}</Text>;
  if (state.facts.running) return <Running state={state} paint={paint} />;
  const { header, tabs, hint, panels, timeline, prompt } = layout;
  const body: Rect = { x: 0, y: tabs.y + 1, width: columns, height: timeline.y - tabs.y - 1 };
  return (
    <Box width={columns} height={rows}>
      <Part rect={header} lines={[headerLine(state, columns)]} paint={paint} />
      <Part rect={tabs} lines={[fit(tabsLine(state), columns)]} paint={paint} />
      {hint && state.help === undefined && (
        <Part rect={hint} lines={[hintLine(state, columns)]} paint={paint} />
      )}
      {state.help === undefined ? (
        panels.map(({ name, rect }) => (
          <Part key={name} rect={rect} lines={whole(state, name, rect)} paint={paint} />
        ))
      ) : (
        <Part rect={body} lines={helpLines(state.focus, state.help, body.height, columns)} paint={paint} />
      )}
      <Part rect={timeline} lines={timelineLines(state, timeline.height, columns)} paint={paint} />
      <Part rect={prompt} lines={[promptLine(state, columns)]} paint={paint} />
    </Box>
  );
}

/** All of it is the guest's. */
function Running({ state, paint }: AppProps) {
  const { columns, rows } = state;
  const rect: Rect = { x: 0, y: 0, width: columns, height: rows };
  return (
    <Box width={columns} height={rows}>
      <Part rect={rect} lines={runningLines(state)} paint={paint} />
    </Box>
  );
}

type Name = Parameters<typeof panelTitle>[1];

const whole = (state: State, name: Name, { width, height }: Rect): Line[] => [
  panelTitle(state, name, width),
  ...panelLines(state, name, height - 1, width),
];

interface PartProps {
  readonly rect: Rect;
  readonly lines: readonly Line[];
  readonly paint: Painter;
}

/** Lines in a rectangle. */
function Part({ rect, lines, paint }: PartProps) {
  return (
    <Box
      position="absolute"
      marginLeft={rect.x}
      marginTop={rect.y}
      width={rect.width}
      height={rect.height}
      flexDirection="column"
    >
      {lines.map((one, i) => (
        <Row key={i} text={paint(one) || ' '} />
      ))}
    </Box>
  );
}

/** Drawn anew only if it has changed. */
const Row = memo(({ text }: { readonly text: string }) => <Text wrap="truncate">{text}</Text>);

/** Rows of a panel that are read out. */
const SPOKEN_ROWS = 12;

function Spoken({ state }: { readonly state: State }) {
  const { columns, focus } = state;
  if (state.facts.running) return <Text>{spokenText(runningLines(state))}</Text>;
  const lines =
    state.help === undefined
      ? [panelTitle(state, focus, columns), ...panelLines(state, focus, SPOKEN_ROWS, columns)]
      : helpLines(state.focus, state.help, state.rows - 2, columns);
  const hint = hintShown(state) ? [hintLine(state, columns)] : [];
  const all = [headerLine(state, columns), ...hint, ...lines, promptLine(state, columns)];
  return <Text>{spokenText(all)}</Text>;
}

/** Arrows of jumps and bars, of which nothing is to be heard. */
const DRAWN = /[\u2500-\u259f]+/g;

function spokenText(lines: readonly Line[]): string {
  return lines
    .map((one) => plainText(one).replace(DRAWN, '').trim())
    .filter(Boolean)
    .join('\n');
}
