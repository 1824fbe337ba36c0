/** The habits of the house, as far as a program can see them: headers, lengths, words, dead exports. */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  everyText,
  importsOf,
  lineOf,
  ROOT,
  resolveImport,
  SCRIPTS,
  SOURCES,
  type Source,
  TESTS,
  walk,
} from './sources.js';

const MAX_FUNCTION = 70;
const MAX_FILE = 500;

/** Functions that may be longer: how long at most, and why. */
const LONG_FUNCTIONS: Readonly<Record<string, readonly [number, string]>> = {};

/** Files that may be longer: how long at most, and why. */
const LONG_FILES: Readonly<Record<string, readonly [number, string]>> = {
  'src/core/cpu/ia32/cpu.ts': [750, 'what happens at a boundary, in one place; to be divided with the JIT'],
  'src/devices/ataDrive.ts': [600, 'one drive; its commands share their state machine'],
  'src/devices/fdc82077.ts': [680, 'one chip; its commands share their phases'],
};

/** Exported for those who use this project as a library, or run as a program. */
const ENTRY_POINTS = [
  'src/index.ts',
  'src/cli/main.ts',
  'src/cli/host/nodeHost.ts',
  'src/cli/conform/worker.ts',
  'src/cli/query/worker.ts',
];

/** Exports that only tests use, and why they are not dead. */
const USED_BY_TESTS: Readonly<Record<string, string>> = {
  'src/core/layout.ts toRecord': 'prints states, in reports of tests and for debuggers',
  'src/devices/geometry.ts biosGeometry':
    'the independent formula that the BIOS, in assembly, is tested against',
  'src/devices/vga/modes.ts startTextMode': 'sets a mode as the BIOS does, for tests of the VGA without one',
};

const WORDS = [/\bTODO\b/, /\bFIXME\b/, /\bXXX\b/, /\bHACK\b/];
/** Paths of somebody's machine, and hosts of package registries. */
const MACHINE_PATHS = [
  /\/work\/(main|shared)\b/,
  /\/home\/\w+\//,
  /\/Users\/\w+\//,
  /registry\.npmjs|npmjs\.org/,
];

// ---- functions ----

function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (node.name) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText();
  return '(anonymous)';
}

/** Functions of a file and how many lines each has. */
function functionsOf(
  source: Source,
): { readonly where: string; readonly name: string; readonly lines: number }[] {
  const out: { where: string; name: string; lines: number }[] = [];
  walk(source.file, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
    const first = lineOf(source, node);
    const last = source.file.getLineAndCharacterOfPosition(node.end).line + 1;
    const name = nameOf(node as ts.FunctionLikeDeclaration);
    out.push({ where: `${source.path}:${first}`, name, lines: last - first + 1 });
  });
  return out;
}

const linesOf = (text: string): number => text.split('\n').length - 1;

