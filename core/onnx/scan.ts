import { t } from '../l10n';
import type { ByteSource } from './model';
import program from './scanner/scanner.ts?wasm';

/** As in `scanner/scanner.ts`; bytes of a `place` and of `values` stay in the file. */
type Action = 'skip' | 'text' | 'integer' | 'float' | 'integers' | 'floats' | 'place' | 'values';

/**
 * What is done with a field; all other words are kinds of messages. Some may occur but once; of others many are the same, and
 * those are read once: see `Tape.fields`.
 */
export type FieldAction<Kind extends string> = Action | Kind | { readonly once: Kind } | { readonly repeating: Kind };

/** By kind of message, of which the file is the first one, and by number of field (below 32). Other fields are left out. */
export type Schema<Kind extends string> = Readonly<Record<Kind, Readonly<Record<number, FieldAction<Kind>>>>>;

export type ScanResult<Value> = { ok: true; tape: Tape<Value> } | { ok: false; offset: number; reason: string };

/**
 * Reads a file of the protobuf format as a schema's `actionsOf` say. What is wrong with it is told with the byte where reading
 * ended; memory stays in proportion to what is read, and not to what stays in the file. The source's own errors are passed on.
 */
export function scan<Value>(source: ByteSource, actions: Uint8Array): ScanResult<Value> {
  const scanner = newScanner(source);
  new Uint8Array(scanner.memory.buffer).set(actions, scanner.actions.value);
  try {
    scanner.scan(source.size);
  } catch (error) {
    if (scanner.failure.value === 0) throw error;
    return { ok: false, offset: scanner.failureOffset.value, reason: reasonOf(scanner) };
  }
  return { ok: true, tape: new Tape(scanner) };
}

/** The entries that the scanner left, in the file's order; see `scanner/scanner.ts`. */
export class Tape<Value = unknown> {
  /** What messages have in common that repeat the same ones, by their `fields` one after the other. */
  readonly shared = new Shared<Value>();
  readonly length: number;
  private readonly words: Int32Array;
  private readonly values: Float64Array;
  private readonly texts: Texts;

  constructor(scanner: Scanner) {
    const { memory, tape, tapeLength } = scanner;
    this.length = tapeLength.value;
    this.words = new Int32Array(memory.buffer, tape.value, this.length * 4);
    this.values = new Float64Array(memory.buffer, tape.value, this.length * 2);
    this.texts = new Texts(scanner);
  }

  /** The number of the field that the entry is of. */
  field(entry: number): number {
    return this.words[entry * 4]!;
  }

  /** The entry of the next field of the same message: beyond the fields of a message that the entry is of. */
  next(entry: number): number {
    return this.words[entry * 4 + 1]!;
  }

  /** The entry whose fields those of a repeating message are. */
  fields(message: number): number {
    return this.words[message * 4 + 2]!;
  }

  /** A number; of bytes that stayed in the file the offset, and the length one entry further. */
  value(entry: number): number {
    return this.values[entry * 2 + 1]!;
  }

  text(entry: number): string {
    return this.texts.of(this.words[entry * 4 + 2]!);
  }
}

/** What was made of a list of fields, and of those that go on with one more. */
export class Shared<Value> {
  value: Value | undefined;
  private longer: Map<number, Shared<Value>> | undefined;

  with(fields: number): Shared<Value> {
    this.longer ??= new Map();
    const known = this.longer.get(fields);
    if (known) return known;
    const added = new Shared<Value>();
    this.longer.set(fields, added);
    return added;
  }
}

interface Cell {
  readonly value: number;
}

/** What `scanner/scanner.ts` exports. */
interface Scanner {
  readonly memory: { readonly buffer: ArrayBuffer };
  scan(size: number): void;
  readonly actions: Cell;
  readonly failure: Cell;
  readonly failureOffset: Cell;
  readonly failureValue: Cell;
  readonly failureLimit: Cell;
  readonly tape: Cell;
  readonly tapeLength: Cell;
  readonly symbols: Cell;
  readonly symbolCount: Cell;
  readonly texts: Cell;
}

/** Compiled with the rest of what is loaded, in less than a millisecond. */
const compiled = new WebAssembly.Module(program);

/** Each file gets a scanner of its own, whose memory goes with what was read. */
function newScanner(source: ByteSource): Scanner {
  const read = (offset: number, address: number, length: number): number =>
    source.read(offset, new Uint8Array(scanner.memory.buffer, address, length));
  const scanner = new WebAssembly.Instance(compiled, { scanner: { read } }).exports as Scanner;
  return scanner;
}

