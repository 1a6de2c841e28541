/**
 * The language beside vscode-json-languageservice with the very same JSON Schema (as it is: a `oneOf` of the layer types), on
 * documents of 10 to 10,000 layers. Ours infers shapes as well. Both do each step in turn, a document being opened anew in each
 * round; medians of processor time are shown, and memory after 100 and after 10,000 edits. What is asked after an edit is answered from what the
 * edit's diagnostics needed: for theirs the parsed document, for ours the analysis. Then, for ours alone, edits that more hangs on.
 *
 *   node esbuild.mjs --only language.bench && node out/test/benchmark/language.bench.js [LAYERS...]
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getLanguageService, type JSONDocument } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Position, Range } from 'vscode-languageserver-types';
import { completionsAt } from '../../core/language/completion';
import { diagnosticsOf } from '../../core/language/diagnostics';
import { hoverAt } from '../../core/language/hover';
import { inlayHintsIn } from '../../core/language/inlayHints';
import type { PathsPort } from '../../core/language/paths';
import { type Snapshot, snapshotOf } from '../../core/language/snapshot';
import { symbolsOf } from '../../core/language/symbols';
import { largeScheme, middleKernel } from './largeScheme';

const steps = ['open', 'first symbols', 'edit', 'complete', 'hover', 'symbols', 'hints'] as const;
type Step = (typeof steps)[number];

/** One of the two, with a document of its own. */
interface Contender {
  run(step: Step, edit: Edit): Promise<unknown> | unknown;
}

interface Edit {
  readonly text: string;
  readonly range: Range;
  readonly position: Position;
  readonly visible: Range;
  /** What the kernel's height becomes. */
  value: string;
}

async function main(): Promise<void> {
  const asked = process.argv.slice(2).map(Number);
  for (const layers of asked.length > 0 ? asked : [10, 100, 1000, 10_000]) await compare(layers);
  for (const layers of asked.length > 0 ? asked : [1000, 10_000]) otherEdits(layers);
  memory(1000);
}

async function compare(layers: number): Promise<void> {
  const edit = editIn(layers);
  const contenders = [ours(), theirs()] as const;
  const times = steps.map(() => contenders.map((): number[] => []));
  const rounds = layers >= 10_000 ? 5 : layers >= 1000 ? 25 : 81;
  for (let round = -2; round < rounds; round++) {
    edit.value = round % 2 === 0 ? '5' : '3';
    for (const [place, step] of steps.entries()) {
      for (const [who, contender] of contenders.entries()) {
        const start = processorTime();
        await contender.run(step, edit);
        // The first rounds are for the compiler.
        if (round >= 0) times[place]![who]!.push(processorTime() - start);
      }
    }
  }
  print(layers, edit.text.length, times);
}

function editIn(layers: number): Edit {
  const text = largeScheme(layers);
  const offset = middleKernel(text, layers);
  const document = TextDocument.create('file:///model_scheme.json', 'json', 0, text);
  const position = document.positionAt(offset);
  const range = { start: position, end: document.positionAt(offset + 1) };
  const visible = { start: position, end: { line: position.line + 50, character: 0 } };
  return { text, range, position, visible, value: '3' };
}

function ours(): Contender {
  let document: TextDocument;
  let snapshot: Snapshot;
  const hints = { outputShape: true, parameters: true, implicitHead: true };
  return {
    run(step, edit) {
      switch (step) {
        case 'open':
          document = TextDocument.create('file:///model_scheme.json', 'json', 1, edit.text);
          snapshot = snapshotOf(document);
          return diagnosticsOf(snapshot);
        case 'edit':
          TextDocument.update(document, [{ range: edit.range, text: edit.value }], document.version + 1);
          snapshot = snapshotOf(document, {}, snapshot);
          return diagnosticsOf(snapshot);
        case 'complete':
          return completionsAt(snapshot, before(edit.position), noPaths);
        case 'hover':
          return hoverAt(snapshot, edit.position);
        case 'first symbols':
        case 'symbols':
          return symbolsOf(snapshot);
        case 'hints':
          return inlayHintsIn(snapshot, edit.visible, hints);
      }
    },
  };
}

function theirs(): Contender {
  const service = getLanguageService({});
  const schema = JSON.parse(readFileSync('schemas/model_scheme.schema.json', 'utf8')) as object;
  service.configure({ validate: true, schemas: [{ uri: 'scheme', fileMatch: ['*'], schema }] });
  let document: TextDocument;
  let parsed: JSONDocument;
  const validated = () => {
    parsed = service.parseJSONDocument(document);
    return service.doValidation(document, parsed);
  };
  return {
    run(step, edit) {
      switch (step) {
        case 'open':
          document = TextDocument.create('file:///model_scheme.json', 'json', 1, edit.text);
          return validated();
        case 'edit':
          TextDocument.update(document, [{ range: edit.range, text: edit.value }], document.version + 1);
          return validated();
        case 'complete':
          return service.doComplete(document, before(edit.position), parsed);
        case 'hover':
          return service.doHover(document, edit.position, parsed);
        case 'first symbols':
        case 'symbols':
          return service.findDocumentSymbols2(document, parsed, { resultLimit: Number.MAX_SAFE_INTEGER });
        case 'hints':
          // It has none.
          return undefined;
      }
    },
  };
}

