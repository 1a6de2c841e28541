import { scalarOfTensor } from './scalarTensor';
import { RecordFinder } from './tfRecord';
import { MessageCursor, malformed } from './wire';

/** What takes the content of event files. Wall times are seconds since 1970. */
export interface EventSink {
  /** Before the content of each event. */
  event(step: number, isSummary: boolean): void;
  /** `brain.Event:2` is version 2. */
  fileVersion(version: number): void;
  /** Training started (again) at this step. */
  sessionStart(step: number): void;
  /** Names the tag `bytes[start, end)` (UTF-8) for the calls below. */
  tag(bytes: Uint8Array, start: number, end: number): number;
  /** Who reads the tag, in TensorBoard's words: `scalars`, `images`, `hparams`. The first metadata of a tag counts. */
  plugin(tag: number, name: string): void;
  pluginOf(tag: number): string | undefined;
  scalar(tag: number, wallTime: number, step: number, value: number): void;
  /** A value that is counted but not read. */
  other(tag: number, kind: string, wallTime: number, step: number): void;
}

/**
 * Reads one event file as far as it goes, and goes on from there when it has grown. A record whose data is damaged is
 * counted and left out. After a damaged length there is no way on: `stoppedAt` is its offset, until a later `read` finds it
 * whole (a network file system may show the bytes of a growing file late).
 */
export class EventFileReader {
  /** Offset in the file of the first byte not read yet. */
  offset = 0;
  /** How many bytes from `offset` on the next `read` must be given to get any further. */
  needed = 0;
  damagedRecords = 0;
  /** Offset of the first damaged record. */
  firstDamage?: number;
  stoppedAt: number | undefined;
  private readonly finder = new RecordFinder();

  constructor(private readonly sink: EventSink) {}

  /** Reads all complete records of `window`, the file's bytes from `offset` on. */
  read(window: Uint8Array): void {
    const view = new DataView(window.buffer, window.byteOffset, window.byteLength);
    const events = new EventDecoder(window, view, this.sink);
    const finder = this.finder;
    let position = 0;
    let found = finder.find(window, view, position);
    for (; found === 'record' || found === 'damaged record'; found = finder.find(window, view, position)) {
      const intact = found === 'record' && events.decode(finder.start, finder.end);
      if (!intact) this.countDamage(this.offset + position);
      position = finder.next;
    }
    this.offset += position;
    this.needed = finder.needed;
    this.stoppedAt = found === 'damaged length' ? this.offset : undefined;
  }

  private countDamage(offset: number): void {
    this.damagedRecords++;
    this.firstDamage ??= offset;
  }
}

/** `event.proto` and `summary.proto` of TensorFlow; a field's key is `number * 8 + wire type`. */
const eventKeys = { wallTime: 9, step: 16, fileVersion: 26, graph: 34, summary: 42, sessionLog: 58 };
const summaryValueKey = 10;
const valueKeys = { tag: 10, simple: 21, image: 34, histogram: 42, audio: 50, node: 58, tensor: 66, metadata: 74 };

/** Kinds of values from before there were plugins, by their field; TensorBoard's own migration gives them these names. */
const legacyKinds = new Map([
  [valueKeys.image, 'images'],
  [valueKeys.histogram, 'histograms'],
  [valueKeys.audio, 'audio'],
]);

/**
 * Decodes events out of one window into the sink. Fields may come in any order, so a message's fields are first found, then
 * used; their ranges live in the decoder's own fields, so that a scalar costs no allocation.
 */
class EventDecoder {
  private readonly outer: MessageCursor;
  private readonly middle: MessageCursor;
  private readonly inner: MessageCursor;
  private wallTime = 0;
  private step = 0;
  private tag = -1;
  private simpleValue = 0;
  private kind = 0;
  private kindStart = 0;
  private kindEnd = 0;
  private metadataStart = 0;
  private metadataEnd = 0;

  constructor(
    private readonly bytes: Uint8Array,
    view: DataView,
    private readonly sink: EventSink,
  ) {
    this.outer = new MessageCursor(bytes, view);
    this.middle = new MessageCursor(bytes, view);
    this.inner = new MessageCursor(bytes, view);
  }

  /** False for bytes that are no event, though their checksum holds. */
  decode(start: number, end: number): boolean {
    try {
      this.event(start, end);
      return true;
    } catch (error) {
      if (error === malformed) return false;
      throw error;
    }
  }

