/** Who may import whom, and what the pure layers may not know (docs: the layers are core, devices, replay, tui, cli). */
import { dirname, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { importsOf, lineOf, resolveImport, SOURCES, type Source, walk } from './sources.js';

/** Each imports itself and those before it. */
const LAYERS = ['core', 'devices', 'replay', 'tui', 'cli'];

/** Likewise within replay; `.` are the files at its top: the run itself, recorded and replayed. */
const REPLAY = [
  ...[
    'trace',
    'guest',
    'expression',
    '.',
    'machines',
    'script',
    'timeline',
    'branch',
    'live',
    'query',
    'debug',
    'debug/commands',
  ],
  ...['query/run', 'diff', 'export', 'view', 'gdb', 'dap'],
];

/** The library's public face shows what is in the layers below it. */
const FACE = 'src/index.ts';

const layerOf = (at: string): string => at.split('/')[1]!;
const folderOf = (at: string): string => dirname(relative('src/replay', at));
const pure = SOURCES.filter(({ path }) => ['core', 'devices', 'replay'].includes(layerOf(path)));

/** Packages that a pure layer uses, and why. All are computation only, the same on every host. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  devices: [],
  // Formats and hashes of traces, the scripts' syntax, disassembly; the types of a debug protocol.
  replay: ['@vscode/debugprotocol', 'iced-x86', 'msgpackr/pack', 'xxhash-wasm', 'yaml', 'zstd-codec'],
};

/** The one asynchronous step: WebAssembly libraries that only load so (see src/replay/ready.ts). */
const ASYNC_ALLOWED = ['src/replay/ready.ts', 'src/replay/trace/hash.ts', 'src/replay/trace/codec.ts'];

/** Names of the host: time, chance, concurrency, files, processes. */
const HOST_NAMES = new Set(
  [
    'Date performance setTimeout setInterval setImmediate queueMicrotask clearTimeout clearInterval Promise',
    'process require crypto fetch XMLHttpRequest WebSocket Worker SharedArrayBuffer Atomics navigator',
    'WeakRef FinalizationRegistry localStorage console window document globalThis Buffer __dirname Intl',
  ].flatMap((line) => line.split(' ')),
);
const ASYNC_NAMES = new Set(['Promise']);
/** Properties that differ from host to host, run to run, or (Math) engine to engine. */
const HOST_PROPERTIES = new Set(
  [
    ...[
      'random',
      'sin',
      'cos',
      'tan',
      'asin',
      'acos',
      'atan',
      'atan2',
      'exp',
      'expm1',
      'pow',
      'cbrt',
      'hypot',
    ],
    ...['log', 'log2', 'log10', 'log1p', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'],
  ].map((name) => `Math.${name}`),
);
const LOCALE_METHODS = /^(toLocale\w+|localeCompare)$/;

/** Uses that are the same everywhere, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/replay/trace/sha256.ts Math.cbrt':
    'constants of 32 bits, far from where a double ends; tests compare digests',
  'src/devices/firmware/assembler/addressing.ts Math.log2':
    'of 1, 2, 4 and 8, which every engine has exactly',
};

/** Names that a file declares itself: its own `window` is not the host's. */
function declaredIn(source: Source): ReadonlySet<string> {
  const out = new Set<string>();
  walk(source.file, (node) => {
    const declares = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
    if (declares && ts.isIdentifier(node.name)) out.add(node.name.text);
    if (ts.isFunctionDeclaration(node) && node.name) out.add(node.name.text);
  });
  return out;
}

/** A name that is used as a value or a type, not as a property or a declaration. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return (ts.isPropertyAccessExpression(parent) ? parent.expression : parent.left) === node;
  }
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  const naming =
    ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent);
  return !(naming && parent.name === node);
}

/** Everything in a file that reaches for the host, one line each. */
function reaches(source: Source): string[] {
  const out: string[] = [];
  const own = declaredIn(source);
  const at = (node: ts.Node, what: string) => {
    if (!ALLOWED[`${source.path} ${what}`]) out.push(`${source.path}:${lineOf(source, node)} ${what}`);
  };
  const asyncAllowed = ASYNC_ALLOWED.includes(source.path);
  walk(source.file, (node) => {
    if (ts.isIdentifier(node) && HOST_NAMES.has(node.text) && !own.has(node.text) && isReference(node)) {
      if (!(asyncAllowed && ASYNC_NAMES.has(node.text))) at(node, node.text);
    }
    if (ts.isPropertyAccessExpression(node)) {
      const text = `${node.expression.getText(source.file)}.${node.name.text}`;
      if (HOST_PROPERTIES.has(text)) at(node, text);
      if (LOCALE_METHODS.test(node.name.text)) at(node, node.name.text);
    }
    const asynchronous = node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node);
    if (asynchronous && !asyncAllowed) at(node, 'async');
  });
  return out;
}

function parsed(text: string): Source {
  const path = 'src/core/example.ts';
  return { path, text, file: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

describe('layers', () => {
  it('import only those before them', () => {
    const wrong: string[] = [];
    for (const source of SOURCES) {
      if (source.path === FACE) continue;
      const layer = LAYERS.indexOf(layerOf(source.path));
      expect(layer, `${source.path} is in no layer`).toBeGreaterThanOrEqual(0);
      for (const specifier of importsOf(source)) {
        const target = resolveImport(source.path, specifier);
        if (specifier.startsWith('.') && !target) wrong.push(`${source.path}: ${specifier} does not exist`);
        if (target && LAYERS.indexOf(layerOf(target)) > layer) wrong.push(`${source.path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('within replay import only those before them', () => {
    const wrong: string[] = [];
    for (const source of SOURCES.filter(({ path }) => layerOf(path) === 'replay')) {
      const folder = REPLAY.indexOf(folderOf(source.path));
      expect(folder, `${source.path} is in no folder of the list`).toBeGreaterThanOrEqual(0);
      for (const specifier of importsOf(source)) {
        const target = resolveImport(source.path, specifier);
        if (!target || layerOf(target) !== 'replay') continue;
        if (REPLAY.indexOf(folderOf(target)) > folder) wrong.push(`${source.path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('that are pure use no package but those listed', () => {
    const wrong = pure.flatMap((source) => {
      const allowed = PACKAGES[layerOf(source.path)]!;
      const packages = importsOf(source).filter((specifier) => !specifier.startsWith('.'));
      return packages.filter((p) => !allowed.includes(p)).map((p) => `${source.path} imports ${p}`);
    });
    expect(wrong).toEqual([]);
  });

  it('that are pure do not reach for the host', () => {
    expect(pure.flatMap(reaches)).toEqual([]);
  });
});

describe('the test itself', () => {
  it('sees what it looks for', () => {
    const bad =
      'const t = Date.now() + Math.random(); async function f() { await g(); } setTimeout(f); x.y(process)';
    expect(reaches(parsed(bad)).map((line) => line.split(' ')[1])).toEqual(
      expect.arrayContaining(['Date', 'Math.random', 'async', 'setTimeout', 'process']),
    );
    expect(
      reaches(parsed('interface A { process: number } const a = { fetch: 1 }; a.fetch; b.Date')),
    ).toEqual([]);
    expect(importsOf(parsed("import a from 'fs'; export * from './b.js'; import('./c.js')"))).toEqual([
      'fs',
      './b.js',
      './c.js',
    ]);
  });

  it('reads a plausible number of files', () => {
    expect(SOURCES.length).toBeGreaterThan(150);
    expect(new Set(SOURCES.map(({ path }) => layerOf(path)))).toContain('core');
  });
});