describe('sources', () => {
  it('begin with a comment that says what the file is', () => {
    const bare = SOURCES.filter(({ text }) => !/^(\/\*\*|\/\/ |#!)/.test(text));
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  it('have functions that fit a screen', () => {
    const all = SOURCES.flatMap((source) => functionsOf(source).map((f) => ({ ...f, path: source.path })));
    const long = all.filter((f) => f.lines > (LONG_FUNCTIONS[`${f.path} ${f.name}`]?.[0] ?? MAX_FUNCTION));
    expect(long.map((f) => `${f.where} ${f.name}: ${f.lines} lines`)).toEqual([]);
    const lengths = all.map((f) => f.lines).sort((a, b) => a - b);
    expect(lengths[lengths.length >> 1]).toBeLessThanOrEqual(10);
  });

  it('have files that hold one idea', () => {
    const long = SOURCES.filter(({ path, text }) => linesOf(text) > (LONG_FILES[path]?.[0] ?? MAX_FILE));
    expect(long.map(({ path, text }) => `${path}: ${linesOf(text)} lines`)).toEqual([]);
  });

  it('name no exception that is no longer needed', () => {
    const lengths = new Map(SOURCES.map(({ path, text }) => [path, linesOf(text)]));
    const files = Object.keys(LONG_FILES).filter((path) => (lengths.get(path) ?? 0) <= MAX_FILE);
    const functions = new Map(
      SOURCES.flatMap((source) => functionsOf(source).map((f) => [`${source.path} ${f.name}`, f.lines])),
    );
    const short = Object.keys(LONG_FUNCTIONS).filter((name) => (functions.get(name) ?? 0) <= MAX_FUNCTION);
    expect([...files, ...short]).toEqual([]);
  });
});

// ---- text ----

describe('all text', () => {
  const own = new Set(['test/tidy/style.test.ts']);
  const texts = everyText().filter(({ path }) => !own.has(path));
  const linesWith = (wrong: (line: string) => boolean): string[] =>
    texts.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, i) => (wrong(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
    );

  it('has nothing left to do in it', () => {
    expect(linesWith((line) => WORDS.some((word) => word.test(line)))).toEqual([]);
  });

  it('names no place on the machine where it was written', () => {
    expect(linesWith((line) => MACHINE_PATHS.some((place) => place.test(line)))).toEqual([]);
  });

  it('has no space at the end of a line, no tabs, no carriage returns', () => {
    expect(linesWith((line) => /[ \t\r]$|\t/.test(line))).toEqual([]);
  });

  it('ends with one end of line', () => {
    const wrong = texts.filter(({ text }) => text !== '' && (!text.endsWith('\n') || text.endsWith('\n\n')));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

// ---- exports ----

/** Values that a file exports by declaring them; types are part of the signatures that name them. */
function exportsOf({ file }: Source): string[] {
  return file.statements.flatMap((node) => {
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
    if (!modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isVariableStatement(node))
      return node.declarationList.declarations.map((d) => d.name.getText(file));
    const value = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node);
    return value && node.name ? [node.name.text] : [];
  });
}

/** Names that occur in a file elsewhere than where they are declared. */
function usedInside({ file }: Source): ReadonlySet<string> {
  const count = new Map<string, number>();
  walk(file, (node) => {
    if (ts.isIdentifier(node)) count.set(node.text, (count.get(node.text) ?? 0) + 1);
  });
  return new Set([...count].filter(([, n]) => n > 1).map(([name]) => name));
}

/** `file name` for everything that a file imports or passes on. */
function usesOf(source: Source): string[] {
  const out: string[] = [];
  const add = (specifier: ts.Expression | undefined, names: readonly string[]) => {
    const target = specifier && resolveImport(source.path, (specifier as ts.StringLiteral).text);
    if (target) out.push(...names.map((name) => `${target} ${name}`));
  };
  const named = (list: ts.NodeArray<ts.ImportSpecifier | ts.ExportSpecifier>) =>
    list.map((element) => (element.propertyName ?? element.name).text);
  for (const node of source.file.statements) {
    if (ts.isExportDeclaration(node)) {
      const clause = node.exportClause;
      add(node.moduleSpecifier, clause && ts.isNamedExports(clause) ? named(clause.elements) : ['*']);
    } else if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings;
      add(node.moduleSpecifier, bindings && ts.isNamedImports(bindings) ? named(bindings.elements) : ['*']);
    }
  }
  return out;
}

describe('exports', () => {
  const used = new Set([...SOURCES, ...SCRIPTS].flatMap(usesOf));
  const inTests = new Set(TESTS.flatMap(usesOf));

  /** Exported values that no other source imports. */
  const lonely = SOURCES.filter(({ path }) => !ENTRY_POINTS.includes(path)).flatMap((source) => {
    const inside = usedInside(source);
    return exportsOf(source)
      .map((name) => ({ id: `${source.path} ${name}`, inside: inside.has(name) }))
      .filter(({ id }) => !used.has(id) && !used.has(`${source.path} *`));
  });

  it('are used by more than tests', () => {
    const dead = lonely.filter(({ id, inside }) => !inside && !USED_BY_TESTS[id]);
    expect(dead.map(({ id }) => id)).toEqual([]);
  });

  it('that only their own file uses are tested', () => {
    const needless = lonely.filter(({ id, inside }) => inside && !inTests.has(id));
    expect(needless.map(({ id }) => id)).toEqual([]);
  });

  it('name files, every one of them', () => {
    const missing = [...SOURCES, ...TESTS].flatMap((source) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith('.') && !resolveImport(source.path, specifier))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(missing).toEqual([]);
  });
});

// ---- biome ----

it('biome has nothing to say', () => {
  const biome = path.join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'check', '--max-diagnostics=20', '--colors=off'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
});
