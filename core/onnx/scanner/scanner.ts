/**
 * Scans the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) through a window on a file. This is
 * AssemblyScript, which `esbuild.mjs` compiles to WebAssembly: unlike JavaScript, it is fast the first time that it runs.
 * It knows no schema: `core/onnx/scan.ts` tells what to do with the fields of each kind of message, and takes up what is left:
 *
 * - The tape, entries of 16 bytes: the field's number, the index of the entry behind the field, and a number (float64) or an
 *   index: of a text its symbol, of a message the entry that its fields follow: its own, unless it is of a repeating kind and
 *   was read before. Bytes that are left in the file take two entries, with their offset and their length.
 * - The symbols: where each text begins that occurred, and the texts themselves, one behind the other, each once.
 */

/** Imported: reads bytes of the file to an address and says how many there were. */
declare function read(offset: f64, address: usize, length: u32): u32;

/** What is wrong with the file; `core/onnx/scan.ts` says it in words. */
enum Failure {
  none,
  noField,
  lengthBeyondMessage,
  fieldBeyondMessage,
  truncated,
  longNumber,
  wireType,
  longText,
  tooLarge,
  tooDeep,
  secondTime,
}

/**
 * What is done with a field. A message has its kind added, and its bit `once` set if it may occur but once, or `repeating` if
 * many are the same.
 */
enum Action {
  skip,
  text,
  integer,
  float,
  /** One of them, or a packed list. */
  integers,
  floats,
  /** Bytes that are left in the file. */
  place,
  /** The same, packed numbers in fact; or one number. */
  values,
  message = 32,
  repeating = 64,
  once = 128,
}

enum Wire {
  varint,
  sixtyFourBit,
  bytes,
  thirtyTwoBit = 5,
}

const FIELDS: u32 = 32;
const KINDS: u32 = 32;

/** After a jump; then four times as much each time, as long as reading goes on where it ended. */
const SMALLEST_WINDOW: u32 = 1 << 12;
const FIRST_WINDOW: u32 = 1 << 16;
/** Memory that is used for the first time costs more than the calls that larger windows would save. */
const LARGEST_WINDOW: u32 = 1 << 17;
/** Behind the window: so few bytes are read over sooner than the operating system is called for another place. */
const SHORT_JUMP: u64 = 1 << 13;
const LONGEST_VARINT: u32 = 10;
/** Bytes; real names, documentation and metadata stay far below. */
const LONGEST_TEXT: u64 = 1 << 26;
/** Graphs are in attributes of nodes of graphs; real models stay below five graphs. */
const DEEPEST_NESTING: u32 = 3 * 64;
/** Bytes that what is read may take in memory, about: millions of nodes; more is no model, but a file made to do harm. */
const MOST_MEMORY: u64 = 1 << 29;
const MESSAGE_BYTES: u32 = 256;
/** What an entry of the tape comes to, with what is made of it and with what is lost when the tape grows. */
const TAPE_BYTES: u32 = 48;
/** A symbol with its place in the table, beside its text, which is kept twice. */
const SYMBOL_BYTES: u32 = 96;

/** By kind of message and field, a byte each. */
export const actions: usize = memory.data(KINDS * FIELDS);
export let failure: Failure = Failure.none;
export let failureOffset: f64 = 0;
/** What the failure's words mention. */
export let failureValue: f64 = 0;
export let failureLimit: f64 = 0;

const ENTRY_BYTES: u32 = 16;
export let tape: usize = 0;
export let tapeLength: u32 = 0;
let tapeRoom: u32 = 0;

/** By symbol: where its text begins; the highest bit is set when it is not plain ASCII. One more entry ends the last one. */
export let symbols: usize = 0;
export let symbolCount: u32 = 0;
export let texts: usize = 0;
const NOT_ASCII: u32 = 1 << 31;

let size: u64 = 0;
let memoryUsed: u64 = 0;

/** Scans a file of so many bytes, a message of kind 0. A failure ends in a trap, with `failure` set. */
export function scan(bytes: f64): void {
  size = <u64>bytes;
  windowLimit = WINDOW;
  at = WINDOW;
  makeRoom();
  growSymbols();
  message(0, size, 0);
}