const FIELDS = 32;
const ACTIONS: readonly string[] = ['skip', 'text', 'integer', 'float', 'integers', 'floats', 'place', 'values'];
const MESSAGE = 32;
const REPEATING = 64;
const ONCE = 128;

/** The scanner's table for a schema: a byte for each field of each kind of message. */
export function actionsOf<Kind extends string>(schema: Schema<Kind>): Uint8Array {
  const kinds = Object.keys(schema);
  const table = new Uint8Array(kinds.length * FIELDS);
  for (const [kind, name] of kinds.entries()) {
    const fields = schema[name as Kind];
    for (const field in fields) table[kind * FIELDS + Number(field)] = codeOf(fields[field]!, kinds);
  }
  return table;
}

function codeOf<Kind extends string>(action: FieldAction<Kind>, kinds: readonly string[]): number {
  if (typeof action === 'object') {
    return 'once' in action ? ONCE + codeOf(action.once, kinds) : REPEATING + codeOf(action.repeating, kinds);
  }
  const known = ACTIONS.indexOf(action);
  return known >= 0 ? known : MESSAGE + kinds.indexOf(action);
}

function reasonOf(scanner: Scanner): string {
  if (scanner.failure.value === SECOND_TIME) return t('a second graph follows the first: are these two files in one?');
  return t('not a readable ONNX file: {0}', damageOf(scanner));
}

/** By `Failure` of `scanner/scanner.ts`. */
const SECOND_TIME = 10;

function damageOf({ failure, failureValue, failureLimit }: Scanner): string {
  switch (failure.value) {
    case 1:
      return t('this is not a field of the protobuf format');
    case 2:
      return t('a field claims {0} bytes where {1} are left', failureValue.value, failureLimit.value);
    case 3:
      return t('a field reaches beyond the message that it is in');
    case 4:
      return t('the file ends in the middle of a value');
    case 5:
      return t('a number is longer than ten bytes');
    case 6:
      return t('{0} is not one of the types of the protobuf format', failureValue.value);
    case 7:
      return t('a text of {0} bytes is too long to be read', failureValue.value);
    case 8:
      return t('its structure is too large to be read');
    default:
      return t('graphs are nested too deeply');
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** The bit of a symbol whose text is not plain ASCII. */
const NOT_ASCII = 0x80000000;
/** Symbols whose texts are decoded at once. */
const BLOCK = 256;

/** The texts of the symbols, decoded when they are asked for; each is one string, however often it occurs. */
class Texts {
  private readonly marks: Uint32Array;
  private readonly bytes: Uint8Array;
  private readonly blocks: (string | undefined)[] = [];
  private readonly known: (string | undefined)[];

  constructor({ memory, symbols, symbolCount, texts }: Scanner) {
    const count = symbolCount.value;
    this.marks = new Uint32Array(memory.buffer, symbols.value, count + 1);
    this.bytes = new Uint8Array(memory.buffer, texts.value, this.begin(count));
    this.known = new Array(count);
  }

  of(symbol: number): string {
    this.known[symbol] ??= this.decoded(symbol);
    return this.known[symbol]!;
  }

  /** Where plain texts stand together they are cut out of one string, in which a character is a byte. */
  private decoded(symbol: number): string {
    const block = Math.floor(symbol / BLOCK);
    this.blocks[block] ??= this.isPlain(block) ? this.decode(block * BLOCK, this.endOf(block)) : '';
    if (this.blocks[block] === '') return this.decode(symbol, symbol + 1);
    const start = this.begin(block * BLOCK);
    return this.blocks[block]!.substring(this.begin(symbol) - start, this.begin(symbol + 1) - start);
  }

  private isPlain(block: number): boolean {
    return this.marks.subarray(block * BLOCK, this.endOf(block)).every((mark) => mark < NOT_ASCII);
  }

  private endOf(block: number): number {
    return Math.min((block + 1) * BLOCK, this.known.length);
  }

  private decode(first: number, end: number): string {
    return utf8.decode(this.bytes.subarray(this.begin(first), this.begin(end)));
  }

  private begin(symbol: number): number {
    const mark = this.marks[symbol]!;
    return mark >= NOT_ASCII ? mark - NOT_ASCII : mark;
  }
}