/** Inside of the kernel's key, where keys are proposed. */
function before({ line, character }: Position): Position {
  return { line, character: character - 8 };
}

/** A place in the text, what is removed there and what is put there instead. */
type OtherEdit = readonly [at: number, removed: number, put: string];

/** Edits that more depends on than the layer that they are in; each is made and taken back. Ours only. */
function otherEdits(layers: number): void {
  const text = largeScheme(layers);
  const kernel = middleKernel(text, layers);
  const line = text.lastIndexOf('      {\n', kernel);
  const channel = text.lastIndexOf('"channel": 8', kernel) + '"channel": '.length;
  const flatten = '      { "type": "flatten", "name": "new" }';
  const edits: Readonly<Record<string, OtherEdit>> = {
    'a bracket is missing': [text.indexOf(']', kernel), 1, ''],
    'a brace is missing': [text.indexOf('}', kernel), 1, ''],
    'a quote is missing': [text.indexOf('"padding"', kernel), 1, ''],
    'a word between layers': [line, 0, 'conv\n'],
    'a line more': [text.indexOf('\n', kernel), 0, '\n'],
    'a layer more': [line, 0, `${flatten.replace('flatten', 'batch_normalization')},\n`],
    'a layer and no comma': [line, 0, `${flatten.replace('flatten', 'batch_normalization')}\n`],
    'another name': [text.indexOf('"layer_', kernel) + 1, 0, 'x'],
    'another shape from here on': [channel, 1, '16'],
    'another learning rate': [text.indexOf('0.001'), 0, '1'],
    'another size of the data': [text.indexOf('[16,') + 1, 2, '32'],
    'a bracket of the data is missing': [text.indexOf('16, 8]') + 5, 1, ''],
  };
  console.log(`\n${layers} layers: other edits, ms        made     taken back     symbols`);
  for (const [name, edit] of Object.entries(edits)) printOtherEdit(name, text, edit);
}

function printOtherEdit(name: string, text: string, [at, removed, put]: OtherEdit): void {
  const document = TextDocument.create('file:///model_scheme.json', 'json', 0, text);
  let snapshot = snapshotOf(document);
  const change = (start: number, end: number, inserted: string) => {
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    return timeOf(() => {
      TextDocument.update(document, [{ range, text: inserted }], document.version + 1);
      snapshot = snapshotOf(document, {}, snapshot);
      diagnosticsOf(snapshot);
    });
  };
  diagnosticsOf(snapshot);
  symbolsOf(snapshot);
  const times = Array.from({ length: 9 }, () => {
    const made = change(at, at + removed, put);
    const symbols = timeOf(() => symbolsOf(snapshot));
    const takenBack = change(at, at + put.length, text.slice(at, at + removed));
    symbolsOf(snapshot);
    return [made, takenBack, symbols];
  });
  const medians = [0, 1, 2].map((column) =>
    median(times.map((row) => row[column]!))
      .toFixed(2)
      .padStart(12),
  );
  console.log(`${name.padEnd(34)} ${medians.join(' ')}`);
}

function timeOf(work: () => void): number {
  const start = processorTime();
  work();
  return processorTime() - start;
}

/** In milliseconds, of which what else runs on the machine takes less away than of those on the clock. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const noPaths: PathsPort = {
  list: async () => [],
  kindOf: async () => undefined,
  resolve: () => undefined,
} as unknown as PathsPort;

function print(layers: number, size: number, times: readonly (readonly number[][])[]): void {
  console.log(`\n${layers} layers, ${(size / 1000).toFixed(0)} kB      ours, ms   JSON service, ms   ratio`);
  for (const [place, step] of steps.entries()) {
    const [own, other] = times[place]!.map(median) as [number, number];
    const compared =
      step === 'hints' ? '' : `${other.toFixed(2).padStart(16)} ${(other / own).toFixed(1).padStart(10)}`;
    console.log(`${step.padEnd(22)} ${own.toFixed(3).padStart(12)} ${compared}`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1]!;
}

/** What is alive after edits all over a document; a first document is for the compiler, whose code is in memory as well. */
function memory(layers: number): void {
  editAllOver(layers, 5000, () => undefined);
  editAllOver(layers, 10_000, (edit) => {
    if (edit === 100 || edit === 10_000) console.log(`\nafter ${edit} edits of ${layers} layers: ${heap()} MB`);
  });
}

function editAllOver(layers: number, edits: number, done: (edit: number) => void): void {
  const text = largeScheme(layers);
  const document = TextDocument.create('file:///model_scheme.json', 'json', 1, text);
  let snapshot = snapshotOf(document);
  const places = [...text.matchAll(/"kernel": \[/g)].map((match) => match.index + match[0].length);
  for (let edit = 1; edit <= edits; edit++) {
    const offset = places[(edit * 7919) % places.length]!;
    const range = { start: document.positionAt(offset), end: document.positionAt(offset + 1) };
    TextDocument.update(document, [{ range, text: String(1 + (edit % 4) * 2) }], edit + 1);
    snapshot = snapshotOf(document, {}, snapshot);
    diagnosticsOf(snapshot);
    done(edit);
  }
}

function heap(): string {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return (process.memoryUsage().heapUsed / 1e6).toFixed(2);
}

void main();