function message(kind: u32, end: u64, depth: u32): void {
  if (depth > DEEPEST_NESTING) fail(Failure.tooDeep, position());
  const table = actions + kind * FIELDS;
  let onceSeen: u32 = 0;
  while (position() < end) {
    const start = position();
    const tag = fieldTag();
    const field = tag >> 3;
    const action: u32 = field < FIELDS ? load<u8>(table + field) : Action.skip;
    switch (tag & 7) {
      case Wire.varint: {
        const value = varint();
        if (action === Action.integer || action === Action.integers || action === Action.values) {
          putEntry(field, <f64>(<i64>value));
        }
        break;
      }
      case Wire.bytes: {
        if (action & Action.once) {
          if (onceSeen & (1 << field)) fail(Failure.secondTime, start);
          onceSeen |= 1 << field;
        }
        bytesField(field, action & ~Action.once, end, depth);
        break;
      }
      case Wire.thirtyTwoBit: {
        if (action === Action.float || action === Action.floats || action === Action.values) putEntry(field, float32());
        else at += 4;
        break;
      }
      case Wire.sixtyFourBit: {
        if (action === Action.values) putEntry(field, float64());
        else at += 8;
        break;
      }
      default:
        fail(Failure.wireType, position(), tag & 7);
    }
  }
  closeAt(end);
}

/** A field of a length and so many bytes. */
function bytesField(field: u32, action: u32, messageEnd: u64, depth: u32): void {
  const end = fieldEnd(messageEnd);
  if (action === Action.text) putIndex(field, symbol(end - position()));
  else if (action & Action.message) {
    if (action & Action.repeating && isRepeated(field, action, end - position())) return;
    spend(MESSAGE_BYTES);
    const entry = tapeLength;
    putIndex(field, entry);
    message(action & (Action.message - 1), end, depth + 1);
    store<u32>(tape + entry * ENTRY_BYTES, tapeLength, 4);
  } else if (action === Action.place || action === Action.values) putPlace(field, end);
  else if (action === Action.integers || action === Action.floats) {
    while (position() < end) putEntry(field, action === Action.floats ? float32() : <f64>(<i64>varint()));
    closeAt(end);
  } else jump(end);
}

/* Messages that repeat: by their bytes' hash the last short one: its entry on the tape, its kind and length, its bytes. */

const REPEATING: u32 = 1 << 10;
const LONGEST_REPEATING: u32 = 56;
const REPEATING_BYTES: u32 = 8 + LONGEST_REPEATING;
const repeating: usize = memory.data(REPEATING * REPEATING_BYTES);

/** Puts the message's entry on the tape when the same bytes were read before; else keeps the bytes, and reads nothing. */
function isRepeated(field: u32, action: u32, bytes: u64): bool {
  if (bytes === 0 || bytes > LONGEST_REPEATING) return false;
  const length = <u32>bytes;
  const from = contiguous(length);
  const known = repeating + (hashOf(from, length) & (REPEATING - 1)) * REPEATING_BYTES;
  const kind = (action << 8) | length;
  if (load<u32>(known, 4) === kind && memory.compare(known + 8, from, length) === 0) {
    putIndex(field, load<u32>(known));
    return true;
  }
  store<u32>(known, tapeLength);
  store<u32>(known, kind, 4);
  memory.copy(known + 8, from, length);
  at = from;
  return false;
}

function closeAt(end: u64): void {
  if (position() > end) fail(Failure.fieldBeyondMessage, end);
}

/** Eight times a field's number, which is never 0, and its wire type. */
function fieldTag(): u32 {
  if (at < windowLimit) {
    const byte = load<u8>(at);
    if (byte >= 8 && byte < 128) {
      at++;
      return byte;
    }
  }
  const tag = varint();
  if (tag < 8 || tag > u32.MAX_VALUE) fail(Failure.noField, position() - 1);
  return <u32>tag;
}

/** Reads a length and says where the field ends, which must not be beyond `end`. */
function fieldEnd(end: u64): u64 {
  const length = varint();
  const start = position();
  const left = start < end ? end - start : 0;
  if (length > left) fail(Failure.lengthBeyondMessage, start, <f64>(<i64>length), <f64>left);
  return start + length;
}

function varint(): u64 {
  if (at < windowLimit) {
    const byte = load<u8>(at);
    if (byte < 128) {
      at++;
      return byte;
    }
  }
  return longVarint();
}

function longVarint(): u64 {
  let value: u64 = 0;
  const start = position();
  if (at + LONGEST_VARINT > windowLimit) fill(<u32>min<u64>(LONGEST_VARINT, start < size ? size - start : 1));
  for (let i: u32 = 0; i < LONGEST_VARINT; i++) {
    if (at === windowLimit) fail(Failure.truncated, start);
    const byte = load<u8>(at++);
    value |= (<u64>(byte & 127)) << (7 * i);
    if (byte < 128) return value;
  }
  fail(Failure.longNumber, start);
  return 0;
}

