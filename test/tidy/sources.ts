/** The project's TypeScript sources, read once for the tests of style. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import ts from 'typescript';

export const ROOT = path.join(import.meta.dirname, '..', '..');

export interface Source {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly file: ts.SourceFile;
}

function filesUnder(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function parse(at: string): Source {
  const text = fs.readFileSync(path.join(ROOT, at), 'utf8');
  return { path: at, text, file: ts.createSourceFile(at, text, ts.ScriptTarget.Latest, true) };
}

/** Firmware images in base64, checked against their sources by a test of their own. */
const GENERATED = 'src/devices/firmware/generated/';

const isCode = (at: string): boolean => /\.tsx?$/.test(at) && !at.startsWith(GENERATED);

export const SOURCES: readonly Source[] = filesUnder('src').filter(isCode).map(parse);
export const TESTS: readonly Source[] = filesUnder('test').filter(isCode).map(parse);
export const SCRIPTS: readonly Source[] = filesUnder('scripts').filter(isCode).map(parse);

/** Everything a person writes, assembly and scripts of other kinds included. */
export function everyText(): { readonly path: string; readonly text: string }[] {
  const inFolders = ['src', 'test', 'scripts', 'bin', 'docs', '.ci'].flatMap((folder) => {
    return fs.existsSync(path.join(ROOT, folder)) ? filesUnder(folder) : [];
  });
  const atRoot = fs.readdirSync(ROOT).filter((name) => /\.(md|json|ts)$/.test(name));
  return [...inFolders, ...atRoot]
    .filter((at) => !at.startsWith(GENERATED) && !at.endsWith('package-lock.json'))
    .filter((at) => /\.(ts|tsx|mjs|js|asm|md|json|sh|yaml|cc|txt)$|\.ci\/run$/.test(at))
    .map((at) => ({ path: at, text: fs.readFileSync(path.join(ROOT, at), 'utf8') }));
}

/** Calls back for every node of a file. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function lineOf({ file }: Source, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Modules a file imports or exports from, as written. */
export function importsOf(source: Source): string[] {
  const out: string[] = [];
  walk(source.file, (node) => {
    const named = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (named && node.moduleSpecifier) out.push((node.moduleSpecifier as ts.StringLiteral).text);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      out.push((node.argument.literal as ts.StringLiteral).text);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      out.push(specifier && ts.isStringLiteral(specifier) ? specifier.text : '(computed)');
    }
  });
  return out;
}

/** The file a relative import means, from the project's root. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const at = path.posix.join(path.posix.dirname(from), specifier);
  return [at.replace(/\.js$/, '.ts'), at.replace(/\.js$/, '.tsx'), at.replace(/\.js$/, '.d.ts')].find(
    (name) => fs.existsSync(path.join(ROOT, name)),
  );
}