  private event(start: number, end: number): void {
    const cursor = this.outer;
    this.wallTime = 0;
    this.step = 0;
    let content = 0;
    let contentStart = 0;
    let contentEnd = 0;
    cursor.enter(start, end);
    while (cursor.field()) {
      if (cursor.key === eventKeys.wallTime) this.wallTime = cursor.double();
      else if (cursor.key === eventKeys.step) this.step = cursor.varint();
      else {
        content = cursor.key;
        contentStart = cursor.position;
        cursor.skip();
        contentEnd = cursor.position;
      }
    }
    this.sink.event(this.step, content === eventKeys.summary);
    if (content === eventKeys.summary) this.summary(contentStart, contentEnd);
    else if (content !== 0) this.notSummary(content, contentStart, contentEnd);
  }

  private summary(start: number, end: number): void {
    const cursor = this.middle;
    cursor.enter(start, end);
    while (cursor.field()) {
      const valueStart = cursor.position;
      cursor.skip();
      if (cursor.key === summaryValueKey) this.value(valueStart, cursor.position);
    }
  }

  private value(start: number, end: number): void {
    const cursor = this.inner;
    this.tag = -1;
    this.kind = 0;
    this.metadataEnd = 0;
    cursor.enter(start, end);
    while (cursor.field()) this.valueField(cursor);
    if (this.tag < 0) return;
    if (this.metadataEnd > 0) this.metadata();
    if (this.kind === valueKeys.simple) this.sink.scalar(this.tag, this.wallTime, this.step, this.simpleValue);
    else if (this.kind === valueKeys.tensor) this.tensor();
    else this.other(legacyKinds.get(this.kind));
  }

  private valueField(cursor: MessageCursor): void {
    const start = cursor.position;
    if (cursor.key === valueKeys.simple) {
      this.kind = valueKeys.simple;
      this.simpleValue = cursor.float();
      return;
    }
    cursor.skip();
    if (cursor.key === valueKeys.tag) this.tag = this.sink.tag(this.bytes, start, cursor.position);
    else if (cursor.key === valueKeys.node) {
      if (this.tag < 0) this.tag = this.sink.tag(this.bytes, start, cursor.position);
    } else if (cursor.key === valueKeys.metadata) {
      this.metadataStart = start;
      this.metadataEnd = cursor.position;
    } else {
      this.kind = cursor.key;
      this.kindStart = start;
      this.kindEnd = cursor.position;
    }
  }

  /** `SummaryMetadata.plugin_data.plugin_name`. */
  private metadata(): void {
    const cursor = this.inner;
    cursor.enter(this.metadataStart, this.metadataEnd);
    const end = enterField(cursor, 10) && enterField(cursor, 10) ? cursor.end : 0;
    if (end > cursor.position) this.sink.plugin(this.tag, utf8.decode(this.bytes.subarray(cursor.position, end)));
  }

  /** TensorFlow 2 writes every kind of value as a tensor; the tag's plugin tells which it is. */
  private tensor(): void {
    const value = this.sink.pluginOf(this.tag) === 'scalars' ? this.scalarTensor() : undefined;
    if (value === undefined) this.other(undefined);
    else this.sink.scalar(this.tag, this.wallTime, this.step, value);
  }

  private scalarTensor(): number | undefined {
    this.inner.enter(this.kindStart, this.kindEnd);
    return scalarOfTensor(this.inner);
  }

  private other(legacyKind: string | undefined): void {
    this.sink.other(this.tag, this.sink.pluginOf(this.tag) ?? legacyKind ?? 'tensors', this.wallTime, this.step);
  }

  private notSummary(key: number, start: number, end: number): void {
    const text = () => utf8.decode(this.bytes.subarray(start, end));
    if (key === eventKeys.fileVersion)
      this.sink.fileVersion(Number(/^brain\.Event:(\d+)$/.exec(text())?.[1] ?? Number.NaN));
    else if (key === eventKeys.graph) this.sink.other(this.graphTag(), 'graphs', this.wallTime, this.step);
    else if (key === eventKeys.sessionLog) this.sessionLog(start, end);
  }

  private sessionLog(start: number, end: number): void {
    const cursor = this.inner;
    cursor.enter(start, end);
    while (cursor.field()) {
      if (cursor.key !== 8) cursor.skip();
      else if (cursor.varint() === sessionStart) this.sink.sessionStart(this.step);
    }
  }

  private graphTag(): number {
    return this.sink.tag(graphTag, 0, graphTag.length);
  }
}

/** `SessionLog.SessionStatus`. */
const sessionStart = 1;

/** The tag that TensorBoard gives to the run's graph, which has none of its own. */
const graphTag = new TextEncoder().encode('__run_graph__');

/** Makes the first field of this key the message that the cursor walks over. */
function enterField(cursor: MessageCursor, key: number): boolean {
  while (cursor.field()) {
    if (cursor.key === key) {
      cursor.enter(cursor.position, cursor.fieldEnd);
      return true;
    }
    cursor.skip();
  }
  return false;
}

const utf8 = new TextDecoder();