function float32(): f64 {
  ensure(4);
  at += 4;
  return load<f32>(at - 4);
}

function float64(): f64 {
  ensure(8);
  at += 8;
  return load<f64>(at - 8);
}

function putPlace(field: u32, end: u64): void {
  const start = position();
  putEntry(field, <f64>start);
  putEntry(field, <f64>(end - start));
  store<u32>(tape + (tapeLength - 2) * ENTRY_BYTES, tapeLength, 4);
  jump(end);
}

function putEntry(field: u32, value: f64): void {
  store<f64>(newEntry(field), value, 8);
}

function putIndex(field: u32, index: u32): void {
  store<u32>(newEntry(field), index, 8);
}

function newEntry(field: u32): usize {
  if (tapeLength === tapeRoom) growTape();
  const entry = tape + tapeLength * ENTRY_BYTES;
  tapeLength++;
  store<u32>(entry, field);
  store<u32>(entry, tapeLength, 4);
  return entry;
}

/** As much as a file of names and numbers alone is likely to need: memory that is never written to costs nothing. */
function makeRoom(): void {
  const likely = <u32>min<u64>(size, 1 << 22);
  tapeRoom = max(4096, likely / ENTRY_BYTES);
  tape = heap.alloc(tapeRoom * ENTRY_BYTES);
  textsRoom = max(1 << 16, likely / 2);
  texts = heap.alloc(textsRoom);
}

function growTape(): void {
  spend(tapeRoom * TAPE_BYTES);
  tapeRoom *= 2;
  tape = heap.realloc(tape, tapeRoom * ENTRY_BYTES);
}

function resized(block: usize, bytes: u32): usize {
  return block === 0 ? heap.alloc(bytes) : heap.realloc(block, bytes);
}

/** Accounts for what was read; refuses the file before memory runs out. */
function spend(bytes: u32): void {
  memoryUsed += bytes;
  if (memoryUsed > MOST_MEMORY) fail(Failure.tooLarge, position());
}

function fail(what: Failure, offset: u64, value: f64 = 0, limit: f64 = 0): void {
  failure = what;
  failureOffset = <f64>offset;
  failureValue = value;
  failureLimit = limit;
  unreachable();
}

/* The window: bytes of the file at `WINDOW`, up to `windowLimit`. Reading goes on at `at`, beyond the limit after a jump. */

const WINDOW: usize = memory.data(LARGEST_WINDOW);
let windowStart: u64 = 0;
let windowLimit: usize = 0;
let windowSize: u32 = FIRST_WINDOW / 4;
let jumped: bool = false;
let at: usize = 0;

/** Where reading goes on in the file. */
function position(): u64 {
  return windowStart + (at - WINDOW);
}

/** A jump out of the window empties it. */
function jump(to: u64): void {
  const offset = to - windowStart;
  const held: u64 = windowLimit - WINDOW;
  if (offset > held) {
    jumped = offset - held > SHORT_JUMP;
    windowStart = to;
    windowLimit = WINDOW;
  }
  at = WINDOW + (offset > held ? 0 : <usize>offset);
}

function ensure(length: u32): void {
  if (at + length > windowLimit) fill(length);
}

/** Moves the window so that it begins where reading goes on and holds `length` bytes, at most `LARGEST_WINDOW`. */
function fill(length: u32): void {
  const start = position();
  if (start > size || size - start < length) fail(Failure.truncated, min(start, size));
  const kept: u32 = at < windowLimit ? <u32>(windowLimit - at) : 0;
  memory.copy(WINDOW, at, kept);
  windowSize = jumped ? SMALLEST_WINDOW : min(LARGEST_WINDOW, windowSize * 4);
  jumped = false;
  const wanted = <u32>min<u64>(max(windowSize, length), size - start) - kept;
  windowStart = start;
  at = WINDOW;
  windowLimit = WINDOW + kept + read(<f64>(start + kept), WINDOW + kept, wanted);
  if (windowLimit < WINDOW + length) fail(Failure.truncated, start);
}

/* Symbols: an open hash table of their numbers plus one. */

let textsLength: u32 = 0;
let textsRoom: u32 = 0;
let symbolRoom: u32 = 0;
let hashes: usize = 0;
let table: usize = 0;
let tableMask: u32 = 0;
/** A text that finds no place within so many steps is kept once more: texts made to collide must not take forever. */
const MOST_STEPS: u32 = 64;

/** Takes a text of so many bytes; the same number for the same text. */
function symbol(bytes: u64): u32 {
  if (bytes > LONGEST_TEXT) fail(Failure.longText, position(), <f64>bytes);
  const length = <u32>bytes;
  const from = contiguous(length);
  const hash = hashOf(from, length);
  let slot = hash & tableMask;
  let steps: u32 = 0;
  for (; steps < MOST_STEPS; steps++) {
    const known = load<u32>(table + slot * 4);
    if (known === 0) break;
    if (isSymbol(known - 1, hash, from, length)) return known - 1;
    slot = (slot + 1) & tableMask;
  }
  const added = addSymbol(hash, from, length);
  if (steps < MOST_STEPS) store<u32>(table + slot * 4, added + 1);
  if (symbolCount * 2 > tableMask) growSymbols();
  return added;
}

/** The address of the next bytes, which are read over. A text longer than a window is put together behind the other texts. */
function contiguous(length: u32): usize {
  if (length <= LARGEST_WINDOW) {
    ensure(length);
    at += length;
    return at - length;
  }
  spend(length);
  growTexts(length);
  for (let done: u32 = 0; done < length; ) {
    ensure(1);
    const part = min(length - done, <u32>(windowLimit - at));
    memory.copy(texts + textsLength + done, at, part);
    at += part;
    done += part;
  }
  return texts + textsLength;
}

function hashOf(from: usize, length: u32): u32 {
  let hash = length;
  const end = from + length;
  let address = from;
  for (; address + 8 <= end; address += 8) {
    hash = (hash ^ load<u32>(address)) * 0x9e3779b1;
    hash = (rotl(hash, 13) ^ load<u32>(address, 4)) * 0x85ebca6b;
  }
  for (; address < end; address++) hash = (rotl(hash, 5) ^ load<u8>(address)) * 0x9e3779b1;
  return hash ^ (hash >> 15);
}

function isSymbol(known: u32, hash: u32, from: usize, length: u32): bool {
  if (load<u32>(hashes + known * 4) !== hash) return false;
  const start = load<u32>(symbols + known * 4) & ~NOT_ASCII;
  const end = load<u32>(symbols + known * 4, 4) & ~NOT_ASCII;
  return end - start === length && memory.compare(texts + start, from, length) === 0;
}

function addSymbol(hash: u32, from: usize, length: u32): u32 {
  spend(SYMBOL_BYTES + 2 * length);
  growTexts(length);
  memory.copy(texts + textsLength, from, length);
  const added = symbolCount++;
  if (!isAscii(from, length)) store<u32>(symbols + added * 4, textsLength | NOT_ASCII);
  store<u32>(hashes + added * 4, hash);
  textsLength += length;
  store<u32>(symbols + added * 4, textsLength, 4);
  return added;
}

const HIGH_BITS: u64 = ((<u64>0x80808080) << 32) | 0x80808080;

function isAscii(from: usize, length: u32): bool {
  let bits: u64 = 0;
  const end = from + length;
  let address = from;
  for (; address + 8 <= end; address += 8) bits |= load<u64>(address);
  for (; address < end; address++) bits |= load<u8>(address);
  return (bits & HIGH_BITS) === 0;
}

/** Makes room for so many more bytes of texts. */
function growTexts(length: u32): void {
  if (textsLength + length <= textsRoom) return;
  textsRoom = max(textsRoom * 2, textsLength + length);
  texts = heap.realloc(texts, textsRoom);
}

/** Makes room for twice as many symbols, and enters those that there are anew. */
function growSymbols(): void {
  symbolRoom = max(2048, symbolRoom * 2);
  symbols = resized(symbols, (symbolRoom + 1) * 4);
  hashes = resized(hashes, symbolRoom * 4);
  tableMask = symbolRoom * 2 - 1;
  table = resized(table, (tableMask + 1) * 4);
  memory.fill(table, 0, (tableMask + 1) * 4);
  for (let known: u32 = 0; known < symbolCount; known++) {
    let slot = load<u32>(hashes + known * 4) & tableMask;
    for (let steps: u32 = 0; steps < MOST_STEPS; steps++) {
      if (load<u32>(table + slot * 4) === 0) {
        store<u32>(table + slot * 4, known + 1);
        break;
      }
      slot = (slot + 1) & tableMask;
    }
  }
}
